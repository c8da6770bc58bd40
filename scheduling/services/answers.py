"""What patients answer, by the link, on the telephone or in person."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from records.models import Consent
from records.services import revoke_channel
from scheduling.models import Appointment, AppointmentResponse, CallAttempt
from scheduling.services import path
from scheduling.services.locks import locked
from scheduling.services.queue import withdraw_reminders

TRY_AGAIN_AFTER = timedelta(hours=2)
SAID = {
    CallAttempt.Outcome.CONFIRMED: Appointment.Reply.ACCEPTED,
    CallAttempt.Outcome.RESCHEDULE: Appointment.Reply.DECLINED,
}


@transaction.atomic
def record_answer(*, appointment: Appointment, reply: str, via: str, by: User | None, comment: str = "") -> Appointment:
    """Keep the answer; the desk sees it at once. The same answer again changes nothing.

    Confirmed is a step of the path for a physician visit; the other two ask the treatment desk to call.
    Raises DomainError if the appointment is not upcoming any more.
    """
    appointment = locked(appointment)
    if appointment.status not in Appointment.UPCOMING:
        raise DomainError("This appointment is no longer open for an answer.", code="status")
    if appointment.reply == reply:
        return appointment
    reason = "" if by else via
    answer = AppointmentResponse(appointment=appointment, participant_status=reply, via=via, comment=comment)
    audit.save(answer, by=by, reason=reason)
    appointment.reply, appointment.replied_at = reply, timezone.now()
    audit.save(appointment, by=by, reason=reason)
    if reply == Appointment.Reply.DECLINED:
        withdraw_reminders(appointment=appointment)
    path.visit_answered(appointment, by)
    return appointment


@transaction.atomic
def log_call(*, appointment: Appointment, outcome: str, by: User, next_try_at: datetime | None = None) -> CallAttempt:
    """Keep a call and what came of it; an answer given on the telephone counts as the patient's.

    Nobody reached: it is tried again in two hours, unless another time is given.
    Raises DomainError if the appointment is not upcoming any more.
    """
    reached = outcome in SAID
    if not reached:
        next_try_at = next_try_at or timezone.now() + TRY_AGAIN_AFTER
    attempt = CallAttempt(appointment=appointment, outcome=outcome, by=by, next_try_at=next_try_at)
    audit.save(attempt, by=by)
    if reached:
        via = AppointmentResponse.Via.PHONE
        record_answer(appointment=appointment, reply=SAID[CallAttempt.Outcome(outcome)], via=via, by=by)
    return attempt


def opt_out(*, appointment: Appointment, consent: Consent | None) -> None:
    """No more messages, at once. Harmless without a consent."""
    if consent is not None:
        revoke_channel(consent=consent, via="link", by=None)
