"""The calendar of a day and of a week, ready for the grid."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location, User
from accounts.roles import Perm
from core.labels import day_label
from scheduling import clock
from scheduling.models import Appointment, AppointmentParticipant
from scheduling.selectors import grid
from scheduling.selectors.appointments import Row, appointment_row, permitted, standing
from scheduling.selectors.grid import Shade, Stretch
from scheduling.selectors.shades import Background, background
from staff.models import Practitioner

Pair = tuple[Appointment, Row]
MOVABLE = (Appointment.Status.PENDING, Appointment.Status.BOOKED)
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


@dataclass(frozen=True)
class Board:
    """What the template prints. Without columns there are `lists`, or nothing at all."""

    columns: list[Column]
    total: int
    first: int = grid.FIRST_HOUR
    last: int = grid.LAST_HOUR
    lists: list[Column] = field(default_factory=list)
    unconfirmed: int = 0
    has_quarters: bool = False  # something lasts one quarter of an hour: rows are drawn taller

    @property
    def hours(self) -> list[tuple[int, str]]:
        return [((hour - self.first) * 4, f"{hour:02}:00") for hour in range(self.first, self.last)]

    @property
    def size(self) -> int:
        return (self.last - self.first) * 4

    @property
    def digest(self) -> str:
        """The same as long as nothing shown has changed, so that a refresh need not draw it again."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def day_board(
    *,
    facility: Facility,
    day: date,
    user: User,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    by_room: bool = False,
) -> Board:
    """The day, a column for each practitioner who works or is booked, or for each room.

    Names only of people the viewer may see. As many queries however many rows there are: the memberships, the
    appointments, hours, exceptions and holds, the rooms if by room; two more for who does not see the whole facility.
    """
    found = _found(facility, [day], user, practitioner, location)
    behind = background(facility, [day], practitioner)
    if by_room:
        columns = _rooms(facility, day, found, behind, location)
    else:
        columns = _practitioners(facility, day, found, behind, alone=bool(location and not practitioner))
    return _board(columns, found, facility)


def week_board(
    *,
    facility: Facility,
    monday: date,
    user: User,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
) -> Board:
    """Seven days of one practitioner or room as a grid, of everybody as lists. An idle weekend is left out."""
    days = [monday + timedelta(days=offset) for offset in range(7)]
    found = _found(facility, days, user, practitioner, location)
    if practitioner or location:
        return board_of_days(facility, monday, found, practitioner, location, background(facility, days, practitioner))
    columns = _days(facility, days, found)
    return _board([], found, facility, lists=columns if found else [])


def board_of_days(
    facility: Facility,
    monday: date,
    found: list[Pair],
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    behind: Background | None = None,
) -> Board:
    """The days of a week side by side; without `behind` all hours are open."""
    days = [monday + timedelta(days=offset) for offset in range(7)]
    return _board(_days(facility, days, found, practitioner, location, behind), found, facility)


def _days(
    facility: Facility,
    days: list[date],
    found: list[Pair],
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    behind: Background | None = None,
) -> list[Column]:
    """A column a day, without a weekend on which nothing is."""
    columns = [_day_column(day, facility, practitioner, location, behind) for day in days]
    _share(columns, found, lambda row: [f"d-{row.starts_at.astimezone(facility.tz):%F}"])
    return [column for column in columns if column.day.weekday() < 5 or column.rows or (practitioner and column.hours)]


def calendar_practitioners(facility: Facility) -> QuerySet[Practitioner]:
    """Who can stand in the calendar, by name."""
    return Practitioner.objects.filter(Q(availability__facility=facility) | Q(roles__facility=facility)).distinct()


def practitioners_of(facility: Facility) -> list[Practitioner]:
    return list(calendar_practitioners(facility))


def calendar_rooms(facility: Facility) -> QuerySet[Location]:
    return facility.locations.filter(kind=Location.Kind.ROOM)


def rooms_of(facility: Facility) -> list[Location]:
    return list(calendar_rooms(facility))


def pairs(found: list[Appointment], facility: Facility, user: User) -> list[Pair]:
    """Each appointment with its row, which has what the grid needs: minutes of its day, whether it may be moved."""
    people = [row.patient_id for row in found]
    named = permitted(user, Perm.APPOINTMENT_VIEW, facility, people)
    movable = permitted(user, Perm.APPOINTMENT_EDIT, facility, people)
    return [
        (row, _row(row, facility, named=row.patient_id in named, movable=row.patient_id in movable)) for row in found
    ]


def _row(appointment: Appointment, facility: Facility, *, named: bool, movable: bool) -> Row:
    day = appointment.starts_at.astimezone(facility.tz).date()
    movable = named and movable and appointment.status in MOVABLE and appointment.ends_at > timezone.now()
    return appointment_row(appointment, facility, named=named) | {
        "begin": grid.minutes_into(appointment.starts_at, day, facility.tz),
        "end": grid.minutes_into(appointment.ends_at, day, facility.tz),
        "seen": appointment.schedule_version if movable else 0,
        "interpreter_id": appointment.interpreter_id,
        "interpreter": str(appointment.interpreter or ""),
        "mark": "Overlap permitted" if getattr(appointment, "overlaps", False) else "",
    }


def _found(
    facility: Facility, days: list[date], user: User, practitioner: Practitioner | None, location: Location | None
) -> list[Pair]:
    first, _ = clock.day_bounds(days[0], facility.tz)
    _, end = clock.day_bounds(days[-1], facility.tz)
    rows = standing(facility).filter(starts_at__gte=first, starts_at__lt=end).order_by("starts_at", "pk")
    if practitioner:
        rows = rows.filter(Q(practitioner=practitioner) | Q(interpreter=practitioner))
    if location:
        rows = rows.filter(Q(location=location) | Q(equipment=location))
    return pairs(list(rows.annotate(overlaps=_overlaps())), facility, user)


def _overlaps() -> Exists:
    rows = AppointmentParticipant.objects.filter(appointment=OuterRef("pk"), active=True, overlap_permitted=True)
    return Exists(rows)


def _practitioners(
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
    _share(columns, found, lambda row: [f"p-{row.practitioner_id or 0}", f"p-{row.interpreter_id}"])
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


def _rooms(
    facility: Facility, day: date, found: list[Pair], behind: Background, location: Location | None
) -> list[Column]:
    """Every room, then the equipment that is booked, then what needs no room."""
    places = {row.pk: row for row in ([location] if location else rooms_of(facility))}
    places |= {row.equipment.pk: row.equipment for row, _ in found if row.equipment and not location}
    week = reverse("scheduling:week")
    columns = [_room_column(row, day, week, behind) for row in places.values()]
    if any(row.location_id is None for row, _ in found):
        columns.append(Column("l-0", "No room", "No room", day, says_who=True, hours=[ALWAYS]))
    _share(columns, found, lambda row: [f"l-{row.location_id or 0}", f"l-{row.equipment_id}"])
    return columns


def _room_column(row: Location, day: date, week: str, behind: Background) -> Column:
    column = Column(f"l-{row.pk}", row.name, row.name, day, sub=f"{row.seats} seats" if row.seats else "")
    column.url = f"{week}?location={row.uuid}&day={day}"
    column.says_who, column.lands = True, row.kind == Location.Kind.ROOM
    column.location, column.hours = str(row.uuid) if column.lands else "", [ALWAYS]
    column.away = behind.closed[row.pk, day] + behind.closed[None, day]
    column.held = behind.held["location", row.pk, day]
    return column


def _day_column(
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


def _share(columns: list[Column], found: list[Pair], keys: Callable[[Appointment], list[str]]) -> None:
    """Put each row into its columns, the first of which is where it is moved from."""
    by_key = {column.key: column for column in columns}
    for appointment, row in found:
        for number, key in enumerate(keys(appointment)):
            if key in by_key:
                by_key[key].rows.append(row | {"seen": 0 if number else row["seen"]})


def _board(columns: list[Column], found: list[Pair], facility: Facility, lists: list[Column] | None = None) -> Board:
    rows = [row for _, row in found]
    hours = [stretch for column in columns for stretch in column.hours if stretch is not ALWAYS]
    first, last = grid.hours_shown(rows, hours)
    for column in columns:
        _lay_out(column, first, last, facility)
    unconfirmed = sum(row["reply"] == Appointment.Reply.NEEDS_ACTION.label for row in rows)
    has_quarters = any(row["span"] == 1 for column in columns for row in column.rows)
    return Board(columns, len(rows), first, last, lists or [], unconfirmed, has_quarters)


def _lay_out(column: Column, first: int, last: int, facility: Facility) -> None:
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


def parse_day(text: str, today: date) -> date:
    """The day of a query string; today when there is none or it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
