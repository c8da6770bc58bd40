"""A person's day is a date in the facility's zone; a moment is an aware datetime."""

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone

from core.errors import DomainError


def today(tz: tzinfo) -> date:
    """The date it is now in the zone."""
    return timezone.now().astimezone(tz).date()


def day_of(moment: datetime, tz: tzinfo) -> date:
    """The date of a moment in the zone."""
    return moment.astimezone(tz).date()


def day_bounds(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of a day in the zone, and of the next one: 23 to 25 hours apart."""
    return _midnight(day, tz), _midnight(day + timedelta(days=1), tz)


def at_wall_time(day: date, clock: time, tz: tzinfo) -> datetime:
    """The moment at which the zone's clocks show this time.

    Raises DomainError for a time that the change of clocks skips or shows twice: nobody would know which is meant.
    """
    earlier, later = (datetime.combine(day, clock, tzinfo=tz).replace(fold=fold) for fold in (0, 1))
    if earlier.utcoffset() != later.utcoffset():
        raise DomainError("The clocks change at that time. Choose an hour earlier or later.", code="time.ambiguous")
    return earlier


def _midnight(day: date, tz: tzinfo) -> datetime:
    """In a few zones the clocks change at midnight; the day then begins when they first show it."""
    return datetime.combine(day, time.min, tzinfo=tz)
