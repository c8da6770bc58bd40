"""Text keys, times of the day, ids, encrypted fields."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.fields import seal, unseal
from core.ids import uuid7
from core.text import digits, search_key
from core.times import at_wall_time, day_bounds, day_of, today

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("Núñez-Straße", "nunezstrasse"),
        ("  Łukasz   Ødegård ", "lukasz odegard"),
        ("Smith, John", "smith john"),
        ("Ærø", "aero"),
        ("O´Brien", "obrien"),
        ("Ǿrsted", "orsted"),
        ("…", ""),
    ],
)
def test_names_are_found_however_they_are_typed(typed, key):
    assert search_key(typed) == key


@given(st.text())
def test_a_key_of_a_key_is_itself(text):
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    ("typed", "kept"), [("+1 (555) 010-0199", "15550100199"), ("٣٤", "34"), ("none", ""), ("²", "2")]
)
def test_a_telephone_number_is_its_digits(typed, kept):
    assert digits(typed) == kept


def test_the_day_is_the_facilitys_not_londons():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):
        assert today(NEW_YORK) == date(2026, 11, 23)
    assert day_of(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), NEW_YORK) == date(2026, 11, 23)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 23), 24)])
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    begin, end = day_bounds(day, NEW_YORK)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=hours)


def test_a_wall_time_is_the_moment_the_clocks_show_it():
    assert at_wall_time(date(2026, 7, 1), time(9), NEW_YORK).astimezone(UTC).hour == 13
    assert at_wall_time(date(2026, 12, 1), time(9), NEW_YORK).astimezone(UTC).hour == 14


@pytest.mark.parametrize(("day", "clock"), [(date(2026, 3, 8), time(2, 30)), (date(2026, 11, 1), time(1, 30))])
def test_a_wall_time_that_is_skipped_or_shown_twice_is_refused(day, clock):
    with pytest.raises(DomainError, match="clocks change"):
        at_wall_time(day, clock, NEW_YORK)


def test_ids_are_version_7_and_grow_with_time():
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        earlier = uuid7()
    with time_machine.travel(datetime(2026, 1, 2, tzinfo=UTC), tick=False):
        later = uuid7()
    assert (earlier.version, earlier.variant) == (7, uuid.RFC_4122)
    assert earlier < later


def test_a_thousand_ids_of_one_millisecond_differ():
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        assert len({uuid7() for _ in range(1000)}) == 1000


@given(st.text())
def test_what_is_sealed_opens_in_its_context_alone(text):
    sealed = seal(text, b"coverage.member_id")
    assert unseal(sealed, b"coverage.member_id") == text
    with pytest.raises(InvalidTag):
        unseal(sealed, b"coverage.other")


def test_the_same_text_is_never_sealed_alike():
    assert seal("12345", b"x") != seal("12345", b"x")
