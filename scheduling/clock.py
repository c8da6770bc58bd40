"""The facility's wall clock: days, offsets on the same wall time, and the hours in which mail may go."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = tuple[time, time]
BY_DAY: Hours = (time(8), time(20))  # the widest that a facility may choose: Facility.mail_from, mail_until


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


def may_send_at(moment: datetime, tz: ZoneInfo, hours: Hours = BY_DAY) -> bool:
    """Whether mail may go then, on the facility's clock."""
    return hours[0] <= moment.astimezone(tz).time() <= hours[1]


def civil(moment: datetime, *, until: datetime, tz: ZoneInfo, hours: Hours = BY_DAY) -> datetime:
    """The moment moved into the hours in which mail may go, and well before `until`.

    Too late becomes the last moment of that day's hours; too early the first, or the last of the day before if the
    first leaves less than an hour.
    """
    local, (earliest, latest) = moment.astimezone(tz), hours
    if local.time() > latest:
        return datetime.combine(local.date(), latest, tz)
    if local.time() >= earliest:
        return local
    morning = datetime.combine(local.date(), earliest, tz)
    if morning <= until - timedelta(hours=1):
        return morning
    return datetime.combine(local.date() - timedelta(days=1), latest, tz)


def next_morning(moment: datetime, tz: ZoneInfo, hours: Hours = BY_DAY) -> datetime:
    """The next moment after which mail may go, on the facility's clock."""
    local = moment.astimezone(tz)
    day = local.date() if local.time() < hours[0] else local.date() + timedelta(days=1)
    return datetime.combine(day, hours[0], tz)
