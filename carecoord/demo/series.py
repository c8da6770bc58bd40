"""Weekly counseling: begun soon after intake, most of it ahead, and some visits that were changed by themselves."""

from datetime import datetime, timedelta

import time_machine

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.stories import Life
from core.errors import DomainError
from core.times import day_of, today
from patients.models import Patient
from scheduling import services as scheduling
from scheduling.models import Appointment, Series
from scheduling.selectors import free_slots
from staff.models import Practitioner

SOON = timedelta(days=2)  # after the person came
VISITS = 10
NUMBER = 6


def begin_series(house: House, lives: list[Life], now: datetime) -> None:
    """A weekly series for those who came first, with one counselor after the other.

    The first of three is moved once, the second cancelled once.
    """
    counselors = [row for row in house.practitioners if row.kind == Practitioner.Kind.COUNSELOR]
    by = house.staff[Role.TREATMENT][0]
    for n, life in enumerate(_in_care(lives, now)[: NUMBER if len(counselors) > 1 else 1]):
        try:
            with time_machine.travel(life.patient.created_at + SOON, tick=False):
                series = _begin(house, life.patient, counselors[n % len(counselors)], n % 5, by)
        except DomainError:
            continue  # nobody of them is free at one time every week
        _live(series, n, by, now)


def _in_care(lives: list[Life], now: datetime) -> list[Life]:
    """Who came some days ago and is here still, the longest first; not the last of the demo, who will have died."""
    here = [life for life in lives[:-1] if life.patient.episodes.open().exists()]
    return sorted(
        (life for life in here if life.patient.created_at < now - SOON), key=lambda life: life.patient.created_at
    )


def _begin(house: House, patient: Patient, counselor: Practitioner, weekday: int, by: User) -> Series:
    kind, facility = house.types["counseling"], house.facility
    first = today(facility.tz)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    times = {"practitioners": [counselor], "type": kind, "facility": facility, "from_day": day, "days": 1}
    slots = free_slots(**times, patient=patient, limit=20)  # type: ignore[arg-type]
    if not slots:
        raise DomainError("Nobody is free on that day.")
    slot = slots[patient.pk % len(slots)]
    return scheduling.book_series(
        patient=patient, type=kind, practitioner=counselor, location=slot.location, weekdays=[weekday], interval=1,
        starts_on=day, count=VISITS, wall_time=slot.starts_at.astimezone(facility.tz).time(), skip_conflicts=True,
        by=by,
    )  # fmt: skip


def _live(series: Series, n: int, by: User, now: datetime) -> None:
    visits = list(series.appointments.order_by("starts_at"))
    for visit in visits:
        if visit.ends_at < now:
            with time_machine.travel(visit.ends_at, tick=False):
                scheduling.set_status(appointment=visit, status="fulfilled", by=by)
    second = [visit for visit in visits if visit.starts_at > now + timedelta(days=1)][1:2]
    for visit in second:
        if n % 3 == 0:
            _move_once(visit, by)
        if n % 3 == 1:
            scheduling.cancel_appointment(appointment=visit, reason="Away that week", by=by)


def _move_once(visit: Appointment, by: User) -> None:
    """To the first free time of the day after, if there is one."""
    counselor, facility = visit.practitioner, visit.facility
    if counselor is None:
        return
    day = day_of(visit.starts_at, facility.tz) + timedelta(days=1)
    slots = free_slots(
        practitioners=[counselor], type=visit.type, facility=facility, from_day=day, days=4, patient=visit.patient,
        limit=1,
    )  # fmt: skip
    for slot in slots:
        scheduling.move_appointment(appointment=visit, starts_at=slot.starts_at, location=slot.location, by=by)
