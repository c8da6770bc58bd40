"""The order of the waitlist: what the database answers is what the rule, written out in Python, says."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.models import Appointment, AppointmentParticipant, WaitlistEntry
from scheduling.selectors.turns import next_in_line
from tests import factories
from tests.scheduling import stage, waiting

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 10, 13, tzinfo=UTC)  # Wednesday, 09:00 in New York
START = NOW + timedelta(hours=26)  # Thursday, 11:00
DAY = date(2026, 6, 11)


@pytest.fixture
def scene(facility):
    """Two physicians, three kinds of visit of 20, 30 and 45 minutes, eight people, a room."""
    doctors = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(2)]
    kinds = [stage.visit_type(facility, code=f"k{minutes}", minutes=minutes) for minutes in (20, 30, 45)]
    kinds.append(stage.visit_type(facility, code="counsel", minutes=20, practitioner_kind="counselor"))
    people = [factories.patient(facility) for _ in range(8)]
    return facility, doctors, kinds, people, factories.LocationFactory(facility=facility)


def maybe(strategy):
    return st.one_of(st.none(), strategy)


WISHES = st.fixed_dictionaries(
    {
        "kind": st.integers(0, 3),
        "urgency": st.integers(1, 3),
        "asked": st.integers(0, 60),  # hours ago
        "doctor": maybe(st.integers(0, 1)),
        "weekdays": st.sampled_from([[], [3], [0, 3], [1, 2]]),
        "from_time": maybe(st.sampled_from([time(9), time(11), time(11, 15)])),
        "until_time": maybe(st.sampled_from([time(11, 20), time(11, 30), time(18)])),
        "window": st.sampled_from([(None, None), (0, None), (1, None), (None, -1), (None, 0), (-1, 1)]),
        "notice_hours": st.sampled_from([4, 26, 27]),
        "busy": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(WISHES, min_size=1, max_size=8), minutes=st.sampled_from([30, 45]), with_room=st.booleans())
def test_the_order_is_the_rule_and_nobody_is_asked_in_vain(scene, wishes, minutes, with_room):
    facility, doctors, kinds, people, room = scene
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        entries = [enter(scene, n, wish) for n, wish in enumerate(wishes)]
        ends_at = START + timedelta(minutes=minutes)
        freed = waiting.free_time(doctors[0], facility, START, ends_at=ends_at, location=room if with_room else None)
        found = [entry.pk for entry in next_in_line(freed, told_at=NOW)]
        transaction.set_rollback(True)
    fitting = [pair for pair in zip(entries, wishes, strict=True) if with_room and fits(*pair, kinds, minutes)]
    expected = [entry.pk for entry, wish in sorted(fitting, key=lambda pair: key(*pair, kinds, facility.tz))]
    assert found == expected


def enter(scene, n, wish):
    facility, doctors, kinds, people, _ = scene
    if wish["busy"]:
        during = DateTimeTZRange(START + timedelta(minutes=25), START + timedelta(minutes=40))
        elsewhere = Appointment(facility=facility, type=kinds[0], patient=people[n])
        elsewhere.set_time(during.lower, during.upper, facility.tz)
        stage.saved(AppointmentParticipant(appointment=stage.saved(elsewhere), patient=people[n], during=during))
    entry = WaitlistEntry(patient=people[n], facility=facility, type=kinds[wish["kind"]], urgency=wish["urgency"])
    entry.asked_at = NOW - timedelta(hours=wish["asked"])
    entry.practitioner = None if wish["doctor"] is None else doctors[wish["doctor"]]
    entry.earliest_on, entry.latest_on = map(day_of, wish["window"])
    for name in ("weekdays", "from_time", "until_time", "notice_hours"):
        setattr(entry, name, wish[name])
    return stage.saved(entry)


def day_of(offset):
    return None if offset is None else DAY + timedelta(days=offset)


def fits(entry, wish, kinds, minutes):
    """Thursday, 11:00, with the first physician, known 26 hours before, in a room."""
    lasts = kinds[wish["kind"]].minutes
    over = (datetime.combine(DAY, time(11)) + timedelta(minutes=lasts)).time()
    return (
        wish["kind"] != 3
        and lasts <= minutes
        and wish["doctor"] in (None, 0)
        and wish["weekdays"] in ([], [3], [0, 3])
        and (entry.from_time is None or entry.from_time <= time(11))
        and (entry.until_time is None or over <= entry.until_time)
        and (entry.earliest_on is None or entry.earliest_on <= DAY)
        and (entry.latest_on is None or entry.latest_on >= DAY)
        and wish["notice_hours"] <= 26
        and not (wish["busy"] and lasts > 25)
    )


def key(entry, wish, kinds, tz):
    came_on = entry.asked_at.astimezone(tz).date()
    return entry.urgency, came_on, wish["doctor"] is None, -kinds[wish["kind"]].minutes, entry.asked_at, entry.pk
