"""One person's own appointments: as a list, a week, a month. Seats in groups are among them."""

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from patients.models import Patient
from scheduling import clock
from scheduling.models import Appointment, AppointmentParticipant
from scheduling.selectors.appointments import Row, appointment_row, with_moves
from scheduling.selectors.board import Board, board_of_days, pairs


@dataclass
class Day:
    """A day of the month's table."""

    day: date
    label: str
    is_today: bool
    is_other_month: bool
    rows: list[Row] = field(default_factory=list)


def appointments_of(patient: Patient, facility: Facility) -> tuple[list[Row], list[Row]]:
    """The patient's appointments as rows: to come, soonest first; and past or cancelled, latest first. One query."""
    now = timezone.now()
    ahead: list[Row] = []
    behind: list[Row] = []
    for appointment in _of(patient):
        coming = appointment.ends_at > now and appointment.status != Appointment.Status.CANCELLED
        (ahead if coming else behind).append(_row(appointment, facility))
    return ahead, behind[::-1]


def patient_month(patient: Patient, facility: Facility, shown: date) -> list[list[Day]]:
    """The weeks of the month of a day, Monday first. One query."""
    today = timezone.now().astimezone(facility.tz).date()
    weeks = Calendar().monthdatescalendar(shown.year, shown.month)
    days = {
        day: Day(day, f"{day:%A} {day.day} {day:%B}", day == today, day.month != shown.month)
        for week in weeks
        for day in week
    }
    for appointment in _between(patient, facility, weeks[0][0], weeks[-1][-1]):
        row = _row(appointment, facility)
        days[appointment.starts_at.astimezone(facility.tz).date()].rows.append(row)
    return [[days[day] for day in week] for week in weeks]


def patient_week(patient: Patient, facility: Facility, monday: date, user: User) -> Board:
    """Seven days as a grid; an empty weekend is left out. Two queries, three for who does not see the facility."""
    found = list(_between(patient, facility, monday, monday + timedelta(days=6)))
    named = pairs(found, facility, user)
    return board_of_days(facility, monday, [(one, row | _of_whom(row)) for one, row in named])


def _of_whom(row: Row) -> Row:
    """On the person's own page an appointment is called by its kind."""
    return {"name": row["type"], "type": row["practitioner"]}


def _between(patient: Patient, facility: Facility, first: date, last: date) -> QuerySet[Appointment]:
    begins, _ = clock.day_bounds(first, facility.tz)
    _, ends = clock.day_bounds(last, facility.tz)
    rows = _of(patient).exclude(status=Appointment.Status.CANCELLED)
    return rows.filter(starts_at__gte=begins, starts_at__lt=ends)


def _of(patient: Patient) -> QuerySet[Appointment]:
    """By keys, because an OR over both tables would read them whole."""
    seats = AppointmentParticipant.objects.filter(patient=patient, active=True, appointment__patient__isnull=True)
    keys = Appointment.objects.filter(patient=patient).values("pk").union(seats.values("appointment"))
    rows = with_moves(Appointment.objects.filter(pk__in=keys)).order_by("starts_at", "pk")
    return rows.select_related("type", "practitioner", "location", "patient", "interpreter")


def _row(appointment: Appointment, facility: Facility) -> Row:
    return appointment_row(appointment, facility) | {"in_series": bool(appointment.series_id)}
