"""What happened on the day."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from scheduling import clock
from scheduling.models import FOLLOWS, Appointment
from scheduling.services import path
from scheduling.services.guards import free
from scheduling.services.locks import locked
from scheduling.services.queue import withdraw_reminders

Status = Appointment.Status


@transaction.atomic
def set_status(*, appointment: Appointment, status: str, by: User) -> Appointment:
    """Arrived, checked in, attended, did not come. Twice the same is harmless.

    Attended is a step of the path; who did not come frees the time and is called by the treatment desk.
    Raises DomainError if the status cannot follow the present one, or before its time.
    """
    appointment = locked(appointment)
    if appointment.status == status:
        return appointment
    _require_possible(appointment, status)
    appointment.status = status
    audit.save(appointment, by=by)
    if status != Status.BOOKED:
        withdraw_reminders(appointment=appointment)
    if status == Status.FULFILLED:
        path.visit_attended(appointment, by)
    if status == Status.NOSHOW:
        free(appointment, by)
        path.visit_missed(appointment, by)
    return appointment


def _require_possible(appointment: Appointment, status: str) -> None:
    if status not in FOLLOWS.get(appointment.status, ()):
        present, wanted = appointment.get_status_display().lower(), Status(status).label.lower()
        raise DomainError(f"This appointment is {present}; it cannot become “{wanted}”.", code="status")
    now, tz = timezone.now(), appointment.facility.tz
    if status == Status.NOSHOW and now < appointment.starts_at:
        raise DomainError("It has not begun yet, so nobody has missed it.", code="early")
    first_moment, _ = clock.day_bounds(appointment.starts_at.astimezone(tz).date(), tz)
    if status != Status.BOOKED and now < first_moment:
        raise DomainError("That can be said on the day of the appointment.", code="early")
