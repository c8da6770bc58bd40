"""A person's day is a date in the facility's zone; a moment is an aware datetime."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_offset

from django.utils import timezone

from core.errors import DomainError
from core.labels import when_label


class WallTimeError(DomainError):
    """The change of clocks skips this time or shows it twice. `alternatives` are the moments that may be meant."""

    def __init__(self, message: str, alternatives: list[datetime], *, code: str) -> None:
        super().__init__(message, code=code)
        self.alternatives = alternatives


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

    Raises WallTimeError, with the moments to choose from, for a time that the change of clocks skips or shows
    twice: nobody would know which is meant.
    """
    found = alternatives(day, clock, tz)
    if not found:
        return datetime.combine(day, clock, tzinfo=tz)
    first, second = (wall_label(moment, tz) for moment in found)
    if is_skipped(found):
        said = f"The clocks change at that time, and {clock:%H:%M} is skipped. Choose {first} or {second}."
        raise WallTimeError(said, found, code="time.skipped")
    said = f"The clocks change at that time, and {clock:%H:%M} comes twice: {first}; {second}. Choose another time."
    raise WallTimeError(said, found, code="time.ambiguous")


def alternatives(day: date, clock: time, tz: tzinfo) -> list[datetime]:
    """The two moments that a skipped or repeated time may mean, the earlier first; [] for one that comes once.

    Of a skipped time they are the length of the gap before and after it. They carry their offsets and not the zone:
    Python finds two moments of a zone equal that its clocks show alike.
    """
    first, second = (datetime.combine(day, clock, tzinfo=tz).replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return []
    return sorted(_with_offset(moment.astimezone(UTC), tz) for moment in (first, second))


def is_skipped(found: list[datetime]) -> bool:
    """Whether alternatives stand beside a gap: the clocks then show two different times."""
    return found[0].replace(tzinfo=None) != found[1].replace(tzinfo=None)


def wall_label(moment: datetime, tz: tzinfo) -> str:
    """`Sun 14 Mar 03:30`; with its place beside the change of clocks where the clocks show the time twice."""
    local = moment.astimezone(tz)
    found = alternatives(local.date(), local.time(), tz)
    if not found or is_skipped(found):
        return when_label(local, tz)
    side = "before" if local.fold == 0 else "after"
    return f"{when_label(local, tz)}, {side} the clocks go back"


def _with_offset(moment: datetime, tz: tzinfo) -> datetime:
    return moment.astimezone(fixed_offset(moment.astimezone(tz).utcoffset() or timedelta()))


def _midnight(day: date, tz: tzinfo) -> datetime:
    """In a few zones the clocks change at midnight; the day then begins when they first show it."""
    return datetime.combine(day, time.min, tzinfo=tz)
