"""What happened on the day."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from scheduling import clock
from scheduling.models import FOLLOWS, Appointment
from scheduling.services import path
from scheduling.services.guards import clashes, free, refusal, resources, take
from scheduling.services.locks import lock_for, locked
from scheduling.services.queue import withdraw_reminders

Status = Appointment.Status


@transaction.atomic
def set_status(*, appointment: Appointment, status: str, by: User) -> Appointment:
    """Arrived, checked in, attended, did not come; or one step back, to mend a wrong tap. Twice is harmless.

    Attended is a step of the path; who did not come frees the time and is called by the treatment desk. One step
    back undoes that too; the time of somebody who came after all is taken again.
    Raises DomainError if the status cannot follow the present one, before its time, or if that time is taken.
    """
    appointment = lock_for(appointment) if status == Status.BOOKED else locked(appointment)
    before = appointment.status
    if before == status:
        return appointment
    _require_possible(appointment, status)
    _say(appointment, status)
    audit.save(appointment, by=by)
    _undo(appointment, before, by)
    _follow(appointment, by)
    return appointment


def _say(appointment: Appointment, status: str) -> None:
    """Since when, and since when the person is here."""
    now = timezone.now()
    appointment.status, appointment.status_at = status, now
    if status in (Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED):
        appointment.arrived_at = appointment.arrived_at or now
    if status == Status.BOOKED:
        appointment.arrived_at = None


def _follow(appointment: Appointment, by: User) -> None:
    if appointment.status != Status.BOOKED:
        withdraw_reminders(appointment=appointment)
    if appointment.status == Status.FULFILLED:
        path.visit_attended(appointment, by)
    if appointment.status == Status.NOSHOW:
        free(appointment, by)
        path.visit_missed(appointment, by)


def _undo(appointment: Appointment, before: str, by: User) -> None:
    if before == Status.FULFILLED:
        path.visit_not_attended(appointment, by)
    if before == Status.NOSHOW:
        _take_again(appointment, by)
        path.settle_tasks(appointment, by, "Came after all")


def _take_again(appointment: Appointment, by: User) -> None:
    for resource, row in clashes(appointment, resources(appointment)).items():
        raise refusal(resource, row)
    take(appointment, by)


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
