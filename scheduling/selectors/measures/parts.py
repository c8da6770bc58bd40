"""What every measure is made of: a period of whole days, and words, charts and a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import Facility
from core.times import day_bounds
from staff.models import Practitioner

Rows = list[tuple[str, Any]]


@dataclass(frozen=True)
class Period:
    """Days of a facility, the first and the last included."""

    facility: Facility
    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return day_bounds(self.first, self.facility.tz)[0]

    @property
    def ends(self) -> datetime:
        return day_bounds(self.last, self.facility.tz)[1]

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks that the period touches."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(days=7 * n) for n in range((self.last - monday).days // 7 + 1)]

    def by_week(self, values: dict[date, Any]) -> Rows:
        """A value for each week, None where there is none."""
        return [(week_label(week), values.get(week)) for week in self.weeks]

    def practitioners(self) -> dict[int, str]:
        """Id → name of everybody who has or had hours here, by name. One query."""
        hours = Q(availability__facility=self.facility) | Q(availability_exceptions__facility=self.facility)
        rows = Practitioner.objects.filter(hours | Q(roles__facility=self.facility)).distinct()
        return {row.pk: str(row) for row in rows}


@dataclass(frozen=True)
class Picture:
    """A chart: a line over weeks, or bars. `rows` are labels with a number or None."""

    label: str
    unit: str
    rows: Rows
    first: str = "Week of"
    suffix: str = ""
    high: float | None = None
    is_line: bool = True


@dataclass(frozen=True)
class Table:
    """Numbers with their names: the first cell of a row is its heading."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Measure:
    """One measure, ready to print. `counted` and `of` say what is divided by what, `left_out` what is in neither."""

    key: str
    title: str
    icon: str
    headline: str
    sub: str
    counted: str
    of: str
    left_out: str
    empty: str
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.pictures


def week_label(monday: date) -> str:
    return f"{monday.day} {monday:%b}"


def percent(part: float, whole: float) -> int | None:
    """Whole percent, None of nothing."""
    return round(100 * part / whole) if whole else None


def percent_label(part: float, whole: float) -> str:
    return f"{percent(part, whole)}%" if whole else "—"


def fetched(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
