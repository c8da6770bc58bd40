"""Group sessions: four weeks behind with attendance, a week ahead with seats."""

from datetime import date, datetime, time, timedelta
from typing import Any

import time_machine
from django.utils import timezone

from accounts.roles import Role
from activities.models import Attendance, Enrolment, ParticipationNote, Program, Session
from carecoord.demo.house import REASON, House
from carecoord.demo.stories import Life
from core import audit
from core.errors import DomainError
from patients import services as patients
from patients.models import Relation
from scheduling import services as scheduling

HOURS = [10, 14, 16, 11, 15]
LINES = [
    "Took part and spoke once about the week.",
    "Quiet at first, then helped another person.",
    "Finished the piece and wants to go on next time.",
    "Left the room once, came back and stayed.",
]


def hold_groups(house: House, lives: list[Life], now: datetime) -> None:
    """Enrol people and hold the sessions of each program three days a week."""
    enrolled = [life for life in lives if life.patient.care_plans.exists()]
    for n, program in enumerate(house.programs):
        members = house.inventor.random.sample(enrolled, min(len(enrolled), 11))
        for life in members:
            _enrol(house, program, life, now)
        for back in range(28, -8, -1):
            day = now.astimezone(house.facility.tz).date() - timedelta(days=back)
            if day.weekday() in ((n % 2), (n % 2) + 2, 4) or back == 0:
                _hold(house, program, members, day, HOURS[n % len(HOURS)], now)


def _enrol(house: House, program: Program, life: Life, now: datetime) -> None:
    starts = max(now - timedelta(days=28), life.patient.created_at).date()
    row = Enrolment(program=program, patient=life.patient, starts_on=starts, times_per_week=2)
    audit.save(row, by=None, reason=REASON)
    patients.grant_desk(
        patient=life.patient, facility=house.facility, role=Role.ACTIVITIES, relation=Relation.ENROLMENT
    )


def _hold(house: House, program: Program, members: list[Life], day: date, hour: int, now: datetime) -> None:
    starts = datetime.combine(day, time(hour), house.facility.tz)
    leader: Any = program.leader  # here always somebody with an account
    with time_machine.travel(min(starts - timedelta(days=2), now), tick=False):
        try:
            appointment = scheduling.book_group(
                type=house.types["group"],
                practitioner=leader,
                location=house.studio,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                facility=house.facility,
                by=leader.user,
            )
        except DomainError:
            return
        session = audit.save(Session(program=program, appointment=appointment), by=leader.user)
    for life in members:
        if life.patient.created_at < starts:
            _seat(house, session, life, starts, now)
    if starts + timedelta(hours=1) < now:
        _close(session, starts, now)


def _seat(house: House, session: Session, life: Life, starts: datetime, now: datetime) -> None:
    leader: Any = session.program.leader.user  # type: ignore[union-attr]
    row = Attendance(session=session, patient=life.patient)
    if starts > now:
        try:
            scheduling.add_seat(appointment=session.appointment, patient=life.patient, by=leader)
        except DomainError:
            return
    elif starts + timedelta(hours=1) < now:
        row.status = house.inventor.random.choices(
            ["present", "late", "left-early", "sick", "excused", "absent"], weights=[78, 6, 3, 4, 4, 5]
        )[0]
        row.minutes = 60 if row.status == "present" else 40 if row.status in {"late", "left-early"} else 0
        row.recorded_at, row.recorded_by = starts + timedelta(hours=1), leader
    audit.save(row, by=leader)
    if row.status in Attendance.CAME and starts > now - timedelta(days=10):
        text = house.inventor.random.choice(LINES)
        signed = None if starts > now - timedelta(days=1, hours=8) else starts + timedelta(hours=2)
        note = ParticipationNote(attendance=row, text=text, author=leader, signed_at=signed)
        audit.save(note, by=leader)


def _close(session: Session, starts: datetime, now: datetime) -> None:
    """Held: attended, and its shared note signed unless it was held since yesterday."""
    leader = session.program.leader.user  # type: ignore[union-attr]
    with time_machine.travel(starts + timedelta(hours=1), tick=False):
        session.appointment.status = "fulfilled"
        audit.save(session.appointment, by=leader)
        session.shared_note = "Began with a round. Worked for forty minutes, closed with what each takes along."
        if starts < now - timedelta(days=1):
            session.note_signed_at, session.note_signed_by = timezone.now(), leader
        audit.save(session, by=leader)
