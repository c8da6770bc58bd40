"""Messages that a person holds back before they go, and lets go again."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from scheduling.models import Reminder

HELD_BACK = "held-back"
# Why a message did not go that may no longer be so.
PASSING = ("no-consent", "no-address", "suspended", "wording", "unmade")


@transaction.atomic
def hold_back_reminder(*, reminder: Reminder, by: User) -> Reminder:
    """It does not go, and who said so is kept. Harmless twice. Raises DomainError once it is on its way."""
    reminder = _locked(reminder)
    if reminder.code == HELD_BACK and reminder.status == Reminder.Status.WITHDRAWN:
        return reminder
    if reminder.status != Reminder.Status.DUE:
        raise DomainError("This message is no longer waiting, so it cannot be held back.", code="gone")
    return _said(reminder, by, status=Reminder.Status.WITHDRAWN, code=HELD_BACK)


@transaction.atomic
def let_go_reminder(*, reminder: Reminder, by: User) -> Reminder:
    """What was held back, or skipped for a reason that may be mended, is due again: at its time, or now if it is past.

    Whether it may go is looked at again when it goes. Raises DomainError if there is nothing to let go, or the
    appointment has begun or moved.
    """
    reminder = _locked(reminder)
    held = reminder.status == Reminder.Status.WITHDRAWN and reminder.code == HELD_BACK
    if not held and not (reminder.status == Reminder.Status.SKIPPED and reminder.code in PASSING):
        raise DomainError("Somebody has settled this message already.", code="settled")
    now, appointment = timezone.now(), reminder.appointment
    if appointment.starts_at <= now or appointment.schedule_version != reminder.schedule_version:
        raise DomainError("The appointment has begun or moved; this message is of no use any more.", code="old")
    late = reminder.send_at <= now
    changes = {"send_at": now, "at_any_hour": True} if late else {}
    return _said(reminder, by, status=Reminder.Status.DUE, code="sent-again", **changes)


def _locked(reminder: Reminder) -> Reminder:
    rows = Reminder.objects.select_for_update(no_key=True, of=("self",)).select_related("appointment")
    return rows.get(pk=reminder.pk)


def _said(reminder: Reminder, by: User, **changes: object) -> Reminder:
    now = timezone.now()
    Reminder.objects.filter(pk=reminder.pk).update(resolved_by=by, resolved_at=now, changed_at=now, **changes)
    reminder.refresh_from_db()
    return reminder
