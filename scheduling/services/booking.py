"""Book, move and cancel. The database has the last word on who is free."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Location, User
from core import audit
from core.errors import DomainError
from episodes.models import EpisodeOfCare
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, Hold, Series
from scheduling.services import guards, holds, path, rules
from scheduling.services.locks import lock, lock_for
from scheduling.services.placing import candidates, draft, place
from scheduling.services.queue import queue_reminders, withdraw_reminders
from scheduling.services.waitlist import close_met_wishes, owe_freed_time
from staff.models import Practitioner

Status = Appointment.Status


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
    interpreter: Practitioner | None = None,
    equipment: Location | None = None,
    video_url: str = "",
    hold: Hold | None = None,
    override_reason: str = "",
    series: Series | None = None,
    occurrence_on: date | None = None,
) -> Appointment:
    """Book a person with a practitioner, and a room if there is one; the reminders are owed from then on.

    A type that needs equipment gets the first free piece if none is named; care by video takes no room and gets a
    private link. A `hold` of the same person is used up. The practitioner may open the person's chart until 30 days
    after. A physician visit is a step of the path.

    Raises DomainError if the person is deceased or not of the facility, the time is past, somebody does not work
    there or the hold is over; and, with a code of BookingOverride.Rule, if anybody or anything is taken or closed
    then, hours or credential do not cover it, or a step that the type asks for is not reached. These somebody with
    APPOINTMENT_OVERRIDE sets aside with an `override_reason`; each is kept as a BookingOverride.
    """
    spare = candidates(type, equipment)
    patient = lock([practitioner, interpreter], [location, *spare], patient) or patient
    rules.require_person(patient, type.facility)
    appointment = draft(
        type=type, patient=patient, starts_at=starts_at, episode=episode, practitioner=practitioner, location=location,
        interpreter=interpreter, video_url=video_url, booked_by=by, series=series, occurrence_on=occurrence_on,
    )  # fmt: skip
    used = holds.usable(hold, by=by) if hold else []
    place(appointment, spare=spare, by=by, override_reason=override_reason.strip(), letting_go=used)
    queue_reminders(appointment=appointment)
    close_met_wishes(appointment=appointment, by=by)
    path.open_chart(appointment)
    path.visit_booked(appointment, by)
    return appointment


@transaction.atomic
def move_appointment(
    *,
    appointment: Appointment,
    starts_at: datetime,
    by: User | None,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    interpreter: Practitioner | None = None,
    hold: Hold | None = None,
    override_reason: str = "",
    reason: str = "",
    as_exception: bool = True,
) -> Appointment:
    """Move to another time, and to another practitioner, room or interpreter if given; it is unconfirmed again.

    `by` None is the patient, by link, and then `reason` says so. Reminders and links of the earlier time are void,
    new reminders are owed. The equipment stays, or is another that the type needs. An occurrence of a series is an
    exception from then on, unless the whole series moves.
    Raises DomainError as booking does, and if it is only proposed or not upcoming any more.
    """
    spare = _spare(appointment)
    appointment = lock_for(appointment, practitioner, location, interpreter, *spare)
    _require_movable(appointment)
    left = _time_of(appointment)
    length = appointment.ends_at - appointment.starts_at
    appointment.practitioner = practitioner or appointment.practitioner
    appointment.location = None if appointment.type.is_telehealth else location or appointment.location
    appointment.interpreter = interpreter or appointment.interpreter
    appointment.set_time(starts_at, starts_at + length, appointment.facility.tz)
    appointment.status, appointment.schedule_version = Status.BOOKED, appointment.schedule_version + 1
    appointment.reply, appointment.replied_at = Appointment.Reply.NEEDS_ACTION, None
    appointment.is_exception |= as_exception and appointment.series_id is not None
    used = holds.usable(hold, by=by, appointment=appointment) if hold else []
    place(
        appointment, spare=spare, by=by, reason=reason, override_reason=override_reason.strip(), letting_go=used,
        steps=False,
    )  # fmt: skip
    withdraw_reminders(appointment=appointment)
    queue_reminders(appointment=appointment)
    if left != _time_of(appointment):
        owe_freed_time(appointment=appointment, **left)
    path.open_chart(appointment)
    path.visit_moved(appointment, by)
    return appointment


@transaction.atomic
def cancel_appointment(
    *, appointment: Appointment, reason: str, by: User | None, as_exception: bool = True
) -> Appointment:
    """Cancel with a reason; everybody's time is free again, nothing is deleted and no reminder goes.

    An occurrence of a series stays cancelled whatever becomes of the series, unless it is cancelled with the whole.
    `by` None is the patient, who by a link took another time instead.
    Raises DomainError without a reason, or if it is not upcoming any more.
    """
    if not reason.strip():
        raise DomainError("Say why it is cancelled.", field="reason")
    appointment = lock_for(appointment)
    require_upcoming(appointment)
    appointment.status, appointment.status_at = Status.CANCELLED, timezone.now()
    appointment.cancel_reason = reason.strip()
    appointment.is_exception |= as_exception and appointment.series_id is not None
    audit.save(appointment, by=by, reason="" if by else "link")
    guards.free(appointment, by, reason="" if by else "link")
    owe_freed_time(appointment=appointment, **_time_of(appointment))
    withdraw_reminders(appointment=appointment)
    path.open_chart(appointment)
    path.visit_cancelled(appointment, by)
    return appointment


def require_upcoming(appointment: Appointment) -> None:
    if appointment.status not in Appointment.UPCOMING:
        label = appointment.get_status_display().lower()
        raise DomainError(f"This appointment is {label}; it can no longer be changed.", code="status")


def _require_movable(appointment: Appointment) -> None:
    require_upcoming(appointment)
    if appointment.status == Status.PROPOSED:
        raise DomainError("This time is only offered; it can be accepted or withdrawn, not moved.", code="status")
    if appointment.patient:
        rules.require_person(appointment.patient, appointment.facility)
    elif appointment.participants.filter(patient__isnull=False, active=True).exists():
        raise DomainError("A session with people on its roster cannot be moved; plan another one.", code="seats")


def _time_of(appointment: Appointment) -> dict[str, Any]:
    """The time that others could have instead."""
    return {name: getattr(appointment, name) for name in ("practitioner", "location", "starts_at", "ends_at")}


def _spare(appointment: Appointment) -> list[Location]:
    """Equipment that it may take at the new time: what it has first, else any other that the type needs."""
    mine = appointment.equipment
    rows = candidates(appointment.type, None)
    return [mine, *(row for row in rows if row != mine)] if mine else rows
