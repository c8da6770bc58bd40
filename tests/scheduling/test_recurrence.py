"""Days of a weekly pattern, and which day takes another's place: against a plain walk through the calendar."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.recurrence import Pattern, first_day, places, week_of

MONDAY = date(2026, 11, 30)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


def pattern(*weekdays, interval=1, starts_on=MONDAY, until=MONDAY + timedelta(days=27)):
    return Pattern(weekdays, interval, starts_on, until, time(10))


def walked(weekdays, interval, starts_on, until):
    """Every day, one after the other."""
    days = [starts_on + timedelta(days=n) for n in range((until - starts_on).days + 1)]
    weeks = {day: (week_of(day) - week_of(starts_on)).days // 7 for day in days}
    return [day for day in days if day.weekday() in weekdays and weeks[day] % interval == 0]


@given(weekdays=WEEKDAYS, interval=st.integers(1, 4), starts_on=DAYS, length=st.integers(0, 365))
def test_its_days_are_those_of_the_calendar(weekdays, interval, starts_on, length):
    until = starts_on + timedelta(days=length)
    assert pattern(*weekdays, interval=interval, starts_on=starts_on, until=until).days() == walked(
        weekdays, interval, starts_on, until
    )


@given(weekdays=WEEKDAYS, interval=st.integers(1, 4), starts_on=DAYS, number=st.integers(1, 60))
def test_so_many_visits_end_on_the_last_of_them(weekdays, interval, starts_on, number):
    counted = pattern(*weekdays, interval=interval, starts_on=starts_on).ending_after(number)
    assert len(counted.days()) == number
    assert counted.days()[-1] == counted.until


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (pattern(0), "Every week on Mon at 10:00"),
        (pattern(3, 0, interval=2), "Every 2 weeks on Mon and Thu at 10:00"),
        (pattern(0, 2, 4, interval=4), "Every 4 weeks on Mon, Wed and Fri at 10:00"),
    ],
)
def test_it_is_said_in_words(made, words):
    assert made.words == words


@given(
    old=st.sets(DAYS.filter(lambda day: day.month < 3), max_size=20),
    new=st.sets(DAYS.filter(lambda day: day.month < 3), max_size=20),
)
def test_a_place_is_taken_by_the_same_day_or_one_of_the_same_week(old, new):
    found = places(old, new)
    assert set(found) <= old
    assert set(found.values()) <= new
    assert len(set(found.values())) == len(found)
    assert all(found[day] == day for day in old & new)
    assert all(week_of(before) == week_of(after) for before, after in found.items())
    moving = sorted((before, after) for before, after in found.items() if before != after)
    assert [after for _, after in moving] == sorted(after for _, after in moving)
    assert not {after for _, after in moving} & old, "nobody moves onto a day that another leaves"
    for week in {week_of(day) for day in old - set(found)}:
        assert not [day for day in new - set(found.values()) if week_of(day) == week], "no day of a week stays unused"


def day(number):
    return MONDAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("chosen", "standing", "today", "first"),
    [
        (day(3), [day(3), day(10)], day(-5), day(0)),  # Thursday alone: the week from its Monday on
        (day(3), [day(-4), day(3)], day(1), day(1)),  # never in the past
        (day(3), [day(0), day(3)], day(-5), day(3)),  # a Monday that stays as it is
        (day(0), [day(0)], day(-5), day(0)),
    ],
)
def test_from_which_day_on_a_new_pattern_holds(chosen, standing, today, first):
    assert first_day(chosen, standing, today) == first
