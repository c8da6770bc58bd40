"""What patients answer, by the link, on the telephone or in person."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from core.labels import when_label
from scheduling.models import Appointment, AppointmentResponse, CallAttempt, Reminder
from scheduling.services import path
from scheduling.services.heldback import HELD_BACK
from scheduling.services.locks import locked
from scheduling.services.queue import withdraw_reminders

TRY_AGAIN_AFTER = timedelta(hours=2)
LONGEST_COMMENT = 300
SAID = {
    CallAttempt.Outcome.CONFIRMED: Appointment.Reply.ACCEPTED,
    CallAttempt.Outcome.RESCHEDULE: Appointment.Reply.DECLINED,
}


@transaction.atomic
def record_answer(
    *,
    appointment: Appointment,
    reply: str,
    via: str,
    by: User | None,
    comment: str = "",
    moved_to: datetime | None = None,
) -> Appointment:
    """Keep the answer; the desk sees it at once. The same answer again changes nothing, unless it says more.

    Confirmed is a step of the path for a physician visit; the other two ask the treatment desk to call. Messages are
    withdrawn by a decline and owed again by another answer. `moved_to` is the time the patient took instead.
    Raises DomainError if it is not upcoming any more.
    """
    appointment = locked(appointment)
    _require_open(appointment)
    comment = comment.strip()
    if appointment.reply == reply and not comment:
        return appointment
    reason = "" if by else via
    answer = AppointmentResponse(
        appointment=appointment, participant_status=reply, via=via, comment=comment[:LONGEST_COMMENT], moved_to=moved_to
    )
    audit.save(answer, by=by, reason=reason)
    if appointment.reply == reply:
        return appointment
    if appointment.reply == Appointment.Reply.DECLINED:
        _owe_again(appointment)
    appointment.reply, appointment.replied_at = reply, timezone.now()
    audit.save(appointment, by=by, reason=reason)
    if reply == Appointment.Reply.DECLINED:
        withdraw_reminders(appointment=appointment)
    path.visit_answered(appointment, by)
    return appointment


@transaction.atomic
def log_call(
    *, appointment: Appointment, outcome: str, by: User, next_try_at: datetime | None = None, seen: str | None = None
) -> CallAttempt:
    """Keep a call and what came of it; an answer given on the telephone counts as the patient's.

    Nobody reached: it is tried again in two hours, unless another time is given. `seen` is the uuid of the last call
    that the caller's page showed, "" for none. Raises DomainError if somebody has logged another since, the next
    try is not between now and the start, or the appointment is not upcoming any more.
    """
    appointment = locked(appointment)
    _require_open(appointment)
    _require_seen(appointment, seen)
    reached = outcome in SAID
    next_try_at = None if reached else _next_try(appointment, next_try_at)
    attempt = CallAttempt(appointment=appointment, outcome=outcome, by=by, next_try_at=next_try_at)
    audit.save(attempt, by=by)
    if reached:
        via = AppointmentResponse.Via.PHONE
        record_answer(appointment=appointment, reply=SAID[CallAttempt.Outcome(outcome)], via=via, by=by)
    return attempt


@transaction.atomic
def set_next_try(*, appointment: Appointment, next_try_at: datetime, by: User) -> CallAttempt:
    """Say anew when the person is tried again. Raises DomainError before the first call, or for a time that is none."""
    appointment = locked(appointment)
    _require_open(appointment)
    attempt = appointment.calls.order_by("-at").first()
    if attempt is None:
        raise DomainError("Nobody has called yet; log the first call.", code="no-call")
    attempt.next_try_at = _next_try(appointment, next_try_at)
    return audit.save(attempt, by=by)


def _require_open(appointment: Appointment) -> None:
    if appointment.status not in Appointment.UPCOMING:
        raise DomainError("This appointment is no longer open for an answer.", code="status")


def _require_seen(appointment: Appointment, seen: str | None) -> None:
    last = appointment.calls.select_related("by").order_by("-at").first()
    if seen is None or seen == (str(last.uuid) if last else ""):
        return
    if last is None:
        raise DomainError("The list has changed. Look at the row again.", code="seen")
    when = when_label(last.at, appointment.facility.tz)
    raise DomainError(
        f"{last.by} has logged a call on {when}: {last.get_outcome_display().lower()}. Yours was not kept.", code="seen"
    )


def _next_try(appointment: Appointment, wanted: datetime | None) -> datetime | None:
    now, start = timezone.now(), appointment.starts_at
    if wanted is None:
        later = now + TRY_AGAIN_AFTER
        return later if later < start else None
    if not now <= wanted < start:
        raise DomainError("Choose a time between now and the start.", code="next-try", field="next_try_at")
    return wanted


def _owe_again(appointment: Appointment) -> None:
    """Who can come after all is reminded after all, of what is still ahead; what a person held back stays back."""
    now = timezone.now()
    rows = appointment.reminders.filter(
        status=Reminder.Status.WITHDRAWN, schedule_version=appointment.schedule_version, send_at__gt=now
    )
    rows.exclude(code=HELD_BACK).update(status=Reminder.Status.DUE, changed_at=now)
