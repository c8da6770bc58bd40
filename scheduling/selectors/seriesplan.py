"""What would become of a series, day by day, before anything is done: nothing here writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Location
from core.errors import DomainError
from core.times import at_wall_time, today
from scheduling.models import Appointment, Series
from scheduling.recurrence import Pattern, first_day, places, require_bounded, week_of
from staff.models import Practitioner


class What(StrEnum):
    """What becomes of a day."""

    BOOK = "book"
    MOVE = "move"
    KEEP = "keep"  # as it is: it already says what the series says
    OWN = "own"  # changed by itself before: it stays as it is, whatever the series says
    CANCEL = "cancel"
    OUT = "out"  # left out: no visit


@dataclass(frozen=True)
class Terms:
    """What a series says: when, with whom and where."""

    pattern: Pattern
    practitioner: Practitioner
    location: Location | None = None
    interpreter: Practitioner | None = None


@dataclass
class Line:
    """One day of a series and what becomes of it. `starts_at` is None where the clock does not show the time once."""

    on: date
    what: What
    appointment: Appointment | None = None
    starts_at: datetime | None = None
    problem: str = ""
    others: list[datetime] = field(default_factory=list)

    @property
    def is_planned(self) -> bool:
        """Whether a time has to be taken for it."""
        return self.what in {What.BOOK, What.MOVE}


@dataclass(frozen=True)
class Plan:
    """What would be done: each day from the first that it concerns. Of a change: whether a new part begins there."""

    terms: Terms
    lines: list[Line]
    begins: date
    splits: bool = False
    version: int = 0

    @property
    def signature(self) -> str:
        """The same as long as nobody asks for something else or changes the series or one of its visits.

        So what was looked at is what is done.
        """
        terms = self.terms
        asked = [row.pk if row else 0 for row in (terms.practitioner, terms.location, terms.interpreter)]
        rows = [(line.on, line.what.value, _said(line.appointment)) for line in self.lines]
        return sha256(repr((terms.pattern, asked, self.version, self.splits, rows)).encode()).hexdigest()


def terms_of(series: Series) -> Terms:
    return Terms(series.pattern, series.practitioner, series.location, series.interpreter)


def occurrences(series: Series) -> QuerySet[Appointment]:
    """Its visits by day, those that were cancelled with a change of the whole left away."""
    gone = Q(status=Appointment.Status.CANCELLED, is_exception=False)
    named = ("facility", "type", "patient", "practitioner", "location", "interpreter", "series")
    return series.appointments.exclude(gone).select_related(*named).order_by("occurrence_on")


def is_to_come(row: Appointment) -> bool:
    """A visit that still may be changed."""
    return row.status in Appointment.UPCOMING and row.starts_at > timezone.now()


def follows_the_whole(row: Appointment) -> bool:
    """A visit that a change of the whole changes: to come, and not changed by itself before."""
    return not row.is_exception and is_to_come(row)


def ending(series: Series, since: Appointment | None, *, with_exceptions: bool) -> list[Appointment]:
    """The visits that cancelling all to come, or one and those that follow, would cancel. One query."""
    first = since.occurrence_on if since and since.occurrence_on else date.min
    rows = [row for row in occurrences(series) if row.occurrence_on and row.occurrence_on >= first]
    return [row for row in rows if (is_to_come(row) if with_exceptions else follows_the_whole(row))]


def booking_plan(terms: Terms, tz: ZoneInfo) -> Plan:
    """The days of a series that is not there yet."""
    lines = [_timed(Line(day, What.BOOK), terms.pattern, tz) for day in terms.pattern.days()]
    return Plan(terms, lines, terms.pattern.starts_on)


def change_plan(series: Series, terms: Terms, since: Appointment | None) -> Plan:
    """What becomes of the visits to come, or of one and those that follow, once the series says `terms`.

    Visits that are past or under way, and those that were changed by themselves, stay as they are. Two queries.
    Raises DomainError for more than 60 visits to come, more than a year, or days that a later part has.
    """
    if since is not None and since.series_id != series.pk:
        raise DomainError("Somebody has moved this visit to another part of the series.", code="changed")
    rows = list(occurrences(series))
    chosen = _chosen(series, rows, since)
    tz, days = series.facility.tz, _all_days(series, rows)
    begins = first_day(chosen, [day for day in days if day < chosen], today(tz))
    _require_room(series, pattern := _anchored(series, terms.pattern), begins)
    lines = arranged(rows, series.left_out, pattern, begins, chosen, terms, tz)
    splits = since is not None and _differs(series, terms) and any(day < begins for day in days)
    return Plan(terms, lines, begins, splits, series.version)


def arranged(
    rows: Sequence[Appointment],
    left_out: Iterable[date],
    pattern: Pattern,
    begins: date,
    chosen: date,
    terms: Terms,
    tz: ZoneInfo,
) -> list[Line]:
    """Each visit and day left out from `begins` on with its place among the pattern's days, and the days to book."""
    mine = {row.occurrence_on: row for row in rows if row.occurrence_on and row.occurrence_on >= begins}
    out = {day for day in left_out if day >= begins and day not in mine}
    new = [day for day in pattern.days() if day >= chosen or (day >= begins and not _is_over(day, pattern, tz))]
    taking = places([*mine, *out], new)
    lines = [_line(row, taking.get(day), terms, tz) for day, row in mine.items()]
    lines += [Line(taking[day], What.OUT) for day in out if day in taking]
    lines += [_timed(Line(day, What.BOOK), pattern, tz) for day in new if day not in set(taking.values())]
    return sorted(lines, key=lambda line: line.on)


def _require_room(series: Series, pattern: Pattern, begins: date) -> None:
    require_bounded(pattern, begins)
    later = getattr(series, "continued_by", None)
    if later is not None and pattern.until >= later.starts_on:
        text = "The series goes on with a later part, which has those days. Change that one, or end this one earlier."
        raise DomainError(text, code="series.until", field="until")


def _line(row: Appointment, day: date | None, terms: Terms, tz: ZoneInfo) -> Line:
    on: date = day or row.occurrence_on  # type: ignore[assignment]  # every row of a series has its day
    if not follows_the_whole(row):
        return Line(on, What.OWN, row, row.starts_at)
    if day is None:
        return Line(on, What.CANCEL, row, row.starts_at)
    line = _timed(Line(on, What.MOVE, row), terms.pattern, tz)
    if line.starts_at == row.starts_at and _has_people_of(row, terms):
        line.what = What.KEEP
    return line


def _has_people_of(row: Appointment, terms: Terms) -> bool:
    said = (terms.practitioner, terms.location, terms.interpreter)
    return (row.practitioner, row.location, row.interpreter) == said


def _timed(line: Line, pattern: Pattern, tz: ZoneInfo) -> Line:
    try:
        line.starts_at = at_wall_time(line.on, pattern.wall_time, tz)
    except DomainError as error:
        line.problem = error.message
    return line


def _is_over(day: date, pattern: Pattern, tz: ZoneInfo) -> bool:
    return datetime.combine(day, pattern.wall_time, tz) <= timezone.now()


def _chosen(series: Series, rows: Sequence[Appointment], since: Appointment | None) -> date:
    """The first day that the change concerns; with none left to come, today or the series' start."""
    now = today(series.facility.tz)
    if since is not None and since.occurrence_on:
        return max(since.occurrence_on, now)
    fixed = {row.occurrence_on for row in rows if not row.is_exception and not is_to_come(row)}
    coming = [day for day in _all_days(series, rows) if day >= now and day not in fixed]
    return min(coming, default=max(now, series.starts_on))


def _all_days(series: Series, rows: Sequence[Appointment]) -> list[date]:
    return [*series.left_out, *(row.occurrence_on for row in rows if row.occurrence_on)]


def _anchored(series: Series, pattern: Pattern) -> Pattern:
    """The pattern from the Monday of the series' first week on: its rhythm of weeks goes on."""
    return replace(pattern, starts_on=week_of(series.starts_on), interval=series.interval)


def _differs(series: Series, terms: Terms) -> bool:
    """Whether more than the end changes."""
    said, now = terms_of(series), terms
    when = [(set(each.pattern.weekdays), each.pattern.wall_time) for each in (said, now)]
    who = [(each.practitioner, each.location, each.interpreter) for each in (said, now)]
    return when[0] != when[1] or who[0] != who[1]


def _said(row: Appointment | None) -> tuple[object, ...]:
    return (row.pk, row.schedule_version, row.status, row.is_exception, row.occurrence_on) if row else ()
