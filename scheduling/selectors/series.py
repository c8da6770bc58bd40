"""Series as pages show them: their visits, and what a booking or a change would come to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility, Location
from core.labels import day_label, when_label
from core.times import alternatives, today
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, Series
from scheduling.recurrence import new_pattern
from scheduling.selectors.appointments import Row, appointment_row
from scheduling.selectors.obstacles import Wanted, obstacles
from scheduling.selectors.seriesplan import (
    Line,
    Plan,
    Terms,
    What,
    booking_plan,
    ending,
    follows_the_whole,
    is_to_come,
    occurrences,
)
from scheduling.selectors.slots import free_slots
from staff.models import Practitioner

NEAREST = 3  # other times that are offered for a day


def series_of(patient: Patient, pk: UUID) -> Series:
    """One series of the patient, with all it names. Raises Http404."""
    named = ("facility", "type", "patient", "practitioner", "location", "interpreter", "continues", "continued_by")
    series = patient.series.select_related(*named).filter(uuid=pk).first()
    if series is None:
        raise Http404
    return series


def visit_of(patient: Patient, pk: str | None) -> Appointment | None:
    """The visit of a series of the patient that an address names, None for none. Raises Http404."""
    if not pk:
        return None
    rows = {str(row.uuid): row for row in patient.appointments.filter(series__isnull=False).select_related("series")}
    if pk not in rows:
        raise Http404
    return rows[pk]


def series_rows(patient: Patient, facility: Facility) -> list[Row]:
    """The patient's series with visits to come, the next visit first. One query."""
    coming = Q(appointments__status__in=Appointment.UPCOMING, appointments__starts_at__gt=timezone.now())
    rows: QuerySet[Any] = patient.series.select_related("type", "practitioner", "facility", "patient")
    rows = rows.annotate(
        next_at=Min("appointments__starts_at", filter=coming), left=Count("appointments", filter=coming)
    )
    return [
        {
            "url": row.get_absolute_url(), "type": str(row.type), "words": series_words(row),
            "practitioner": str(row.practitioner), "next": when_label(row.next_at, facility.tz), "left": row.left,
        }
        for row in rows.filter(left__gt=0).order_by("next_at")
    ]  # fmt: skip


def series_words(series: Series) -> str:
    """`Every 2 weeks on Mon and Thu at 10:00, until Fri 18 Dec`."""
    return f"{series.pattern.words}, until {day_label(series.until, today(series.facility.tz))}"


def series_visits(series: Series) -> tuple[list[Row], list[Row]]:
    """Its visits as rows, and the days left out among them: to come, soonest first; and what is past, latest first.

    One query. What was cancelled with a change of the whole is not there any more.
    """
    now = today(series.facility.tz)
    rows = [_visit_row(row, series, now) for row in occurrences(series)]
    rows += [_left_out_row(day, now) for day in series.left_out]
    rows.sort(key=lambda row: (row["on"], row["iso"]))
    return [row for row in rows if row["ahead"]], [row for row in reversed(rows) if not row["ahead"]]


def visits_to_cancel(series: Series, since: Appointment | None) -> tuple[list[Row], list[Row]]:
    """What cancelling would cancel, and what only if exceptions are cancelled too. One query."""
    rows = [(row, appointment_row(row, series.facility)) for row in ending(series, since, with_exceptions=True)]
    return [row for visit, row in rows if not visit.is_exception], [row for visit, row in rows if visit.is_exception]


def last_change(series: Series) -> Row:
    """Who last changed the series or one of its visits, and when. Two queries."""
    visits = Appointment.history.filter(series_id=series.pk)
    found = [rows.select_related("history_user").order_by("-history_date").first() for rows in (series.history, visits)]
    last = max((row for row in found if row), key=lambda row: row.history_date)
    return {"who": str(last.history_user or ""), "when": when_label(last.history_date, series.facility.tz)}


def _visit_row(visit: Appointment, series: Series, now: date) -> Row:
    on: date = visit.occurrence_on  # type: ignore[assignment]  # every row of a series has its day
    return appointment_row(visit, series.facility) | {
        "on": on, "ahead": visit.starts_at > timezone.now(), "is_to_come": is_to_come(visit),
        "follows": follows_the_whole(visit), "own": _differences(visit, series, on, now) if visit.is_exception else "",
    }  # fmt: skip


def _left_out_row(day: date, now: date) -> Row:
    return {"on": day, "ahead": day >= now, "iso": day.isoformat(), "when": day_label(day, now), "is_left_out": True}


def _differences(visit: Appointment, series: Series, on: date, now: date) -> str:
    """What of an exception is not as the series says."""
    if visit.status == Appointment.Status.CANCELLED:
        return "Cancelled by itself"
    said = [f"instead of {day_label(on, now)} {series.wall_time:%H:%M}"] if _has_own_time(visit, series, on) else []
    said += ["with somebody else"] if visit.practitioner_id != series.practitioner_id else []
    said += ["in another room"] if visit.location_id != series.location_id else []
    said += ["another interpreter"] if visit.interpreter_id != series.interpreter_id else []
    return ", ".join(said) or "Changed by itself"


def _has_own_time(visit: Appointment, series: Series, on: date) -> bool:
    return (visit.wall_date, visit.wall_time) != (on, series.wall_time)


def plan_of_new(
    *,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    interpreter: Practitioner | None,
    weekdays: Iterable[int],
    interval: int,
    starts_on: date,
    wall_time: time,
    until: date | None,
    count: int | None,
) -> Plan:
    """What booking such a series would come to. Raises DomainError as `book_series` does."""
    when = (tuple(sorted(weekdays)), interval, starts_on, wall_time)
    pattern = new_pattern(*when, until=until, count=count, today=today(type.facility.tz))
    return booking_plan(Terms(pattern, practitioner, location, interpreter), type.facility.tz)


def examined(plan: Plan, *, patient: Patient, type: AppointmentType, refused: Mapping[date, str] | None = None) -> Plan:
    """The plan with what stands in the way of each day, and the nearest free times of that day instead.

    `refused` is what booking itself said of days. Eight queries, and one more for each day that does not work.
    """
    lines, terms, refused = plan.lines, plan.terms, refused or {}
    planned = {line.on: line for line in lines if line.is_planned}
    leaving = [line.appointment.pk for line in lines if line.appointment and line.what in {What.MOVE, What.CANCEL}]
    wanted = Wanted(
        type=type, patient=patient, practitioner=terms.practitioner, location=terms.location,
        interpreter=terms.interpreter, without=leaving,
        moments={day: line.starts_at for day, line in planned.items() if line.starts_at},
    )  # fmt: skip
    found = obstacles(wanted)
    for day, line in planned.items():
        obstacle = found.get(day)
        line.problem = refused.get(day) or (obstacle.text if obstacle else line.problem)
        if line.problem and (obstacle is None or obstacle.other_time_helps):
            line.others = _nearest(line, wanted, terms)
    return plan


def _nearest(line: Line, wanted: Wanted, terms: Terms) -> list[datetime]:
    """The free times of the day that are nearest to the one asked for, in their order.

    Where the clocks change, the two that may be meant are the nearest.
    """
    facility, clock = wanted.facility, terms.pattern.wall_time
    asked, meant = datetime.combine(line.on, clock, facility.tz), alternatives(line.on, clock, facility.tz)
    found = free_slots(
        practitioners=[terms.practitioner], type=wanted.type, facility=facility, from_day=line.on, days=1,
        patient=wanted.patient, location=terms.location, limit=25 * 4,
        interpreters=[terms.interpreter] if terms.interpreter else [],
    )  # fmt: skip
    times = {slot.starts_at for slot in found} - {line.starts_at}
    return sorted(sorted(times, key=lambda moment: (moment not in meant, abs(moment - asked), moment))[:NEAREST])


def plan_rows(plan: Plan, facility: Facility) -> list[Row]:
    """The lines of a plan, ready to print."""
    now = today(facility.tz)
    return [
        {
            "line": line, "day": day_label(line.on, now), "words": _words(line, facility), "tone": TONES[line.what],
            "label": LABELS[line.what], "problem": line.problem,
        }
        for line in plan.lines
    ]  # fmt: skip


LABELS = {
    What.BOOK: "Book", What.MOVE: "Move", What.KEEP: "Stays", What.OWN: "Changed by itself", What.CANCEL: "Cancel",
    What.OUT: "Left out",
}  # fmt: skip
TONES = {
    What.BOOK: "info", What.MOVE: "info", What.KEEP: "neutral", What.OWN: "primary", What.CANCEL: "danger",
    What.OUT: "neutral",
}  # fmt: skip


def _words(line: Line, facility: Facility) -> str:
    at = f"{line.starts_at.astimezone(facility.tz):%H:%M}" if line.starts_at else "no such time"
    before = when_label(line.appointment.starts_at, facility.tz) if line.appointment else ""
    if line.what == What.OWN:
        gone = line.appointment is not None and line.appointment.status == Appointment.Status.CANCELLED
        return f"Stays cancelled, was {before}" if gone else f"Stays at {before}"
    words = {What.BOOK: at, What.MOVE: f"{at}, now {before}", What.KEEP: f"Stays at {at}", What.CANCEL: before}
    return words.get(line.what, "No visit")
