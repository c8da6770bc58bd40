"""The columns of the calendar: a practitioner's day, a room's day, a day of one of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location
from core.labels import day_label
from scheduling.models import Appointment
from scheduling.selectors import grid
from scheduling.selectors.appointments import Row
from scheduling.selectors.grid import Shade, Stretch
from scheduling.selectors.shades import Background
from staff.models import Practitioner

Pair = tuple[Appointment, Row]
ALWAYS = Stretch(0, grid.DAY)  # a room has no hours of its own


@dataclass
class Column:
    """One column of a grid: a practitioner's or a room's day, or a day of one of them."""

    key: str
    title: str
    label: str
    day: date
    sub: str = ""
    url: str = ""
    lands: bool = False  # whether an appointment can be dropped here, and to whom or where it then goes
    practitioner: str = ""
    location: str = ""
    says_who: bool = False  # a room's: its rows name the practitioner and not the room
    is_today: bool = False
    now: tuple[int, int] | None = None  # quarter and third of it
    rows: list[Row] = field(default_factory=list)
    hours: list[Stretch] = field(default_factory=list)
    away: list[Stretch] = field(default_factory=list)
    held: list[Stretch] = field(default_factory=list)
    open: list[Shade] = field(default_factory=list)
    shut: list[Shade] = field(default_factory=list)
    holds: list[Shade] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.rows)


def calendar_practitioners(facility: Facility) -> QuerySet[Practitioner]:
    """Who can stand in the calendar, by name."""
    return Practitioner.objects.filter(Q(availability__facility=facility) | Q(roles__facility=facility)).distinct()


def practitioners_of(facility: Facility) -> list[Practitioner]:
    return list(calendar_practitioners(facility))


def calendar_rooms(facility: Facility) -> QuerySet[Location]:
    return facility.locations.filter(kind=Location.Kind.ROOM)


def rooms_of(facility: Facility) -> list[Location]:
    return list(calendar_rooms(facility))


def practitioner_columns(
    facility: Facility, day: date, found: list[Pair], behind: Background, *, alone: bool
) -> list[Column]:
    """By name: who works that day and who is booked; `alone`: only who is booked."""
    people = {} if alone else {row.pk: row for row in behind.working_on(day)}
    people |= {row.pk: row for appointment, _ in found for row in _taken(appointment)}
    week = reverse("scheduling:week")
    columns = [_practitioner_column(row, day, week, behind) for row in people.values()]
    columns.sort(key=lambda column: column.title)
    if any(appointment.practitioner_id is None for appointment, _ in found):
        columns.append(Column("p-0", "No practitioner", "No practitioner", day, hours=[ALWAYS]))
    share(columns, found, lambda row: [f"p-{row.practitioner_id or 0}", f"p-{row.interpreter_id}"])
    return columns


def _taken(appointment: Appointment) -> list[Practitioner]:
    return [row for row in (appointment.practitioner, appointment.interpreter) if row]


def _practitioner_column(row: Practitioner, day: date, week: str, behind: Background) -> Column:
    column = Column(f"p-{row.pk}", str(row), str(row), day, sub=row.specialty or row.get_kind_display())
    column.url = f"{week}?practitioner={row.uuid}&day={day}"
    column.lands, column.practitioner = True, str(row.uuid)
    column.hours = behind.hours[row.pk, day]
    column.away = behind.away[row.pk, day] + behind.closed[None, day]
    column.held = behind.held["practitioner", row.pk, day]
    return column


def room_columns(
    facility: Facility, day: date, found: list[Pair], behind: Background, location: Location | None
) -> list[Column]:
    """Every room, then the equipment that is booked, then what needs no room."""
    places = {row.pk: row for row in ([location] if location else rooms_of(facility))}
    places |= {row.equipment.pk: row.equipment for row, _ in found if row.equipment and not location}
    week = reverse("scheduling:week")
    columns = [_room_column(row, day, week, behind) for row in places.values()]
    if any(row.location_id is None for row, _ in found):
        columns.append(Column("l-0", "No room", "No room", day, says_who=True, hours=[ALWAYS]))
    share(columns, found, lambda row: [f"l-{row.location_id or 0}", f"l-{row.equipment_id}"])
    return columns


def _room_column(row: Location, day: date, week: str, behind: Background) -> Column:
    column = Column(f"l-{row.pk}", row.name, row.name, day, sub=f"{row.seats} seats" if row.seats else "")
    column.url = f"{week}?location={row.uuid}&day={day}"
    column.says_who, column.lands = True, row.kind == Location.Kind.ROOM
    column.location, column.hours = str(row.uuid) if column.lands else "", [ALWAYS]
    column.away = behind.closed[row.pk, day] + behind.closed[None, day]
    column.held = behind.held["location", row.pk, day]
    return column


def day_column(
    day: date,
    facility: Facility,
    practitioner: Practitioner | None,
    location: Location | None,
    behind: Background | None,
) -> Column:
    today = timezone.now().astimezone(facility.tz).date()
    label = f"{day:%A} {day.day} {day:%B}"
    column = Column(f"d-{day:%F}", day_label(day, today), label, day, url=f"{reverse('scheduling:day')}?day={day}")
    column.is_today, column.lands, column.says_who = day == today, True, location is not None
    if behind is None:
        column.hours = [ALWAYS]
        return column
    column.away = [*behind.closed[None, day]]
    if practitioner:
        column.hours = behind.hours[practitioner.pk, day]
        column.away += behind.away[practitioner.pk, day]
        column.held = behind.held["practitioner", practitioner.pk, day]
    elif location:
        column.hours = [ALWAYS]
        column.away += behind.closed[location.pk, day]
        column.held = behind.held["location", location.pk, day]
    return column


def share(columns: list[Column], found: list[Pair], keys: Callable[[Appointment], list[str]]) -> None:
    """Put each row into its columns, the first of which is where it is moved from."""
    by_key = {column.key: column for column in columns}
    for appointment, row in found:
        for number, key in enumerate(keys(appointment)):
            if key in by_key:
                by_key[key].rows.append(row | {"seen": 0 if number else row["seen"]})


def lay_out(column: Column, first: int, last: int, facility: Facility) -> None:
    grid.place(column.rows, first)
    for row in column.rows:
        row["where"] = _other_than(column, row)
    column.open = grid.shades(column.hours, first, last)
    column.shut = grid.shades(column.away, first, last)
    column.holds = grid.shades(column.held, first, last)
    now = timezone.now().astimezone(facility.tz)
    minute = now.hour * 60 + now.minute - first * 60
    if column.day == now.date() and 0 <= minute < (last - first) * 60:
        column.now = (minute // 15, minute % 15 // 5)


def _other_than(column: Column, row: Row) -> str:
    """What the column does not say by itself: where in a practitioner's, with whom in a room's."""
    if column.says_who:
        return row["practitioner"]
    here = "Interpreting" if column.key == f"p-{row['interpreter_id']}" else row["location"]
    return here or ""
