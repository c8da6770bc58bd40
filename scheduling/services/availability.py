"""Hours of the week, time away, extra hours and closures. What is booked already stays: somebody moves it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility, Location, User
from core import audit
from core.errors import DomainError
from core.times import at_wall_time, day_bounds, today
from scheduling.models import AvailabilityException, AvailabilityRule
from scheduling.services.locks import lock
from staff.models import Practitioner

Kind = AvailabilityException.Kind
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@transaction.atomic
def add_hours(
    *,
    practitioner: Practitioner,
    facility: Facility,
    weekdays: Iterable[int],
    starts: time,
    ends: time,
    valid_from: date,
    valid_until: date | None = None,
    by: User,
) -> list[AvailabilityRule]:
    """Hours on these days of the week, from a date on. Raises DomainError if they meet hours that are there."""
    lock([practitioner])
    rows = []
    for weekday in sorted(set(weekdays)):
        row = AvailabilityRule(practitioner=practitioner, facility=facility, weekday=weekday, starts=starts, ends=ends)
        row.valid_from, row.valid_until = valid_from, valid_until
        rows.append(_save(row, by))
    return rows


@transaction.atomic
def change_hours(*, rule: AvailabilityRule, starts: time, ends: time, valid_from: date, by: User) -> AvailabilityRule:
    """Other hours on that day of the week from a date on: the earlier end the day before, and stay on record.

    Raises DomainError for a date that is past, or if they meet other hours.
    """
    rule = _locked(rule)
    _require_coming(rule, valid_from, "valid_from")
    if valid_from <= rule.valid_from:
        rule.starts, rule.ends = starts, ends
        return _save(rule, by)
    later = AvailabilityRule(practitioner=rule.practitioner, facility=rule.facility, weekday=rule.weekday)
    later.location, later.starts, later.ends = rule.location, starts, ends
    later.valid_from, later.valid_until = valid_from, rule.valid_until
    rule.valid_until = valid_from - timedelta(days=1)
    audit.save(rule, by=by)
    return _save(later, by)


@transaction.atomic
def end_hours(*, rule: AvailabilityRule, last_day: date, by: User) -> None:
    """The hours hold until that day. Those that would end before they begin are taken off altogether.

    Raises DomainError for a day before yesterday: what was open then has been.
    """
    rule = _locked(rule)
    if last_day < rule.valid_from and rule.valid_from > today(rule.facility.tz):
        rule._history_user, rule._change_reason = by, "ended before it began"
        rule.delete()
        return
    _require_coming(rule, last_day + timedelta(days=1), "last_day")
    rule.valid_until = last_day
    audit.save(rule, by=by)


@transaction.atomic
def add_exception(
    *,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    facility: Facility,
    by: User,
    practitioner: Practitioner | None = None,
    location: Location | None = None,
    note: str = "",
) -> AvailabilityException:
    """Leave, travel, training or extra hours of a practitioner; or the closure of a room, of equipment or, with
    neither, of the whole facility.

    A booking under way either sees it or is among those that fall into it.
    Raises DomainError if it is over already or ends before it begins.
    """
    if ends_at <= starts_at:
        raise DomainError("It has to end after it begins.", code="ends", field="last_day")
    if ends_at <= timezone.now():
        raise DomainError("That is over already.", code="past", field="last_day")
    lock([practitioner], [location])
    row = AvailabilityException(kind=kind, practitioner=practitioner, location=location, note=note)
    row.facility = None if kind in AvailabilityException.AWAY else facility
    row.during = DateTimeTZRange(starts_at, ends_at)
    return audit.save(row, by=by)


@transaction.atomic
def withdraw_exception(*, exception: AvailabilityException, by: User) -> None:
    """It holds no longer; it stays on record. Harmless twice."""
    row = AvailabilityException.objects.select_for_update(no_key=True).get(pk=exception.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        audit.save(row, by=by)


def span_of(
    first_day: date, last_day: date, *, from_time: time | None, until_time: time | None, facility: Facility
) -> tuple[datetime, datetime]:
    """Days of the facility in moments; without a time a day counts from its beginning, and to its end.

    Raises core.times.WallTimeError for a time that the change of clocks skips or shows twice.
    """
    starts_at, _ = day_bounds(first_day, facility.tz)
    _, ends_at = day_bounds(last_day, facility.tz)
    starts_at = at_wall_time(first_day, from_time, facility.tz) if from_time else starts_at
    return starts_at, at_wall_time(last_day, until_time, facility.tz) if until_time else ends_at


def _locked(rule: AvailabilityRule) -> AvailabilityRule:
    lock([rule.practitioner])
    rows = AvailabilityRule.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("practitioner", "facility", "location").get(pk=rule.pk)


def _require_coming(rule: AvailabilityRule, day: date, field: str) -> None:
    if day < today(rule.facility.tz):
        raise DomainError("Choose today or a later day: what was open before then has been.", code="past", field=field)


def _save(rule: AvailabilityRule, by: User) -> AvailabilityRule:
    if rule.ends <= rule.starts:
        raise DomainError("The hours have to end after they begin.", code="ends", field="ends")
    if rule.valid_until and rule.valid_until < rule.valid_from:
        raise DomainError("The last day is before the first.", code="ends", field="valid_until")
    if met := _met(rule):
        said = f"There are hours on {WEEKDAYS[rule.weekday]} already, {met.starts:%H:%M} to {met.ends:%H:%M}."
        raise DomainError(f"{said} Change those, or choose hours beside them.", code="hours.met", field="starts")
    return audit.save(rule, by=by)


def _met(rule: AvailabilityRule) -> AvailabilityRule | None:
    rows = AvailabilityRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=rule.valid_from),
        practitioner=rule.practitioner, facility=rule.facility, weekday=rule.weekday, starts__lt=rule.ends,
        ends__gt=rule.starts,
    )  # fmt: skip
    if rule.valid_until:
        rows = rows.filter(valid_from__lte=rule.valid_until)
    return rows.exclude(pk=rule.pk).order_by("starts").first()
