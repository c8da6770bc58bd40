"""Messages that failed or are in doubt: a person says what became of them."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from scheduling.models import Reminder

UNSETTLED = (Reminder.Status.FAILED, Reminder.Status.IN_DOUBT)


@transaction.atomic
def resolve_reminder(*, reminder: Reminder, arrived: bool, by: User) -> Reminder:
    """It arrived: then it counts as sent. It did not: it is due again now, with the same Message-ID.

    Raises DomainError if somebody has settled it already, or the appointment has begun or moved.
    """
    reminder = Reminder.objects.select_for_update(no_key=True, of=("self",)).get(pk=reminder.pk)
    if reminder.status not in UNSETTLED:
        raise DomainError("Somebody has settled this message already.", code="settled")
    now, appointment = timezone.now(), reminder.appointment
    changes = {"resolved_by": by, "resolved_at": now, "changed_at": now}
    if arrived:
        changes |= {"status": Reminder.Status.SENT, "sent_at": now}
    elif appointment.starts_at <= now or appointment.schedule_version != reminder.schedule_version:
        raise DomainError("The appointment has begun or moved; this message is of no use any more.", code="old")
    else:
        changes |= {
            "status": Reminder.Status.DUE,
            "send_at": now,
            "attempts": 0,
            "at_any_hour": True,
            "code": "sent-again",
        }
    Reminder.objects.filter(pk=reminder.pk).update(**changes)
    reminder.refresh_from_db()
    return reminder
