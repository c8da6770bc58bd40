"""Whatever is done to a series in whatever order: exceptions stay, no day twice, the past untouched, the rest as said.

The reference is a plain walk through the calendar; it knows nothing of plans, places or parts.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, Series
from scheduling.recurrence import week_of
from scheduling.selectors.seriesplan import occurrences, terms_of
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)  # the clocks of New York change on the 14th
NOW = datetime(2027, 2, 27, 12, tzinfo=timezone.get_fixed_timezone(-300))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1, max_size=2).map(lambda days: tuple(sorted(days)))

# What is done to which visit (by its place among those to come), and how.
MOVE = st.tuples(st.just("move"), st.integers(0, 9), st.integers(-1, 2))
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 9), st.just(0))
WAIT = st.tuples(st.just("wait"), st.integers(1, 9), st.just(0))
WHEN = st.tuples(WEEKDAYS, st.sampled_from([time(9), time(13), time(16)]), st.integers(1, 4))
CHANGE = st.tuples(st.sampled_from(["following", "all"]), st.integers(0, 9), WHEN)
STEPS = st.lists(st.one_of(MOVE, CANCEL, WAIT, CHANGE, CHANGE), min_size=2, max_size=4)


def walked(series):
    """The days that the series names, by a walk from its first week on."""
    days = [series.starts_on + timedelta(days=n) for n in range((series.until - series.starts_on).days + 1)]
    weeks = {day: (week_of(day) - week_of(series.starts_on)).days // 7 for day in days}
    return {day for day in days if day.weekday() in series.weekdays and weeks[day] % series.interval == 0}


def facts(rows):
    return {row.pk: (row.starts_at, row.status, row.practitioner_id, row.location_id) for row in rows}


class Story:
    """A series and its parts, and what may never change."""

    def __init__(self, first: Series, by, clock):
        self.first, self.by, self.clock = first, by, clock

    def parts(self):
        return list(Series.objects.order_by("starts_on"))

    def rows(self):
        return [row for part in self.parts() for row in occurrences(part)]

    def to_come(self):
        rows = [row for row in self.rows() if row.status == "booked" and row.starts_at > timezone.now()]
        return sorted(rows, key=lambda row: row.occurrence_on)

    def do(self, step):
        kind, number, how = step
        if kind == "wait":
            self.clock.shift(timedelta(days=number))
            return
        rows = self.to_come()
        if not rows:
            return
        row = rows[number % len(rows)]
        if kind == "move":
            start = row.starts_at + timedelta(days=how, hours=2)
            services.move_appointment(appointment=row, starts_at=start, by=self.by)
        elif kind == "cancel":
            services.cancel_appointment(appointment=row, reason="Asked to", by=self.by)
        else:
            self.change(row, how, since=row if kind == "following" else None)

    def change(self, row, how, since):
        weekdays, clock, weeks = how
        now = terms_of(row.series)
        until = max(row.series.until, row.occurrence_on) + timedelta(days=7 * (weeks - 2))
        pattern = replace(now.pattern, weekdays=weekdays, wall_time=clock, until=until)
        services.change_series(series=row.series, terms=replace(now, pattern=pattern), since=since, by=self.by)

    def step(self, step):
        """Do it, all or nothing; what is past and what was changed by itself is as before."""
        before = self.rows()
        fixed = [row for row in before if row.is_exception or row.starts_at <= timezone.now()]
        chosen = {row.pk for row in self.to_come()} if step[0] in {"move", "cancel"} else set()
        kept = facts(row for row in fixed if row.pk not in chosen)
        past = {row.pk: row.series_id for row in before if row.starts_at <= timezone.now() and not row.is_exception}
        try:
            with transaction.atomic():
                self.do(step)
        except DomainError:
            assert facts(self.rows()) == facts(before)
            return
        after = self.rows()
        assert {pk: fact for pk, fact in facts(after).items() if pk in kept} == kept
        assert {row.pk: row.series_id for row in after if row.pk in past} == past
        self.check()

    def check(self):
        days = [row.occurrence_on for row in self.rows()]
        assert len(days) == len(set(days)), "no day of the series twice, over all its parts"
        tomorrow = timezone.now().astimezone(self.first.facility.tz).date() + timedelta(days=1)
        for part in self.parts():
            rows = [row for row in occurrences(part) if row.occurrence_on >= tomorrow]
            regular = {row.occurrence_on for row in rows if not row.is_exception}
            own = {row.occurrence_on for row in rows if row.is_exception}
            named = {day for day in walked(part) if day >= tomorrow}
            if part.until >= tomorrow and regular:
                named = {day for day in named if day >= min(regular) or week_of(day) != week_of(tomorrow)}
            assert regular == named - own - set(part.left_out)
            assert {(row.wall_date, row.wall_time) for row in rows if not row.is_exception} == {
                (day, part.wall_time) for day in regular
            }


@pytest.fixture
def stage_of_series(facility, physician, patient, booker):
    kind = stage.visit_type(facility, code="counseling", minutes=30)

    def book(weekdays, interval):
        return services.book_series(
            patient=patient, type=kind, practitioner=physician, location=None, weekdays=weekdays, interval=interval,
            starts_on=MONDAY, count=3, wall_time=time(10), by=booker,
        )  # fmt: skip

    return book


@settings(
    max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(weekdays=WEEKDAYS, interval=st.integers(1, 2), steps=STEPS)
def test_exceptions_stay_the_past_is_untouched_and_the_rest_is_as_said(
    weekdays, interval, steps, stage_of_series, booker
):
    with time_machine.travel(NOW, tick=False) as clock, transaction.atomic():
        story = Story(stage_of_series(weekdays, interval), booker, clock)
        story.check()
        for step in steps:
            story.step(step)
        assert Appointment.objects.filter(status="booked", series=None).count() == 0
        transaction.set_rollback(True)
