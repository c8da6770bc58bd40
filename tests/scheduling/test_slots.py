"""Free times against a small reference in Python, on random calendars and on the days the clock changes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import selectors, services
from scheduling.models import Appointment, AppointmentParticipant, AvailabilityException, AvailabilityRule, Hold
from scheduling.selectors.hours import is_within_hours
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)
CHANGES = [date(2027, 3, 14), date(2027, 11, 7), date(2027, 6, 9)]  # New York's clock, and a day like any other


Span = tuple[datetime, datetime]


@dataclass
class Person:
    """Hours, leave and closures, and what is booked, in moments."""

    hours: list[Span] = field(default_factory=list)
    gone: list[Span] = field(default_factory=list)
    busy: list[Span] = field(default_factory=list)

    def works(self, start: datetime, end: datetime) -> bool:
        covered = any(opens <= start and end <= closes for opens, closes in merged(self.hours))
        return covered and not meets(self.gone, start, end)


@dataclass
class Search:
    """One practitioner with a patient; rooms, equipment and interpreters of which one each is needed, if any."""

    practitioner: Person
    patient: Person
    rooms: list[Person]
    machines: list[Person]
    interpreters: list[Person]


def reference(search: Search, *, minutes: int, pause: int, first: datetime, last: datetime) -> list[tuple]:
    """Try every quarter of an hour, one after the other: the start, and the place in its list of what is taken."""
    found, moment = [], first
    while moment < last:
        end, until = moment + timedelta(minutes=minutes), moment + timedelta(minutes=minutes + pause)

        def free(one, start=moment, end=end, until=until):
            return not meets(one.busy, start, until) and not meets(one.gone, start, end)

        def there(one, start=moment, end=end, until=until):
            return one.works(start, end) and not meets(one.busy, start, until)

        choices = [
            first_of(search.rooms, free), first_of(search.machines, free), first_of(search.interpreters, there)
        ]  # fmt: skip
        if there(search.practitioner) and free(search.patient) and NONE_FREE not in choices:
            found.append((moment, *choices))
        moment += QUARTER
    return found


NONE_FREE = -1


def first_of(wanted, test):
    """The first that passes, None if none is wanted."""
    return next((n for n, one in enumerate(wanted) if test(one)), NONE_FREE) if wanted else None


def meets(spans, start, stop):
    return any(begin < stop and start < end for begin, end in spans)


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


def spans(most: int, length: int = 180):
    return st.lists(st.tuples(minutes_of_day(0, 46 * 60), minutes_of_day(5, length)), max_size=most)


TAKEN = st.lists(
    st.tuples(minutes_of_day(0, 46 * 60), minutes_of_day(5, 180), st.sampled_from(["booked", "held", "expired"])),
    max_size=5,
)
RULES = st.lists(st.tuples(minutes_of_day(0, 22 * 60), minutes_of_day(30, 600)), min_size=1, max_size=3)


@pytest.fixture
def scene(facility):
    person = factories.practitioner(facility)
    rooms = [factories.LocationFactory(facility=facility) for _ in range(2)]
    return facility, person, factories.patient(facility), rooms, stage.visit_type(facility)


@pytest.fixture
def needs(scene):
    """Two interpreters, and two pieces of equipment in the order of their names."""
    facility, *_ = scene
    interpreters = [factories.practitioner(facility, kind="interpreter", family_name=name) for name in "AB"]
    return interpreters, [stage.scanner(facility, f"Scanner {name}") for name in "AB"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    day=st.sampled_from(CHANGES), rules=RULES, interpreter_rules=RULES,
    taken=st.lists(TAKEN, min_size=8, max_size=8), gone=st.lists(spans(2, 600), min_size=7, max_size=7),
    extra=spans(2, 300), closed=spans(1, 300),
    minutes=st.sampled_from([15, 25, 30, 50, 90]), pause=st.sampled_from([0, 5, 10, 30]),
    interpreted=st.booleans(), scanned=st.sampled_from([None, "any", "second"]),
)  # fmt: skip
def test_the_query_finds_what_trying_every_quarter_hour_finds(
    scene, needs, day, rules, interpreter_rules, taken, gone, extra, closed, minutes, pause, interpreted, scanned
):
    facility, person, patient, rooms, kind = scene
    interpreters, machines = needs
    kind.minutes, kind.buffer_minutes = minutes, pause
    base = datetime.combine(day, time(), facility.tz).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=2), time(), facility.tz).astimezone(UTC)
    span = {"facility": facility, "base": base}
    with transaction.atomic(), time_machine.travel(base - timedelta(days=1), tick=False):
        kind.equipment.set(machines if scanned else [])
        shut = except_for(closed, kind="closed", **span)
        search = Search(Person(), Person(busy=occupy(taken[7], kind, patient=patient, **span)), [], [], [])
        for n, one in enumerate([person, *interpreters]):
            hours = hours_of(one, facility, day, interpreter_rules if n else rules)
            hours += [] if n else clipped(except_for(extra, kind="extra", practitioner=one, **span), base, last)
            away = except_for(gone[n], kind=("leave", "travel", "training")[n], practitioner=one, **span)
            known = Person(hours, away + shut, occupy(taken[n], kind, practitioner=one, **span))
            if n:
                search.interpreters.append(known)
            else:
                search.practitioner = known
        for n, one in enumerate([*rooms, *machines], start=3):
            away = except_for(gone[n], kind="closed", location=one, **span)
            known = Person(gone=away, busy=occupy(taken[n], kind, location=one, **span))
            (search.rooms if n < 5 else search.machines).append(known)
        search.interpreters = search.interpreters if interpreted else []
        search.machines = {None: [], "any": search.machines, "second": search.machines[1:]}[scanned]
        found = selectors.free_slots(
            practitioners=[person], type=kind, facility=facility, from_day=day, days=2, patient=patient, limit=500,
            interpreters=interpreters if interpreted else (), equipment=machines[1] if scanned == "second" else None,
        )  # fmt: skip
        transaction.set_rollback(True)
    expected = reference(search, minutes=minutes, pause=pause, first=base, last=last)
    machines = machines[1:] if scanned == "second" else machines
    assert [tried(slot, rooms, machines, interpreters) for slot in found] == expected


def tried(slot, rooms, machines, interpreters):
    pairs = ((rooms, slot.location), (machines, slot.equipment), (interpreters, slot.interpreter))
    return slot.starts_at.astimezone(UTC), *(all_of.index(one) if one else None for all_of, one in pairs)


def hours_of(person, facility, day, rules):
    found = []
    for start, length in rules:
        stop = min(start + length, 23 * 60 + 55)
        for offset in range(2):
            on = day + timedelta(days=offset)
            rule(person, facility, on, clock_time(start), clock_time(stop))
            found.append((wall(on, start, facility.tz), wall(on, stop, facility.tz)))
    return [(start, stop) for start, stop in found if start < stop]


def rule(person, facility, day, starts, ends):
    AvailabilityRule.objects.bulk_create(
        [
            AvailabilityRule(
                practitioner=person, facility=facility, weekday=day.weekday(), starts=starts, ends=ends,
                valid_from=day, valid_until=day,
            )
        ]
    )  # fmt: skip


def except_for(wanted, *, facility, base, kind, **who):
    """Exceptions at these times; one that was taken back stands beside each and must not count."""
    found = [(base + timedelta(minutes=start), base + timedelta(minutes=start + length)) for start, length in wanted]
    rows = [
        AvailabilityException(
            kind=kind, facility=None if kind in AvailabilityException.AWAY else facility,
            during=DateTimeTZRange(start - timedelta(hours=back), stop), withdrawn_at=base if back else None, **who,
        )
        for start, stop in found
        for back in (0, 1)
    ]  # fmt: skip
    AvailabilityException.objects.bulk_create(rows)
    return found


def clipped(found, first, last):
    """Extra hours count on the days looked at."""
    return [(max(start, first), min(stop, last)) for start, stop in found if start < last]


def occupy(wanted, kind, *, facility, base, **who):
    """Take these times, leaving out those that would meet an earlier one; answers those that count."""
    met, counting = [], []
    for start, length, how in wanted:
        span = (base + timedelta(minutes=start), base + timedelta(minutes=start + length))
        if meets(met, *span) or ("patient" in who and how != "booked"):
            continue
        met.append(span)
        part = AppointmentParticipant(during=DateTimeTZRange(*span), **who)
        if how == "booked":
            part.appointment = Appointment(facility=facility, type=kind)
            part.appointment.set_time(*span, facility.tz)
            Appointment.objects.bulk_create([part.appointment])
        else:
            part.hold = Hold(facility=facility, type=kind, starts_at=span[0], ends_at=span[1])
            part.hold.expires_at = timezone.now() + timedelta(minutes=5 if how == "held" else -5)
            Hold.objects.bulk_create([part.hold])
        AppointmentParticipant.objects.bulk_create([part])
        if how != "expired":
            counting.append(span)
    return counting


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


def test_free_times_are_one_query_however_many_practitioners(facility, django_assert_num_queries):
    people = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(5)]
    for person in people:
        stage.hours(person, facility)
    factories.LocationFactory(facility=facility)
    kind, today = stage.visit_type(facility), stage.at(0, facility=facility).date()
    with django_assert_num_queries(1):
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


def test_a_time_for_patient_clinician_room_interpreter_and_equipment(facility, patient, physician, room, booker):
    """Who is offered can be booked as offered; an interpreter who is away is not."""
    ines, late = stage.interpreter(facility), stage.interpreter(facility, given_name="Ana", family_name="Late")
    kind, today = stage.visit_type(facility, code="scan", minutes=60), stage.at(1, facility=facility).date()
    kind.equipment.add(stage.scanner(facility))
    stage.away(facility, stage.at(0, facility=facility), stage.at(1, 9, facility=facility), kind="leave",
               practitioner=ines)  # fmt: skip
    stage.away(facility, stage.at(0, facility=facility), stage.at(9, facility=facility), kind="leave",
               practitioner=late)  # fmt: skip
    wanted = {"patient": patient, "type": kind, "facility": facility, "from_day": today, "days": 2}
    assert list(selectors.interpreters_of(facility)) == [late, ines]
    assert ines not in selectors.bookable_practitioners(facility)
    (offer,) = selectors.offers(**wanted, interpreters=[late, ines], practitioner=physician)
    first = offer.slots[0]
    assert (first["interpreter"], first["also"]) == (ines.uuid, "Ines Prado, Scanner A")
    assert datetime.fromisoformat(first["value"]) == stage.at(1, 9, facility=facility)
    slot = selectors.free_slots(
        practitioners=[physician], interpreters=[late, ines], type=kind, facility=facility, from_day=today, days=2
    )[0]
    visit = services.book_appointment(
        patient=patient, type=kind, practitioner=slot.practitioner, location=slot.location, starts_at=slot.starts_at,
        interpreter=slot.interpreter, equipment=slot.equipment, by=booker,
    )  # fmt: skip
    assert visit.participants.count() == 5


def test_who_has_new_hours_from_a_date_is_still_bookable(facility):
    person = factories.practitioner(facility)
    assert selectors.bookable_practitioners(facility) == []
    stage.hours(person, facility, valid_until=date(2021, 1, 1))
    assert selectors.bookable_practitioners(facility) == []
    stage.hours(person, facility, valid_from=date(2021, 1, 2))
    assert selectors.bookable_practitioners(facility) == [person]
    guest = factories.practitioner(facility, family_name="Guest")
    stage.away(facility, stage.at(1, facility=facility), stage.at(2, facility=facility), kind="extra",
               practitioner=guest)  # fmt: skip
    assert selectors.bookable_practitioners(facility) == [guest, person]


def test_hours_are_not_kept_on_leave_nor_in_a_closed_house(facility):
    person = factories.practitioner(facility)
    stage.hours(person, facility)
    span = (stage.at(1, 10, facility=facility), stage.at(1, 11, facility=facility))
    wanted = {"practitioner": person, "facility": facility, "starts_at": span[0], "ends_at": span[1]}
    assert is_within_hours(**wanted)
    for fields in ({"kind": "training", "practitioner": person}, {"kind": "closed"}):
        row = stage.away(facility, *span, **fields)
        assert not is_within_hours(**wanted)
        row.withdrawn_at = timezone.now()
        stage.saved(row)
    assert is_within_hours(**wanted)
