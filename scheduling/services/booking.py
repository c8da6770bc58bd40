"""Book, move and cancel. The database has the last word on who is free."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Facility, Location, User
from core import audit
from core.errors import DomainError, explain
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.models import Patient
from scheduling.models import Appointment, AppointmentParticipant, AppointmentType
from scheduling.selectors.slots import is_within_hours
from scheduling.services import path
from scheduling.services.locks import lock, locked
from scheduling.services.queue import queue_reminders, withdraw_reminders
from staff.models import Practitioner
from staff.services import require_cleared


@transaction.atomic
def book_appointment(
    *,
    patient: Patient,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    starts_at: datetime,
    by: User,
    episode: EpisodeOfCare | None = None,
    video_url: str = "",
) -> Appointment:
    """Book a person with a practitioner, and a room if there is one; the reminders are owed from then on.

    The practitioner may open the person's chart until 30 days after. A physician visit is a step of the path.
    Raises DomainError if anybody or anything is taken then, the practitioner does not work then or is not cleared,
    a step that the type asks for is not reached, or the person is deceased or not of the facility.
    """
    patient = lock(practitioner, location, patient) or patient
    episode = episode or patient.episodes.open().filter(facility=type.facility).first()
    appointment = Appointment(
        facility=type.facility, type=type, patient=patient, episode=episode, practitioner=practitioner,
        location=location, video_url=video_url, booked_by=by,
    )  # fmt: skip
    appointment.set_time(starts_at, starts_at + timedelta(minutes=type.minutes), type.facility.tz)
    _require_person(patient, type, episode)
    _require_time(appointment)
    audit.save(appointment, by=by)
    _take(appointment, by)
    queue_reminders(appointment=appointment)
    path.open_chart(appointment)
    path.visit_booked(appointment, by)
    return appointment


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

    Raises DomainError if the leader or the room is taken then, or the leader is not cleared.
    """
    lock(practitioner, location, None)
    appointment = Appointment(facility=facility, type=type, practitioner=practitioner, location=location, booked_by=by)
    appointment.set_time(starts_at, ends_at, facility.tz)
    _require_cleared(appointment)
    audit.save(appointment, by=by)
    _take(appointment, by)
    return appointment


@transaction.atomic
def add_seat(*, appointment: Appointment, patient: Patient, by: User) -> AppointmentParticipant:
    """Give a person a seat in a group. Harmless twice. Raises DomainError if the person is elsewhere then."""
    patient = lock(None, None, patient) or patient
    appointment = locked(appointment)
    _require_person(patient, appointment.type, patient.episodes.open().first())
    if appointment.status == Appointment.Status.CANCELLED:
        raise DomainError("This session is cancelled.", code="cancelled")
    held = appointment.participants.filter(patient=patient, active=True).first()
    if held:
        return held
    with _explained(appointment):
        seat = AppointmentParticipant(appointment=appointment, patient=patient, during=_during(appointment))
        return audit.save(seat, by=by)


@transaction.atomic
def remove_seat(*, appointment: Appointment, patient: Patient, by: User) -> None:
    """Take the seat back; the person's time is free again. Harmless without a seat."""
    for seat in appointment.participants.filter(patient=patient, active=True):
        seat.active = False
        audit.save(seat, by=by)


@transaction.atomic
def move_appointment(
    *,
    appointment: Appointment,
    starts_at: datetime,
    by: User,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
) -> Appointment:
    """Move to another time, and to another practitioner or room if given; it is unconfirmed again.

    Reminders and links of the earlier time are void, new reminders are owed.
    Raises DomainError as booking does, and if it is not upcoming any more.
    """
    lock(practitioner or appointment.practitioner, location or appointment.location, appointment.patient)
    appointment = locked(appointment)
    _require_upcoming(appointment)
    length = appointment.ends_at - appointment.starts_at
    appointment.practitioner = practitioner or appointment.practitioner
    appointment.location = location or appointment.location
    appointment.set_time(starts_at, starts_at + length, appointment.facility.tz)
    appointment.status, appointment.schedule_version = Appointment.Status.BOOKED, appointment.schedule_version + 1
    appointment.reply, appointment.replied_at = Appointment.Reply.NEEDS_ACTION, None
    _require_time(appointment)
    audit.save(appointment, by=by)
    _retake(appointment, by)
    withdraw_reminders(appointment=appointment)
    queue_reminders(appointment=appointment)
    path.open_chart(appointment)
    path.visit_moved(appointment, by)
    return appointment


@transaction.atomic
def cancel_appointment(*, appointment: Appointment, reason: str, by: User) -> Appointment:
    """Cancel with a reason; everybody's time is free again, nothing is deleted and no reminder goes.

    Raises DomainError without a reason, or if it is not upcoming any more.
    """
    if not reason.strip():
        raise DomainError("Say why it is cancelled.", field="reason")
    lock(appointment.practitioner, appointment.location, appointment.patient)
    appointment = locked(appointment)
    _require_upcoming(appointment)
    appointment.status, appointment.cancel_reason = Appointment.Status.CANCELLED, reason.strip()
    audit.save(appointment, by=by)
    free(appointment, by)
    withdraw_reminders(appointment=appointment)
    path.open_chart(appointment)
    path.visit_cancelled(appointment, by)
    return appointment


def free(appointment: Appointment, by: User) -> None:
    """Nobody and nothing is taken by it any more."""
    for participant in appointment.participants.filter(active=True):
        participant.active = False
        audit.save(participant, by=by)


def _require_person(patient: Patient, type: AppointmentType, episode: EpisodeOfCare | None) -> None:
    if patient.deceased:
        raise DomainError("This person has died; nothing can be booked.", code="deceased")
    if not patient.facilities.filter(facility=type.facility, ends_at__isnull=True).exists():
        raise DomainError(f"This person does not belong to {type.facility}.", code="facility")
    reached = _reached(episode) if episode and type.required_steps else set()
    missing = [EpisodeStep.Kind(step).label.lower() for step in type.required_steps if step not in reached]
    if missing:
        raise DomainError(f"“{type}” can be booked once this is done: {', '.join(missing)}.", code="step", field="type")


def _reached(episode: EpisodeOfCare) -> set[str]:
    return set(episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))


def _require_time(appointment: Appointment) -> None:
    if appointment.starts_at <= timezone.now():
        raise DomainError("Choose a time in the future.", code="past", field="starts_at")
    practitioner, facility = appointment.practitioner, appointment.facility
    if practitioner and not is_within_hours(
        practitioner=practitioner, facility=facility, starts_at=appointment.starts_at, ends_at=appointment.ends_at
    ):
        raise DomainError(
            f"{practitioner} has no hours here at that time. Choose one of the free times.",
            code="hours", field="starts_at",
        )  # fmt: skip
    _require_cleared(appointment)


def _require_cleared(appointment: Appointment) -> None:
    if appointment.practitioner:
        require_cleared(
            appointment.practitioner,
            facility=appointment.facility,
            on=appointment.starts_at.astimezone(appointment.facility.tz).date(),
            kind=appointment.type.required_credential,
        )


def _require_upcoming(appointment: Appointment) -> None:
    if appointment.status not in Appointment.UPCOMING:
        label = appointment.get_status_display().lower()
        raise DomainError(f"This appointment is {label}; it can no longer be changed.", code="status")


def _take(appointment: Appointment, by: User) -> None:
    with _explained(appointment):
        for column in ("practitioner", "location", "patient"):
            if getattr(appointment, column):
                part = AppointmentParticipant(appointment=appointment, during=_during(appointment))
                setattr(part, column, getattr(appointment, column))
                audit.save(part, by=by)


def _retake(appointment: Appointment, by: User) -> None:
    if appointment.patient is None and appointment.participants.filter(patient__isnull=False, active=True).exists():
        raise DomainError("A session with people on its roster cannot be moved; plan another one.", code="seats")
    free(appointment, by)
    _take(appointment, by)


def _during(appointment: Appointment) -> DateTimeTZRange:
    pause = timedelta(minutes=appointment.type.buffer_minutes)
    return DateTimeTZRange(appointment.starts_at, appointment.ends_at + pause)


def _explained(appointment: Appointment) -> AbstractContextManager[None]:
    return explain(
        patient_no_double_booking="This person has another appointment at that time.",
        practitioner_no_double_booking=f"{appointment.practitioner} is booked at that time.",
        location_no_double_booking=f"{appointment.location} is taken at that time.",
    )
