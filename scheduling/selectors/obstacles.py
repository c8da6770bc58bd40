"""What stands in the way of many times at once, in a handful of queries; booking itself has the last word."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Facility, Location
from patients.models import Patient
from scheduling.models import AppointmentType, AvailabilityException
from scheduling.selectors.appointments import state_of_care
from scheduling.selectors.hours import HOURS, in_the_way
from staff.models import Practitioner
from staff.selectors import absence_problem, credential_problem

WANTED = "unnest(%(on)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted (day, starts, ends)"

COVERED = f"""
SELECT wanted.day, open.practitioner_id
  FROM ({HOURS}) AS open JOIN {WANTED} ON open.hours @> tstzrange(wanted.starts, wanted.ends)
"""  # noqa: S608  # put together from constants

TAKEN = f"""
SELECT wanted.day, part.practitioner_id, part.location_id, part.patient_id
  FROM {WANTED}
  JOIN scheduling_appointmentparticipant AS part
    ON part.during && tstzrange(wanted.starts, wanted.ends + make_interval(mins => %(pause)s))
  LEFT JOIN scheduling_hold AS hold ON hold.id = part.hold_id
 WHERE part.active
   AND (part.practitioner_id = ANY(%(people)s) OR part.location_id = ANY(%(places)s) OR part.patient_id = %(patient)s)
   AND (part.appointment_id IS NULL OR part.appointment_id <> ALL(%(without)s))
   AND (hold.id IS NULL OR hold.expires_at > %(now)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Obstacle:
    """Why a day does not work, and whether another time of the same day could."""

    text: str
    other_time_helps: bool = True


@dataclass
class Wanted:
    """Who and what is needed, for one person, at several moments of different days."""

    type: AppointmentType
    patient: Patient
    practitioner: Practitioner
    location: Location | None
    interpreter: Practitioner | None
    moments: Mapping[date, datetime]
    without: Iterable[int] = ()  # appointments that give up their time
    equipment: list[Location] = field(init=False)

    def __post_init__(self) -> None:
        self.equipment = list(self.type.equipment.all())

    @property
    def facility(self) -> Facility:
        return self.type.facility

    @property
    def people(self) -> list[Practitioner]:
        return [row for row in (self.practitioner, self.interpreter) if row]

    @property
    def places(self) -> list[Location]:
        return [row for row in (self.location, *self.equipment) if row]

    def ends(self, day: date) -> datetime:
        return self.moments[day] + timedelta(minutes=self.type.minutes)


def obstacles(wanted: Wanted) -> dict[date, Obstacle]:
    """Day → the first thing in the way: the past, staff, leave and closures, hours, credential, who is taken.

    Eight queries however many days, and four more a day if somebody is not cleared throughout.
    """
    if not wanted.moments:
        return {}
    found: dict[date, Obstacle] = {}
    for source in (_past, _unclear, _closed, _outside_hours, _taken):
        for day, obstacle in source(wanted):
            found.setdefault(day, obstacle)
    return found


Found = Iterator[tuple[date, Obstacle]]


def _past(wanted: Wanted) -> Found:
    now = timezone.now()
    for day, moment in wanted.moments.items():
        if moment <= now:
            yield day, Obstacle("This time is past.")


def _unclear(wanted: Wanted) -> Found:
    """Asked of the first and the last day: who is cleared on both is taken to be cleared in between."""
    days = sorted(wanted.moments)
    lives_in = state_of_care(wanted.patient, wanted.type)
    if any(_clearance(wanted, day, lives_in) for day in {days[0], days[-1]}):
        for day in days:
            if problem := _clearance(wanted, day, lives_in):
                yield day, Obstacle(problem, other_time_helps=False)


def _clearance(wanted: Wanted, day: date, lives_in: str) -> str:
    facility, kind, person = wanted.facility, wanted.type.required_credential, wanted.practitioner
    absent = absence_problem(wanted.people, facility, day)
    lapsed = credential_problem([person], facility, day, kind, lives_in=lives_in) if kind else {}
    return next(iter((absent | lapsed).values()), "")


def _closed(wanted: Wanted) -> Found:
    days = sorted(wanted.moments)
    span = {"starts_at": wanted.moments[days[0]], "ends_at": wanted.ends(days[-1])}
    places = [wanted.location] if wanted.location else []
    rows = in_the_way(practitioners=wanted.people, locations=places, facility=wanted.facility, **span)
    rows = rows.select_related("practitioner", "location")
    for row in rows:
        for day in days:
            if _touches(row.during, wanted.moments[day], wanted.ends(day)):
                yield day, Obstacle(_why_closed(row, wanted.facility))


def _touches(during: DateTimeTZRange, starts: datetime, ends: datetime) -> bool:
    """A range without an end goes on."""
    begun = during.lower is None or during.lower < ends
    return begun and (during.upper is None or starts < during.upper)


def _why_closed(row: AvailabilityException, facility: Facility) -> str:
    note = f": {row.note}" if row.note else ""
    if row.practitioner:
        return f"{row.practitioner} is away ({row.get_kind_display().lower()}{note})."
    return f"{row.location or facility} is closed{note}."


def _outside_hours(wanted: Wanted) -> Found:
    here = set(_rows(COVERED, wanted))
    for person in wanted.people:
        for day in wanted.moments:
            if (day, person.pk) not in here:
                yield day, Obstacle(f"{person} has no hours here at that time.")


def _taken(wanted: Wanted) -> Found:
    taken = {(day, column, pk) for day, *keys in _rows(TAKEN, wanted) for column, pk in enumerate(keys) if pk}
    for day in wanted.moments:
        for column, row in [*((0, row) for row in wanted.people), (1, wanted.location)]:
            if row and (day, column, row.pk) in taken:
                yield day, Obstacle(f"{row} is {'taken' if column else 'booked'} at that time.")
        if (day, 2, wanted.patient.pk) in taken:
            yield day, Obstacle("This person has another appointment at that time.")
        if wanted.equipment and all((day, 1, row.pk) in taken for row in wanted.equipment):
            yield day, Obstacle("The equipment that this needs is taken at that time.")


def _rows(statement: str, wanted: Wanted) -> list[tuple[Any, ...]]:
    days = sorted(wanted.moments)
    values: dict[str, Any] = {
        "on": days, "starts": [wanted.moments[day] for day in days], "ends": [wanted.ends(day) for day in days],
        "zone": wanted.facility.time_zone, "day": days[0], "days": (days[-1] - days[0]).days + 2,
        "facility": wanted.facility.pk, "people": [row.pk for row in wanted.people],
        "places": [row.pk for row in wanted.places], "patient": wanted.patient.pk, "without": list(wanted.without),
        "pause": wanted.type.buffer_minutes, "now": timezone.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
