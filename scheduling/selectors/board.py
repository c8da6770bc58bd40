"""The calendar of a day and of a week, ready for the grid: rows of quarter hours, columns and lanes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility, Location, User
from core.labels import day_label
from scheduling import clock
from scheduling.models import Appointment, AvailabilityRule
from scheduling.selectors.appointments import Row, appointment_row, nameable, standing
from staff.models import Practitioner

FIRST_HOUR, LAST_HOUR = 8, 18  # shown at least
COLUMNS = 6  # in one grid; more practitioners make more grids
LANES = 4


@dataclass
class Column:
    """One column of a grid: a practitioner's day, or a day of the week."""

    title: str
    label: str
    url: str = ""
    is_today: bool = False
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    hours: list[tuple[int, str]]
    size: int
    columns: list[Column]


@dataclass(frozen=True)
class Board:
    grids: list[Grid]
    total: int
    lists: list[Column] = field(default_factory=list)


def day_board(
    *,
    facility: Facility,
    day: date,
    user: User,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
) -> Board:
    """The day, a column for each practitioner who works or is booked; names only of people the viewer may see.

    Three queries for a facility-wide viewer, four for others, however many rows there are.
    """
    found = _between(facility, day, 1, practitioner, location)
    names = nameable(user, facility, [row.patient_id for row in found])
    columns = {pk: Column(name, name) for pk, name in _working(facility, day, practitioner, location)}
    for appointment in found:
        name = str(appointment.practitioner or "No practitioner")
        column = columns.setdefault(appointment.practitioner_id or 0, Column(name, name))
        column.rows.append(appointment_row(appointment, facility, named=appointment.patient_id in names))
    ordered = sorted(columns.values(), key=lambda column: column.title)
    return Board(_grids(ordered, facility.tz), len(found))


def week_board(
    *, facility: Facility, monday: date, user: User, practitioner: Practitioner | None = None, day_url: str = ""
) -> Board:
    """Seven days of one practitioner as a grid, of everybody as lists. Weekends are left out when nothing is on."""
    found = _between(facility, monday, 7, practitioner, None)
    names = nameable(user, facility, [row.patient_id for row in found])
    today = timezone.now().astimezone(facility.tz).date()
    days = [monday + timedelta(days=offset) for offset in range(7)]
    columns = {day: _day_column(day, today, day_url) for day in days}
    for appointment in found:
        day = appointment.starts_at.astimezone(facility.tz).date()
        columns[day].rows.append(appointment_row(appointment, facility, named=appointment.patient_id in names))
    shown = [column for day, column in columns.items() if day.weekday() < 5 or column.rows]
    if practitioner is None:
        return Board([], len(found), shown if found else [])
    return Board(_grids(shown, facility.tz, width=7), len(found))


def practitioners_of(facility: Facility) -> list[Practitioner]:
    """Who can stand in the calendar, by name."""
    return list(
        Practitioner.objects.filter(Q(availability__facility=facility) | Q(roles__facility=facility)).distinct()
    )


def rooms_of(facility: Facility) -> list[Location]:
    return list(facility.locations.filter(kind=Location.Kind.ROOM))


def _between(
    facility: Facility, day: date, days: int, practitioner: Practitioner | None, location: Location | None
) -> list[Appointment]:
    first, _ = clock.day_bounds(day, facility.tz)
    last, _ = clock.day_bounds(day + timedelta(days=days), facility.tz)
    rows = standing(facility).filter(starts_at__gte=first, starts_at__lt=last).order_by("starts_at", "pk")
    if practitioner:
        rows = rows.filter(practitioner=practitioner)
    return list(rows.filter(location=location) if location else rows)


def _working(
    facility: Facility, day: date, practitioner: Practitioner | None, location: Location | None
) -> list[tuple[int, str]]:
    if location and not practitioner:
        return []
    rules = AvailabilityRule.objects.filter(facility=facility, weekday=day.weekday(), valid_from__lte=day)
    rules = rules.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day)).select_related("practitioner")
    if practitioner:
        rules = rules.filter(practitioner=practitioner)
    return [(rule.practitioner_id, str(rule.practitioner)) for rule in rules]


def _day_column(day: date, today: date, url: str) -> Column:
    return Column(day_label(day, today), f"{day:%A} {day.day} {day:%B}", f"{url}?day={day}", day == today)


def _grids(columns: list[Column], tz: ZoneInfo, width: int = COLUMNS) -> list[Grid]:
    first, last = _hours([row for column in columns for row in column.rows], tz)
    for column in columns:
        _place(column.rows, first, tz)
    labels = [((hour - first) * 4, f"{hour:02}:00") for hour in range(first, last)]
    width = _even(len(columns), width)
    parts = [columns[start : start + width] for start in range(0, len(columns), width)]
    return [Grid(labels, (last - first) * 4, part) for part in parts]


def _even(columns: int, most: int) -> int:
    """How many columns a grid has, when all grids are to be about as wide: 8 are 4 and 4, not 6 and 2."""
    grids = -(-columns // most) or 1
    return -(-columns // grids) or 1


def _hours(rows: list[Row], tz: ZoneInfo) -> tuple[int, int]:
    """The first and the last hour to show, on the wall clock."""
    starts = [row["starts_at"].astimezone(tz).hour for row in rows]
    ends = [min(24, _quarter(row["to"]) // 4 + 1) if row["to"] > row["from"] else 24 for row in rows]
    return min([FIRST_HOUR, *starts]), max([LAST_HOUR, *ends])


def _place(rows: list[Row], first: int, tz: ZoneInfo) -> None:
    """Give each row its place in quarter hours, and a lane beside those it overlaps."""
    open_until: list[int] = []
    group: list[Row] = []
    for row in rows:
        start = _quarter(row["from"]) - first * 4
        end = _quarter(row["to"], up=True) - first * 4 if row["to"] > row["from"] else (24 - first) * 4
        if open_until and start >= max(open_until):
            open_until, group = [], []
        lane = next((lane for lane, until in enumerate(open_until) if until <= start), len(open_until))
        open_until[lane : lane + 1] = [max(end, start + 1)]
        group.append(row)
        row |= {"row": start, "span": max(1, end - start), "lane": min(lane, LANES - 1) + 1}
        for other in group:
            other["lanes"] = min(len(open_until), LANES)


def _quarter(clock_time: str, *, up: bool = False) -> int:
    hour, minute = map(int, clock_time.split(":"))
    return hour * 4 + (-(-minute // 15) if up else minute // 15)


def parse_day(text: str, today: date) -> date:
    """The day of a query string; today when there is none or it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
