"""One change of a series from any state it may be in, without a database: what holds after it holds after many."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from scheduling.models import Appointment
from scheduling.recurrence import Pattern, week_of
from scheduling.selectors.seriesplan import Terms, What, arranged
from staff.models import Practitioner

TZ = ZoneInfo("America/New_York")
MONDAY = date(2027, 3, 1)
NOW = datetime(2027, 2, 27, 12, tzinfo=TZ)
COUNSELOR = Practitioner(pk=1)
DAYS = [MONDAY + timedelta(days=n) for n in range(28)]  # the clocks change on the 14th, at two
KINDS = st.sampled_from(["regular", "own", "gone", "out"])
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


def visit(pk, day, kind, clock):
    row = Appointment(pk=pk, occurrence_on=day, is_exception=kind != "regular", practitioner=COUNSELOR)
    start = datetime.combine(day + timedelta(days=kind == "own"), clock, TZ)
    row.set_time(start, start + timedelta(minutes=30), TZ)
    row.status = "cancelled" if kind == "gone" else "booked"
    return row


@given(
    days=st.dictionaries(st.sampled_from(DAYS), KINDS, max_size=14), weekdays=WEEKDAYS,
    clock=st.sampled_from([time(2, 30), time(10)]), chosen=st.sampled_from(DAYS),
)  # fmt: skip
def test_every_exception_keeps_a_place_and_every_day_of_the_pattern_has_one(days, weekdays, clock, chosen):
    rows = [visit(pk, day, kind, time(10)) for pk, (day, kind) in enumerate(days.items(), start=1) if kind != "out"]
    out = [day for day, kind in days.items() if kind == "out"]
    pattern = Pattern(weekdays, 1, MONDAY, DAYS[-1], clock)
    with time_machine.travel(NOW, tick=False):
        lines = arranged(rows, out, pattern, chosen, chosen, Terms(pattern, COUNSELOR), TZ)

    places = [line.on for line in lines if line.what != What.CANCEL]
    assert len(places) == len(set(places)), "no day twice"
    own = {line.appointment.pk: line.on for line in lines if line.what == What.OWN}
    assert set(own) == {row.pk for row in rows if row.is_exception and row.occurrence_on >= chosen}
    assert all(week_of(own[row.pk]) == week_of(row.occurrence_on) for row in rows if row.pk in own)
    named = {day for day in DAYS if day >= chosen and day.weekday() in weekdays}
    left_out = {line.on for line in lines if line.what == What.OUT}
    regular = {line.on for line in lines if line.what in {What.BOOK, What.MOVE, What.KEEP}}
    assert regular == named - left_out - set(own.values())
    for line in lines:
        if line.what in {What.MOVE, What.BOOK}:
            skipped = line.on == date(2027, 3, 14) and clock == time(2, 30)
            assert (line.starts_at is None) == skipped == bool(line.problem)
        if line.what == What.KEEP:
            assert line.starts_at == line.appointment.starts_at
