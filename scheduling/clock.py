"""The facility's wall clock: days, offsets on the same wall time, and the hours in which mail may go."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST, LATEST = time(8), time(20)


def day_bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a day and of the day after it; 23 or 25 hours apart where the clock changes."""
    return datetime.combine(day, time(), tz), datetime.combine(day + timedelta(days=1), time(), tz)


def before(start: datetime, *, days: int, hours: int, tz: ZoneInfo) -> datetime:
    """So many days earlier at the same wall time, then so many hours earlier by the stopwatch.

    A wall time that the clock skips becomes the moment it would have been; of one that it repeats, the first.
    """
    local = start.astimezone(tz)
    wall = datetime.combine(local.date() - timedelta(days=days), local.time(), tz)
    return (wall.astimezone(ZoneInfo("UTC")) - timedelta(hours=hours)).astimezone(tz)


def may_send_at(moment: datetime, tz: ZoneInfo) -> bool:
    """Whether mail may go then: from 08:00 to 20:00 on the facility's clock."""
    return EARLIEST <= moment.astimezone(tz).time() <= LATEST


def civil(moment: datetime, *, until: datetime, tz: ZoneInfo) -> datetime:
    """The moment moved into 08:00 to 20:00, and well before `until`.

    Too late becomes 20:00 of that day; too early 08:00, or 20:00 of the day before if 08:00 leaves less than an hour.
    """
    local = moment.astimezone(tz)
    if local.time() > LATEST:
        return datetime.combine(local.date(), LATEST, tz)
    if local.time() >= EARLIEST:
        return local
    morning = datetime.combine(local.date(), EARLIEST, tz)
    if morning <= until - timedelta(hours=1):
        return morning
    return datetime.combine(local.date() - timedelta(days=1), LATEST, tz)


def next_morning(moment: datetime, tz: ZoneInfo) -> datetime:
    """The next 08:00 on the facility's clock."""
    local = moment.astimezone(tz)
    day = local.date() if local.time() < EARLIEST else local.date() + timedelta(days=1)
    return datetime.combine(day, EARLIEST, tz)
