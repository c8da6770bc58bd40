"""Free times against a small reference in Python, on random calendars and on the days the clock changes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import selectors, services
from scheduling.models import Appointment, AppointmentParticipant, AvailabilityRule
from scheduling.selectors.hours import is_within_hours
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)
CHANGES = [date(2027, 3, 14), date(2027, 11, 7), date(2027, 6, 9)]  # New York's clock, and a day like any other


@dataclass
class Calendar:
    """One practitioner, a patient and two rooms, in moments."""

    hours: list[tuple[datetime, datetime]]
    busy: list[tuple[datetime, datetime]]
    rooms: list[list[tuple[datetime, datetime]]] = field(default_factory=lambda: [[]])


def reference(calendar: Calendar, *, minutes: int, pause: int, first: datetime, last: datetime) -> list[datetime]:
    """Try every quarter of an hour, one after the other."""
    found, moment = [], first
    while moment < last:
        end, until = moment + timedelta(minutes=minutes), moment + timedelta(minutes=minutes + pause)

        def meets(spans, moment=moment, until=until):
            return any(start < until and moment < stop for start, stop in spans)

        works = any(start <= moment and end <= stop for start, stop in merged(calendar.hours))
        if works and not meets(calendar.busy) and not all(map(meets, calendar.rooms)):
            found.append(moment)
        moment += QUARTER
    return found


def merged(spans):
    out = []
    for start, stop in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        else:
            out.append((start, stop))
    return out


def minutes_of_day(low: int, high: int):
    return st.integers(low // 5, high // 5).map(lambda fives: fives * 5)


SPANS = st.lists(st.tuples(minutes_of_day(0, 46 * 60), minutes_of_day(5, 180)), max_size=6)


@pytest.fixture
def scene(facility):
    person = factories.practitioner(facility)
    rooms = [factories.LocationFactory(facility=facility) for _ in range(2)]
    return facility, person, factories.patient(facility), rooms, stage.visit_type(facility)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    day=st.sampled_from(CHANGES),
    rules=st.lists(st.tuples(minutes_of_day(0, 22 * 60), minutes_of_day(30, 600)), min_size=1, max_size=3),
    busy=SPANS, patient_busy=SPANS, room_busy=st.tuples(SPANS, SPANS),
    minutes=st.sampled_from([15, 25, 30, 50, 90]), pause=st.sampled_from([0, 5, 10, 30]),
)  # fmt: skip
def test_the_query_finds_what_trying_every_quarter_hour_finds(
    scene, day, rules, busy, patient_busy, room_busy, minutes, pause
):
    facility, person, patient, rooms, kind = scene
    kind.minutes, kind.buffer_minutes = minutes, pause
    tz, base = facility.tz, datetime.combine(day, time(), facility.tz).astimezone(UTC)
    first, last = base, datetime.combine(day + timedelta(days=2), time(), tz).astimezone(UTC)
    hours = []
    with transaction.atomic():
        for start, length in rules:
            stop = min(start + length, 23 * 60 + 55)
            for offset in range(2):
                on = day + timedelta(days=offset)
                rule(person, facility, on, clock_time(start), clock_time(stop))
                hours.append((wall(on, start, tz), wall(on, stop, tz)))
        hours = [(start, stop) for start, stop in hours if start < stop]
        mine = occupy(facility, kind, base, busy, practitioner=person)
        theirs = occupy(facility, kind, base, patient_busy, patient=patient)
        taken = [occupy(facility, kind, base, s, location=r) for s, r in zip(room_busy, rooms, strict=True)]
        with time_machine.travel(base - timedelta(days=1), tick=False):
            found = selectors.free_slots(
                practitioners=[person], type=kind, facility=facility, from_day=day, days=2, patient=patient, limit=500
            )
        transaction.set_rollback(True)
    calendar = Calendar(hours, mine + theirs, taken)
    expected = reference(calendar, minutes=minutes, pause=pause, first=first, last=last)
    assert [slot.starts_at.astimezone(UTC) for slot in found] == expected


def rule(person, facility, day, starts, ends):
    AvailabilityRule.objects.bulk_create(
        [
            AvailabilityRule(
                practitioner=person, facility=facility, weekday=day.weekday(), starts=starts, ends=ends,
                valid_from=day, valid_until=day,
            )
        ]
    )  # fmt: skip


def occupy(facility, kind, base, spans, **who):
    """Take these times, leaving out those that would meet an earlier one."""
    taken = []
    for start, length in spans:
        span = (base + timedelta(minutes=start), base + timedelta(minutes=start + length))
        if any(span[0] < stop and start < span[1] for start, stop in taken):
            continue
        taken.append(span)
        appointment = Appointment(facility=facility, type=kind)
        appointment.set_time(*span, facility.tz)
        Appointment.objects.bulk_create([appointment])
        AppointmentParticipant.objects.bulk_create(
            [AppointmentParticipant(appointment=appointment, during=DateTimeTZRange(*span), **who)]
        )
    return taken


def clock_time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def wall(day: date, minutes: int, tz: ZoneInfo) -> datetime:
    """As PostgreSQL reads a wall time: skipped ones move on, of repeated ones it takes the second."""
    moment = datetime.combine(day, clock_time(minutes), tz)
    second = moment.replace(fold=1)
    repeated = moment.utcoffset() > second.utcoffset()
    return (second if repeated else moment).astimezone(UTC)


def test_a_day_of_25_hours_has_the_same_wall_clock(scene):
    facility, person, _, rooms, kind = scene
    stage.hours(person, facility, time(9), time(10))
    with time_machine.travel(datetime(2026, 10, 30, tzinfo=UTC)):
        found = selectors.free_slots(
            practitioners=[person], type=kind, facility=facility, from_day=date(2026, 10, 31), days=3, limit=9
        )
    local = [slot.starts_at.astimezone(facility.tz).strftime("%d %H:%M") for slot in found]
    assert local == [f"{d} 09:{m}" for d in ("31", "01", "02") for m in ("00", "15", "30")]
    assert {slot.location for slot in found} == {rooms[0]}


def test_what_is_offered_can_be_booked_and_is_not_offered_again(scene, booker):
    facility, person, patient, _, kind = scene
    stage.hours(person, facility)
    wanted = {"practitioners": [person], "type": kind, "facility": facility, "days": 3, "limit": 3}
    today = stage.at(0, facility=facility).date()
    slot = selectors.free_slots(from_day=today, patient=patient, **wanted)[0]
    services.book_appointment(
        patient=patient, type=kind, practitioner=person, location=slot.location, starts_at=slot.starts_at, by=booker
    )
    again = selectors.free_slots(from_day=today, patient=patient, **wanted)
    assert slot.starts_at not in [row.starts_at for row in again]
    assert all(row.starts_at >= slot.ends_at for row in again)


def test_a_facility_without_a_free_room_offers_nothing_unless_by_video(facility):
    person = factories.practitioner(facility)
    stage.hours(person, facility)
    today = stage.at(0, facility=facility).date()
    wanted = {"practitioners": [person], "facility": facility, "from_day": today, "days": 2}
    assert selectors.free_slots(type=stage.visit_type(facility), **wanted) == []
    video = stage.visit_type(facility, code="video", place_of_service="10")
    assert [slot.location for slot in selectors.free_slots(type=video, **wanted)] == [None] * 3


def test_free_times_are_two_queries_however_many_practitioners(facility, django_assert_num_queries):
    people = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(5)]
    for person in people:
        stage.hours(person, facility)
    factories.LocationFactory(facility=facility)
    kind, today = stage.visit_type(facility), stage.at(0, facility=facility).date()
    with django_assert_num_queries(2):
        found = selectors.free_slots(practitioners=people, type=kind, facility=facility, from_day=today, days=28)
    assert len(found) == 15


def test_hours_that_touch_are_one(facility):
    person = factories.practitioner(facility)
    stage.hours(person, facility, time(9), time(12))
    stage.hours(person, facility, time(12), time(17))
    inside = {"starts_at": stage.at(1, 11, 30, facility=facility), "ends_at": stage.at(1, 12, 30, facility=facility)}
    outside = {"starts_at": stage.at(1, 16, 30, facility=facility), "ends_at": stage.at(1, 17, 30, facility=facility)}
    assert is_within_hours(practitioner=person, facility=facility, **inside)
    assert not is_within_hours(practitioner=person, facility=facility, **outside)


def test_no_time_is_offered_after_a_credential_has_lapsed(facility, patient, physician, room, visit_type):
    physician.credentials.update(expires_on=stage.at(2, facility=facility).date())
    wanted = {"patient": patient, "type": visit_type, "facility": facility, "limit": 1000}
    (offer,) = selectors.offers(from_day=stage.at(1, facility=facility).date(), **wanted)
    last = max(datetime.fromisoformat(slot["value"]) for slot in offer.slots)
    assert last.astimezone(facility.tz).date() == stage.at(2, facility=facility).date()
    (offer,) = selectors.offers(from_day=stage.at(3, facility=facility).date(), **wanted)
    assert offer.slots == []
    assert offer.problem
