"""Groups: a leader and a room first, then a seat for each person. They share the guards of every booking."""

from datetime import datetime

from django.db import transaction

from accounts.models import Facility, Location, User
from core import audit
from core.errors import DomainError
from patients.models import Patient
from scheduling.models import Appointment, AppointmentParticipant, AppointmentType
from scheduling.services import guards, overrides, rules
from scheduling.services.locks import lock, locked
from staff.models import Practitioner


@transaction.atomic
def book_group(
    *,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    starts_at: datetime,
    ends_at: datetime,
    facility: Facility,
    by: User,
) -> Appointment:
    """Take a leader and a room for a group; people get their seats with `add_seat`.

    Raises DomainError if leader or room is taken, away or closed then, or the leader is not cleared. The hours of
    the week do not bind the leader.
    """
    lock([practitioner], [location])
    appointment = Appointment(facility=facility, type=type, practitioner=practitioner, location=location, booked_by=by)
    appointment.set_time(starts_at, ends_at, facility.tz)
    rules.require_staff(appointment)
    found = rules.against(appointment, weekly=False)
    overrides.require_none(found.refusals, reason="", by=by, facility=facility)
    audit.save(appointment, by=by)
    guards.take(appointment, by)
    return appointment


@transaction.atomic
def add_seat(*, appointment: Appointment, patient: Patient, by: User) -> AppointmentParticipant:
    """Give a person a seat in a group. Harmless twice.

    Raises DomainError if every seat is taken, the person is elsewhere then, or a step that the type asks for is
    not reached.
    """
    patient = lock(patient=patient) or patient
    appointment = locked(appointment)
    rules.require_person(patient, appointment.facility)
    rules.require_steps(patient, appointment.type)
    if appointment.status == Appointment.Status.CANCELLED:
        raise DomainError("This session is cancelled.", code="cancelled")
    held = appointment.participants.filter(patient=patient, active=True).first()
    if held:
        return held
    _require_seat(appointment)
    seat: guards.Resource = ("patient", patient)
    if taken := guards.clashes(appointment, [seat]):
        raise guards.refusal(seat, taken[seat])
    return guards.take_one(appointment, seat, by)


@transaction.atomic
def remove_seat(*, appointment: Appointment, patient: Patient, by: User) -> None:
    """Take the seat back; the person's time is free again. Harmless without a seat."""
    for seat in appointment.participants.filter(patient=patient, active=True):
        seat.active = False
        audit.save(seat, by=by)


def _require_seat(appointment: Appointment) -> None:
    """As many people as the type allows and the room holds."""
    taken = appointment.participants.filter(patient__isnull=False, active=True).count()
    for limit, what in ((appointment.type.seats, "in this group"), _room_seats(appointment)):
        if limit is not None and taken >= limit:
            raise DomainError(f"All {limit} seats {what} are taken.", code="seats")


def _room_seats(appointment: Appointment) -> tuple[int | None, str]:
    room = appointment.location
    return (room.seats, f"in {room}") if room else (None, "")
