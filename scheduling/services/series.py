"""Visits that recur: book them, change them from one on or all, cancel them. One visit alone is moved as any other."""

from collections.abc import Iterable
from datetime import date, time, timedelta

from django.db import transaction

from accounts.models import Location, User
from core import audit
from core.errors import DomainError
from core.times import today
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, Series
from scheduling.recurrence import new_pattern
from scheduling.selectors.seriesplan import (
    Plan,
    Terms,
    What,
    booking_plan,
    change_plan,
    ending,
)
from scheduling.services import rules
from scheduling.services.booking import cancel_appointment
from scheduling.services.locks import lock
from scheduling.services.occurrences import Choices, carry_out
from staff.models import Practitioner


@transaction.atomic
def book_series(
    *,
    patient: Patient,
    type: AppointmentType,
    practitioner: Practitioner,
    location: Location | None,
    weekdays: Iterable[int],
    interval: int,
    starts_on: date,
    wall_time: time,
    by: User,
    until: date | None = None,
    count: int | None = None,
    interpreter: Practitioner | None = None,
    choices: Choices | None = None,
    skip_conflicts: bool = False,
) -> Series:
    """Book a visit every so many weeks on weekdays (0 is Monday) at one wall time, until a day or so many times.

    10:00 stays 10:00 when the clocks change. All or nothing: `choices` says of a day another time or that it is left
    out, `skip_conflicts` leaves out every day that cannot be booked.
    Raises DaysRefused with why of each day otherwise, and DomainError for more than 60 visits, more than a year, a
    start in the past, no visit at all, or what no single visit could be booked for.
    """
    when = (tuple(sorted(weekdays)), interval, starts_on, wall_time)
    pattern = new_pattern(*when, until=until, count=count, today=today(type.facility.tz))
    patient = lock([practitioner, interpreter], [location, *type.equipment.all()], patient) or patient
    require_bookable(patient=patient, type=type)
    terms = Terms(pattern, practitioner, location, interpreter)
    series = Series(
        patient=patient, type=type, facility=type.facility, time_zone=type.facility.time_zone,
        episode=patient.episodes.open().filter(facility=type.facility).first(), interval=interval, starts_on=starts_on,
    )  # fmt: skip
    audit.save(_saying(series, terms), by=by)
    lines = booking_plan(terms, type.facility.tz).lines
    out = carry_out(series, terms, lines, choices=choices or {}, skip_conflicts=skip_conflicts, by=by)
    if len(out) == len(lines):
        raise DomainError("No visit would be left. Leave out fewer days.", code="series.empty")
    return _leaving_out(series, out, by) if out else series


def require_bookable(*, patient: Patient, type: AppointmentType) -> None:
    """Raises DomainError if no visit of the type could be booked for the person, on whatever day."""
    rules.require_person(patient, type.facility)
    rules.require_steps(patient, type)


@transaction.atomic
def change_series(
    *,
    series: Series,
    terms: Terms,
    by: User,
    since: Appointment | None = None,
    choices: Choices | None = None,
    seen: str = "",
) -> Series:
    """Let all visits to come, or `since` and those that follow, be as `terms` says; answers the series they are of.

    What is past or under way, and what was changed by itself, stays as it is. From one visit on, the series ends the
    day before and another continues it; the exceptions that follow go along. A visit whose weekday is gone takes
    another new day of its week; if there is none, it is cancelled. `seen` is the signature of the plan looked at.
    Raises DaysRefused as `book_series` does, and DomainError if somebody changed the series since it was looked at.
    """
    series = _locked(series, [terms.practitioner, terms.interpreter], [terms.location])
    rules.require_person(series.patient, series.type.facility)
    plan = change_plan(series, terms, since)
    if seen and plan.signature != seen:
        raise DomainError("Somebody has changed this series since you looked at it.", code="changed")
    target = _continued(series, plan, by) if plan.splits else _saying(series, terms, plan)
    out = carry_out(target, terms, plan.lines, choices=choices or {}, by=by)
    kept = [] if plan.splits else [day for day in series.left_out if day < plan.begins]
    return _leaving_out(target, kept + out, by)


@transaction.atomic
def cancel_series(
    *,
    series: Series,
    reason: str,
    by: User,
    since: Appointment | None = None,
    with_exceptions: bool = False,
    seen: int | None = None,
) -> list[Appointment]:
    """Cancel all visits to come, or one and those that follow; the series ends before them.

    What was changed by itself stays, unless `with_exceptions`. Answers what was cancelled.
    Raises DomainError without a reason, if nothing is to come any more, or if the series is no longer of the version
    `seen`.
    """
    if not reason.strip():
        raise DomainError("Say why they are cancelled.", code="reason", field="reason")
    series = _locked(series, *_taken(ending(series, since, with_exceptions=with_exceptions)))
    if seen is not None and seen != series.version:
        raise DomainError("Somebody has changed this series. These are its visits now.", code="changed")
    rows = ending(series, since, with_exceptions=with_exceptions)
    if not rows:
        raise DomainError("No visit of this series is to come any more.", code="series.over")
    for row in rows:
        cancel_appointment(appointment=row, reason=reason, by=by, as_exception=row.is_exception)
    days = [row.occurrence_on for row in rows if row.occurrence_on and not row.is_exception]
    if days:
        series.until = max(series.starts_on, min(days) - timedelta(days=1))
        series.left_out = [day for day in series.left_out if day <= series.until]
        audit.save(series, by=by)
    return rows


def _taken(rows: Iterable[Appointment]) -> tuple[list[Practitioner | None], list[Location | None]]:
    people = [person for row in rows for person in (row.practitioner, row.interpreter)]
    return people, [row.location for row in rows]


def _locked(
    series: Series, practitioners: Iterable[Practitioner | None], locations: Iterable[Location | None]
) -> Series:
    """Lock all that the series and the change may take, in the order of `lock`, then the series itself."""
    rows = Series.objects.select_related("facility", "type", "patient", "practitioner", "location", "interpreter")
    read = rows.get(pk=series.pk)
    lock(
        [read.practitioner, read.interpreter, *practitioners],
        [read.location, *locations, *read.type.equipment.all()],
        read.patient,
    )
    now = rows.select_for_update(no_key=True, of=("self",)).get(pk=series.pk)
    if now.version != read.version:
        raise DomainError("Somebody has just changed this series. Look at it again.", code="changed")
    return now


def _saying(series: Series, terms: Terms, plan: Plan | None = None) -> Series:
    """Put the terms into the series. Saves nothing."""
    pattern = terms.pattern
    series.weekdays, series.wall_time, series.until = sorted(pattern.weekdays), pattern.wall_time, pattern.until
    series.practitioner, series.location, series.interpreter = terms.practitioner, terms.location, terms.interpreter
    if plan is not None:
        series.starts_on = min(series.starts_on, _first(plan))
    return series


def _continued(old: Series, plan: Plan, by: User) -> Series:
    """End the series the day before the change begins, and put another between it and its later part."""
    later = getattr(old, "continued_by", None)
    old.until, old.left_out = plan.begins - timedelta(days=1), [day for day in old.left_out if day < plan.begins]
    audit.save(old, by=by)
    new = Series(
        patient=old.patient, type=old.type, facility=old.facility, episode=old.episode, interval=old.interval,
        starts_on=_first(plan), time_zone=old.time_zone,
    )  # fmt: skip
    audit.save(_saying(new, plan.terms), by=by)
    if later is not None:
        later.continues = new
        audit.save(later, by=by)
    new.continues = old
    return new


def _first(plan: Plan) -> date:
    return min((line.on for line in plan.lines if line.what != What.CANCEL), default=plan.begins)


def _leaving_out(series: Series, days: Iterable[date], by: User) -> Series:
    series.left_out = sorted(days)
    return audit.save(series, by=by)
