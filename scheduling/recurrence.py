"""Visits that recur weekly on the wall clock (RFC 5545): which days, and which day takes another's place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import MO, WEEKLY, rrule

from core.errors import DomainError

MOST = 60  # visits
LONGEST = timedelta(days=365)
WEEK = timedelta(days=7)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Pattern:
    """Every so many weeks on these weekdays (0 is Monday) at one time. The first week is that of the start."""

    weekdays: tuple[int, ...]
    interval: int
    starts_on: date
    until: date
    wall_time: time

    def days(self) -> list[date]:
        """The days on which it falls, in order; `until` may be one of them."""
        return list(self._days(until=_midnight(self.until)))

    def ending_after(self, number: int) -> "Pattern":
        """The same with so many visits, however far away the last is."""
        *_, last = islice(self._days(), number)
        return replace(self, until=last)

    def _days(self, **until: datetime) -> Iterator[date]:
        rule = rrule(
            WEEKLY, _midnight(self.starts_on), interval=self.interval, wkst=MO, byweekday=self.weekdays, **until
        )
        return (moment.date() for moment in rule)

    @property
    def words(self) -> str:
        """`Every 2 weeks on Mon and Thu at 10:00`."""
        every = "Every week" if self.interval == 1 else f"Every {self.interval} weeks"
        return f"{every} on {_listed([WEEKDAYS[day] for day in sorted(self.weekdays)])} at {self.wall_time:%H:%M}"


def new_pattern(
    weekdays: tuple[int, ...],
    interval: int,
    starts_on: date,
    wall_time: time,
    *,
    until: date | None,
    count: int | None,
    today: date,
) -> Pattern:
    """The pattern of a series that ends on a day or after so many visits.

    Raises DomainError for a start in the past, and as `require_bounded` does.
    """
    if starts_on < today:
        raise DomainError("Choose a first day that is not past.", code="past", field="starts_on")
    if count and count > MOST:
        text = f"A series has {MOST} visits at most; it can be extended later."
        raise DomainError(text, code="series.long", field="count")
    pattern = Pattern(weekdays, interval, starts_on, until or starts_on, wall_time)
    if count:
        pattern = pattern.ending_after(count)
    require_bounded(pattern, starts_on)
    return pattern


def require_bounded(pattern: Pattern, since: date) -> None:
    """Raises DomainError unless its visits from a day on are 1 to 60 and end within a year."""
    latest = since + LONGEST
    if pattern.until < since:
        raise DomainError(f"Choose a last day that is not before {_day(since)}.", code="series.until", field="until")
    if pattern.until > latest:
        text = f"A series goes on for a year at most. Choose {_day(latest)} or earlier; it can be extended later."
        raise DomainError(text, code="series.long", field="until")
    days = [day for day in pattern.days() if day >= since]
    if not days:
        text = f"None of these weekdays lies between {_day(since)} and {_day(pattern.until)}."
        raise DomainError(text, code="series.empty", field="weekdays")
    if len(days) > MOST:
        text = f"That makes {len(days)} visits, and a series has {MOST} at most. End it by {_day(days[MOST - 1])}."
        raise DomainError(text, code="series.long", field="until")


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def places(old: Iterable[date], new: Iterable[date]) -> dict[date, date]:
    """Old day → the new day that takes its place: itself if it is a new day too, else one of the same week, in order.

    A day of either list without a partner is not in it. So the fewest visits move, and none to another week.
    """
    before, after = set(old), set(new)
    found = {day: day for day in before & after}
    left, free = _by_week(before - after), _by_week(after - before)
    for week, days in left.items():
        found |= dict(zip(days, free.get(week, []), strict=False))
    return found


def first_day(chosen: date, standing: Iterable[date], today: date) -> date:
    """From which day on a new pattern holds that begins with the visit of the chosen day.

    From the beginning of its week, so that a visit may move to an earlier weekday, unless a visit that stays as it
    is stands earlier in that week; and never in the past.
    """
    monday = week_of(chosen)
    if any(monday <= day < chosen for day in standing):
        return chosen
    return min(chosen, max(monday, today))


def _by_week(days: set[date]) -> dict[date, list[date]]:
    weeks: dict[date, list[date]] = {}
    for day in sorted(days):
        weeks.setdefault(week_of(day), []).append(day)
    return weeks


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
