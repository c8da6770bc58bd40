"""How many people are in care, on any day."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import Facility
from core.times import day_bounds
from episodes.models import EpisodeOfCare

CENSUS_DAYS = 30
STARTED = (EpisodeOfCare.Status.ACTIVE, EpisodeOfCare.Status.ONHOLD, EpisodeOfCare.Status.FINISHED)


@dataclass
class Census:
    """People in care at the end of a day, by level, and on each of the thirty days that end with it."""

    day: date
    total: int
    by_level: list[tuple[str, int]]
    over_time: list[tuple[str, int]]
    arrivals: int  # in the seven days that end with `day`, as are departures
    departures: int
    waitlist: int  # now, whatever the day


def census(facility: Facility, day: date) -> Census:
    """Read from the periods of the episodes, so that any past day can be asked for. Two queries."""
    first, _ = day_bounds(day - timedelta(days=CENSUS_DAYS - 1), facility.tz)
    week, _ = day_bounds(day - timedelta(days=6), facility.tz)
    _, end = day_bounds(day, facility.tz)
    mine = EpisodeOfCare.objects.filter(facility=facility)
    spans = mine.filter(status__in=STARTED, starts_at__lt=end).filter(Q(ends_at__isnull=True) | Q(ends_at__gte=first))
    rows = list(spans.values_list("starts_at", "ends_at", "level_of_care__code", "level_of_care__label"))
    starts, ends = sorted(row[0] for row in rows), sorted(row[1] for row in rows if row[1])
    levels = Counter(_level(code, label) for _, left, code, label in rows if left is None or left >= end)
    days = [day - timedelta(days=back) for back in range(CENSUS_DAYS - 1, -1, -1)]
    midnights = [(each, day_bounds(each, facility.tz)[1]) for each in days]
    return Census(
        day=day,
        total=levels.total(),
        by_level=sorted(levels.items()),
        over_time=[(f"{each:%-d %b}", bisect_left(starts, at) - bisect_left(ends, at)) for each, at in midnights],
        arrivals=len(starts) - bisect_left(starts, week),
        departures=bisect_left(ends, end) - bisect_left(ends, week),
        waitlist=mine.filter(status=EpisodeOfCare.Status.WAITLIST).count(),
    )


def _level(code: str | None, label: str | None) -> str:
    return f"{code} {label}" if code else "Not yet determined"
