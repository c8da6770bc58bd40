"""How long somebody may think about an offered time, on the facility's clock."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Facility
from scheduling.answering import time_to_answer

HOUSE = Facility(time_zone="America/New_York", mail_from=time(8), mail_until=time(20))
TZ = ZoneInfo("America/New_York")


def window(now, starts):
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=TZ), tick=False):
        found = time_to_answer(datetime.fromisoformat(starts).replace(tzinfo=TZ), HOUSE)
    return found and tuple(f"{moment.astimezone(TZ):%d %H:%M}" for moment in (found.told_at, found.ends_at))


@pytest.mark.parametrize(
    ("now", "starts", "told", "ends"),
    [
        ("2026-06-10T09:00", "2026-06-12T09:00", "10 09:00", "10 13:00"),  # four hours at most
        ("2026-06-10T09:00", "2026-06-10T12:00", "10 09:00", "10 10:30"),  # half the time that is left
        ("2026-06-10T09:00", "2026-06-10T10:00", "10 09:00", "10 09:30"),  # half an hour at least
        ("2026-06-10T18:30", "2026-06-12T09:00", "10 18:30", "11 10:30"),  # the rest of it in the morning
        ("2026-06-10T22:00", "2026-06-12T09:00", "11 08:00", "11 12:00"),  # at night nobody is written to
        ("2026-06-10T05:00", "2026-06-10T10:00", "10 08:00", "10 09:00"),
        ("2026-06-10T18:00", "2026-06-11T09:30", "10 18:00", "10 20:00"),  # too close in the morning: this evening
        ("2026-06-10T19:50", "2026-06-11T09:30", "10 19:50", "10 20:20"),
        ("2026-10-31T18:30", "2026-11-02T09:00", "31 18:30", "01 10:30"),  # the clocks go back in between
        ("2027-03-13T18:30", "2027-03-15T09:00", "13 18:30", "14 10:30"),  # and forward
    ],
)
def test_the_time_to_answer(now, starts, told, ends):
    assert window(now, starts) == (told, ends)


@pytest.mark.parametrize(
    ("now", "starts"), [("2026-06-10T09:00", "2026-06-10T09:59"), ("2026-06-10T21:00", "2026-06-11T08:30")]
)
def test_nothing_is_offered_that_nobody_could_take_in_time(now, starts):
    assert window(now, starts) is None
