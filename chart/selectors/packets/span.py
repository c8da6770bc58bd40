"""Whose record, and which days of it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from accounts.models import Facility
from core.times import day_bounds, day_of
from patients.models import Patient


@dataclass(frozen=True)
class Entry:
    """One thing that the record says, with its day if it has one."""

    heading: str
    text: str
    on: date | None = None

    @property
    def line(self) -> str:
        return "\n".join(part for part in (self.heading, self.on.isoformat() if self.on else "", self.text) if part)


@dataclass(frozen=True)
class Span:
    """The record of a person at a facility from one day to another, both included; None is no bound."""

    patient: Patient
    facility: Facility
    first: date | None
    last: date | None

    def day(self, moment: datetime | None) -> date | None:
        """The facility's date of a moment."""
        return day_of(moment, self.facility.tz) if moment else None

    def of_dates(self, column: str) -> Q:
        """A filter on a column that holds days."""
        found = Q()
        if self.first:
            found &= Q((f"{column}__gte", self.first))
        return found & Q((f"{column}__lte", self.last)) if self.last else found

    def of_moments(self, column: str) -> Q:
        """A filter on a column that holds moments: the days are the facility's."""
        found = Q()
        if self.first:
            found &= Q((f"{column}__gte", day_bounds(self.first, self.facility.tz)[0]))
        return found & Q((f"{column}__lt", day_bounds(self.last, self.facility.tz)[1])) if self.last else found


def facts(*pairs: tuple[str, object]) -> str:
    """`Label: words`, one a line, those without words left out."""
    return "\n".join(f"{label}: {words}" for label, words in pairs if words not in (None, "", False))
