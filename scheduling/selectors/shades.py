"""What lies behind the appointments in the calendar: hours, absences and closures, holds."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from scheduling import clock
from scheduling.models import AvailabilityException, AvailabilityRule, Hold
from scheduling.selectors.grid import DAY, Stretch, minutes_into
from staff.models import Practitioner

Kind = AvailabilityException.Kind


@dataclass
class Background:
    """By practitioner or location and day; under None what holds for the whole facility."""

    practitioners: dict[int, Practitioner] = field(default_factory=dict)
    hours: dict[tuple[int, date], list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    away: dict[tuple[int, date], list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    closed: dict[tuple[int | None, date], list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    held: dict[tuple[str, int, date], list[Stretch]] = field(default_factory=lambda: defaultdict(list))

    def working_on(self, day: date) -> list[Practitioner]:
        """Who has hours that day, whether or not somebody is away."""
        return [self.practitioners[pk] for pk, when in self.hours if when == day]


def background(facility: Facility, days: list[date], practitioner: Practitioner | None = None) -> Background:
    """What is behind these days, of everybody or of one practitioner. Three queries."""
    found = Background()
    _add_hours(found, facility, days, practitioner)
    _add_exceptions(found, facility, days, practitioner)
    _add_holds(found, facility, days)
    return found


def _add_hours(found: Background, facility: Facility, days: list[date], only: Practitioner | None) -> None:
    rules = AvailabilityRule.objects.filter(facility=facility, valid_from__lte=days[-1], weekday__in=_weekdays(days))
    rules = rules.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=days[0])).select_related("practitioner")
    for rule in rules.filter(practitioner=only) if only else rules:
        found.practitioners[rule.practitioner_id] = rule.practitioner
        for day in days:
            if day.weekday() == rule.weekday and rule.valid_from <= day and day <= (rule.valid_until or day):
                found.hours[rule.practitioner_id, day].append(_hours(rule.starts, rule.ends))


def _add_exceptions(found: Background, facility: Facility, days: list[date], only: Practitioner | None) -> None:
    here = AvailabilityRule.objects.filter(facility=facility).values("practitioner")
    mine = Q(facility=facility) | Q(facility__isnull=True, practitioner__in=[only] if only else here)
    rows = AvailabilityException.objects.filter(mine, withdrawn_at__isnull=True, during__overlap=_span(days, facility))
    for row in rows.select_related("practitioner").order_by("pk"):
        for day in days:
            stretch = _of_day(row.during.lower, row.during.upper, day, facility.tz, row.get_kind_display(), row.note)
            if stretch.begin < stretch.end:
                _sort_in(found, row, day, stretch)


def _sort_in(found: Background, row: AvailabilityException, day: date, stretch: Stretch) -> None:
    if row.practitioner_id is None:
        found.closed[row.location_id, day].append(stretch)
    elif row.kind == Kind.EXTRA:
        found.practitioners[row.practitioner_id] = row.practitioner  # type: ignore[assignment]  # the check says so
        found.hours[row.practitioner_id, day].append(stretch)
    else:
        found.away[row.practitioner_id, day].append(stretch)


def _add_holds(found: Background, facility: Facility, days: list[date]) -> None:
    first, end = _span(days, facility)
    rows = Hold.objects.filter(facility=facility, released_at__isnull=True, expires_at__gt=timezone.now())
    for row in rows.filter(starts_at__lt=end, ends_at__gt=first):
        day = row.starts_at.astimezone(facility.tz).date()
        until = f"until {row.expires_at.astimezone(facility.tz):%H:%M}"
        stretch = _of_day(row.starts_at, row.ends_at, day, facility.tz, "Held", until)
        for kind, pk in (
            ("practitioner", row.practitioner_id), ("practitioner", row.interpreter_id),
            ("location", row.location_id), ("location", row.equipment_id),
        ):  # fmt: skip
            if pk:
                found.held[kind, pk, day].append(stretch)


def _weekdays(days: list[date]) -> set[int]:
    return {day.weekday() for day in days}


def _span(days: list[date], facility: Facility) -> tuple[datetime, datetime]:
    first, _ = clock.day_bounds(days[0], facility.tz)
    end, _ = clock.day_bounds(days[-1] + timedelta(days=1), facility.tz)
    return first, end


def _hours(starts: time, ends: time) -> Stretch:
    return Stretch(starts.hour * 60 + starts.minute, ends.hour * 60 + ends.minute, f"{starts:%H:%M}–{ends:%H:%M}")


def _of_day(lower: datetime | None, upper: datetime | None, day: date, tz: ZoneInfo, label: str, note: str) -> Stretch:
    begin, end = minutes_into(lower, day, tz), minutes_into(upper, day, tz, otherwise=DAY)
    return Stretch(begin, end, label, note)
