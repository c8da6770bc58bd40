"""The calendar of a day and of a week, ready for the grid."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Facility, Location, User
from accounts.roles import Perm
from core.fingerprint import fingerprint
from patients.access import with_asking
from scheduling import clock
from scheduling.models import Appointment, AppointmentParticipant
from scheduling.selectors import grid
from scheduling.selectors.appointments import Row, appointment_row, permitted, standing
from scheduling.selectors.columns import (
    ALWAYS,
    Column,
    Pair,
    day_column,
    lay_out,
    practitioner_columns,
    room_columns,
    share,
)
from scheduling.selectors.shades import Background, background
from staff.models import Practitioner

# What a calendar shows of an appointment; to read all columns of seven tables took twice as long.
SHOWN = (
    "uuid", "facility_id", "starts_at", "ends_at", "status", "reply", "schedule_version", "video_url",
    "type__name", "type__tone",
    "patient__uuid", "patient__family_name", "patient__given_name", "patient__preferred_name",
    *(
        f"{who}__{name}"
        for who in ("practitioner", "interpreter")
        for name in ("uuid", "prefix", "given_name", "family_name", "suffix", "specialty", "kind")
    ),
    *(f"{where}__{name}" for where in ("location", "equipment") for name in ("uuid", "name", "kind", "seats")),
)  # fmt: skip
MOVABLE = (Appointment.Status.PENDING, Appointment.Status.BOOKED)


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
        return fingerprint(self)


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
        columns = room_columns(facility, day, found, behind, location)
    else:
        columns = practitioner_columns(facility, day, found, behind, alone=bool(location and not practitioner))
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
    columns = [day_column(day, facility, practitioner, location, behind) for day in days]
    share(columns, found, lambda row: [f"d-{row.starts_at.astimezone(facility.tz):%F}"])
    return [column for column in columns if column.day.weekday() < 5 or column.rows or (practitioner and column.hours)]


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
    rows = with_asking(rows, facility, user=user).annotate(overlaps=_overlaps())
    return pairs(list(rows.only(*SHOWN)), facility, user)


def _overlaps() -> Exists:
    rows = AppointmentParticipant.objects.filter(appointment=OuterRef("pk"), active=True, overlap_permitted=True)
    return Exists(rows)


def _board(columns: list[Column], found: list[Pair], facility: Facility, lists: list[Column] | None = None) -> Board:
    rows = [row for _, row in found]
    hours = [stretch for column in columns for stretch in column.hours if stretch is not ALWAYS]
    first, last = grid.hours_shown(rows, hours)
    for column in columns:
        lay_out(column, first, last, facility)
    unconfirmed = sum(row["reply"] == Appointment.Reply.NEEDS_ACTION.label for row in rows)
    has_quarters = any(row["span"] == 1 for column in columns for row in column.rows)
    return Board(columns, len(rows), first, last, lists or [], unconfirmed, has_quarters)


def parse_day(text: str, today: date) -> date:
    """The day of a query string; today when there is none or it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
