"""A time offered to somebody: it is guarded like a booking until it is accepted or withdrawn."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Location, User
from core import audit
from core.errors import DomainError
from episodes.models import EpisodeOfCare
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType
from scheduling.services import guards, path, rules
from scheduling.services.locks import lock, lock_for
from scheduling.services.placing import candidates, draft, place
from scheduling.services.queue import queue_reminders, withdraw_reminders
from staff.models import Practitioner

Status = Appointment.Status


@transaction.atomic
def propose_appointment(
    *,
    patient: Patient,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    starts_at: datetime,
    episode: EpisodeOfCare | None = None,
    by: User | None = None,
    reason: str = "waitlist",
) -> Appointment:
    """Keep a time for somebody without booking it: nobody is reminded and no step is reached.

    Raises DomainError as booking does; nothing can be set aside.
    """
    spare = candidates(type, None)
    patient = lock([practitioner], [location, *spare], patient) or patient
    rules.require_person(patient, type.facility)
    appointment = draft(
        type=type, patient=patient, starts_at=starts_at, episode=episode, practitioner=practitioner, location=location,
        booked_by=by, status=Status.PROPOSED,
    )  # fmt: skip
    return place(appointment, spare=spare, by=by, reason=reason)


@transaction.atomic
def accept_proposal(*, appointment: Appointment, by: User | None, reason: str = "") -> Appointment:
    """Make a booking of it: reminders are owed, the chart opens, a physician visit is a step of the path.

    Raises DomainError if it is not proposed any more, its time is past or the person has died.
    """
    appointment = _proposed(appointment)
    rules.require_future(appointment)
    if appointment.patient:
        rules.require_person(appointment.patient, appointment.facility)
    appointment.status, appointment.status_at = Status.BOOKED, timezone.now()
    audit.save(appointment, by=by, reason=reason)
    queue_reminders(appointment=appointment)
    path.open_chart(appointment)
    path.visit_booked(appointment, by)
    return appointment


@transaction.atomic
def withdraw_proposal(*, appointment: Appointment, reason: str, by: User | None) -> Appointment:
    """Take the offer back: the time is free again. Raises DomainError if it is not proposed any more."""
    appointment = _proposed(appointment)
    appointment.status, appointment.status_at = Status.CANCELLED, timezone.now()
    appointment.cancel_reason = reason
    audit.save(appointment, by=by, reason=reason)
    guards.free(appointment, by, reason=reason)
    withdraw_reminders(appointment=appointment)
    return appointment


def _proposed(appointment: Appointment) -> Appointment:
    appointment = lock_for(appointment)
    if appointment.status != Status.PROPOSED:
        label = appointment.get_status_display().lower()
        raise DomainError(f"This offer is over: the appointment is {label}.", code="status")
    return appointment
