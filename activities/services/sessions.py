"""Plan and cancel sessions. Leader, room and seats are guarded by the appointment."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Location, User
from activities.models import Attendance, Enrolment, Program, Session
from activities.services.enrolments import seat_if_free
from activities.services.locks import locked_program, open_session
from activities.services.roster import excuse
from core import audit
from core.errors import DomainError
from core.labels import day_label
from core.times import at_wall_time, today
from scheduling import services as scheduling
from scheduling.models import AppointmentType
from staff.models import Practitioner

WEEKS_AHEAD = 26


@transaction.atomic
def plan_sessions(
    *,
    program: Program,
    day: date,
    starts: time,
    ends: time,
    leader: Practitioner,
    location: Location | None,
    by: User,
    weeks: int = 1,
) -> list[Session]:
    """Plan a session, or one each week at the same wall time: all of them or none.

    Everybody enrolled gets a seat; who is booked elsewhere is left out (the page of the session names them).
    Raises DomainError naming the date on which leader or room is taken or the leader is not cleared.
    """
    program = locked_program(program)
    if not program.is_active:
        raise DomainError("This program is closed.", code="program.closed", field="program")
    if not 1 <= weeks <= WEEKS_AHEAD:
        raise DomainError(f"Plan 1 to {WEEKS_AHEAD} weeks at once.", field="weeks")
    days = [day + timedelta(weeks=week) for week in range(weeks)]
    return [_plan(program, when, starts, ends, leader, location, by, named=weeks > 1) for when in days]


def _plan(
    program: Program, day: date, starts: time, ends: time, leader: Practitioner, location: Location | None, by: User,
    *, named: bool,
) -> Session:  # fmt: skip
    tz = program.facility.tz
    try:
        starts_at, ends_at = at_wall_time(day, starts, tz), at_wall_time(day, ends, tz)
        _require_time(starts_at, ends_at)
        appointment = scheduling.book_group(
            type=_group_type(program), practitioner=leader, location=location,
            starts_at=starts_at, ends_at=ends_at, facility=program.facility, by=by,
        )  # fmt: skip
    except DomainError as error:
        if not named:
            raise
        label = day_label(day, today(tz))
        raise DomainError(f"{label}: {error.message} Nothing was planned.", code=error.code, field="day") from error
    session = audit.save(Session(program=program, appointment=appointment), by=by)
    for enrolment in _takes_part(program, day):
        seat_if_free(session, enrolment.patient, by)
    return session


def _require_time(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise DomainError("The session has to end after it starts.", code="ends", field="ends")
    if ends_at <= timezone.now():
        raise DomainError("Choose a time that has not passed.", code="past", field="day")


def _group_type(program: Program) -> AppointmentType:
    type = AppointmentType.objects.filter(facility=program.facility, is_group=True, is_active=True).first()
    if type is None:
        raise DomainError("No appointment type for groups is set up. Ask the clinical coordinator.", code="type")
    return type


def _takes_part(program: Program, day: date) -> list[Enrolment]:
    """In the order of the patients' keys, so that two plans made at once lock people in the same order."""
    rows = Enrolment.objects.filter(Q(ends_on__isnull=True), program=program, starts_on__lte=day)
    return list(rows.select_related("patient").order_by("patient_id"))


@transaction.atomic
def cancel_session(*, session: Session, reason: str, by: User) -> Session:
    """Cancel with a reason: leader, room and people are free again, nobody is marked absent.

    Raises DomainError without a reason, once it is signed, and when attendance is recorded.
    """
    session = open_session(session)
    if session.attendances.filter(status__in=Attendance.CAME).exists():
        raise DomainError("People have been marked as present; this session took place.", code="session.held")
    for row in session.attendances.select_related("patient"):
        excuse(row, session, by)
    scheduling.cancel_appointment(appointment=session.appointment, reason=reason, by=by)
    return session
