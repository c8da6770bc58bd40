"""What the screens of hours, time away and closures show."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import Facility, Location, User
from accounts.roles import Perm
from core.labels import day_label, distance_label, when_label
from core.times import day_bounds, today
from patients.access import with_asking
from scheduling.models import Appointment, AppointmentParticipant, AvailabilityException, AvailabilityRule
from scheduling.selectors.appointments import Row, appointment_row, nameable, permitted
from staff.models import Practitioner
from staff.selectors import practitioners as staff_of

Kind = AvailabilityException.Kind
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TONES = {
    Kind.LEAVE: "warning",
    Kind.TRAVEL: "warning",
    Kind.TRAINING: "info",
    Kind.CLOSED: "danger",
    Kind.EXTRA: "success",
}
MOST = 200  # bookings listed at once


def availability_rows(facility: Facility) -> list[Row]:
    """Everybody who works at the facility: the hours of the week as they are today, and what is next. Four queries."""
    people = list(staff_of(facility))
    now = today(facility.tz)
    hours: dict[int, list[AvailabilityRule]] = defaultdict(list)
    for rule in _lasting(facility).filter(practitioner__in=people, valid_from__lte=now):
        hours[rule.practitioner_id].append(rule)
    nexts: dict[int | None, AvailabilityException] = {}
    for row in exceptions_ahead(facility).filter(practitioner__in=people):
        nexts.setdefault(row.practitioner_id, row)
    return [
        {
            "name": str(person),
            "kind": person.get_kind_display(),
            "url": page_of(person),
            "hours": week_words(hours[person.pk]),
            "next": exception_row(nexts[person.pk], facility) if person.pk in nexts else None,
        }
        for person in people
    ]


def page_of(person: Practitioner) -> str:
    return f"{reverse('scheduling:availability_list')}practitioners/{person.uuid}/"


def week_words(rules: Iterable[AvailabilityRule]) -> list[str]:
    """`Mon to Fri 08:30–12:00, 13:00–17:30`, a line for each group of days that are alike."""
    spans: dict[int, list[str]] = defaultdict(list)
    for rule in sorted(rules, key=lambda one: (one.weekday, one.starts)):
        spans[rule.weekday].append(f"{rule.starts:%H:%M}–{rule.ends:%H:%M}")
    alike: dict[str, list[int]] = defaultdict(list)
    for weekday, times in spans.items():
        alike[", ".join(times)].append(weekday)
    return [f"{_days(weekdays)} {times}" for times, weekdays in alike.items()]


def _days(weekdays: list[int]) -> str:
    """Days that follow each other as one: `Mon to Fri, Sun`."""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(
        f"{DAYS[run[0]]} to {DAYS[run[-1]]}" if len(run) > 2 else ", ".join(DAYS[d] for d in run) for run in runs
    )


def hours_rows(practitioner: Practitioner, facility: Facility) -> list[Row]:
    """The weekly hours that hold today or later, by day of the week. One query."""
    now, base = today(facility.tz), reverse("scheduling:availability_list")
    rows = _lasting(facility).filter(practitioner=practitioner).order_by("weekday", "starts", "valid_from")
    return [
        {
            "edit_url": f"{base}hours/{rule.uuid}/edit/",
            "end_url": f"{base}hours/{rule.uuid}/end/",
            "weekday": LONG_DAYS[rule.weekday],
            "hours": f"{rule.starts:%H:%M} to {rule.ends:%H:%M}",
            "from": f"from {day_label(rule.valid_from, now)}" if rule.valid_from > now else "",
            "until": f"until {day_label(rule.valid_until, now)}" if rule.valid_until else "",
        }
        for rule in rows
    ]


def rule_words(rule: AvailabilityRule) -> str:
    """`Mondays 08:30 to 12:00`."""
    return f"{LONG_DAYS[rule.weekday]}s {rule.starts:%H:%M} to {rule.ends:%H:%M}"


def rule_of(facility: Facility, pk: UUID) -> AvailabilityRule:
    """Weekly hours at the facility. Raises Http404."""
    rows = AvailabilityRule.objects.filter(facility=facility, uuid=pk).select_related("practitioner", "facility")
    return _found(rows.first())


def exceptions_ahead(facility: Facility) -> QuerySet[AvailabilityException]:
    """What holds now or later, the soonest first: of the facility, and of people who work there."""
    rows = AvailabilityException.objects.filter(withdrawn_at__isnull=True, during__endswith__gt=timezone.now())
    return (
        rows.filter(_concerns(facility)).select_related("practitioner", "location").order_by("during", "pk").distinct()
    )


def exception_of(facility: Facility, pk: UUID) -> AvailabilityException:
    """An exception that concerns the facility, withdrawn or over too. Raises Http404."""
    rows = AvailabilityException.objects.filter(_concerns(facility), uuid=pk).select_related("practitioner", "location")
    return _found(rows.first())


def _concerns(facility: Facility) -> Q:
    return Q(facility=facility) | Q(facility__isnull=True, practitioner__roles__facility=facility)


def exception_rows(facility: Facility, practitioner: Practitioner) -> list[Row]:
    """Time away and extra hours of one person, now or later. One query."""
    return [exception_row(row, facility) for row in exceptions_ahead(facility).filter(practitioner=practitioner)]


def closure_rows(facility: Facility) -> list[Row]:
    """Closures of the facility, of rooms and of equipment, now or later. One query."""
    return [exception_row(row, facility) for row in exceptions_ahead(facility).filter(kind=Kind.CLOSED)]


def exception_row(row: AvailabilityException, facility: Facility) -> Row:
    """One exception ready to print."""
    return {
        "uuid": row.uuid,
        "url": f"{reverse('scheduling:availability_list')}exceptions/{row.uuid}/",
        "kind": row.get_kind_display(),
        "tone": TONES[Kind(row.kind)],
        "who": str(row.practitioner or row.location or facility),
        "when": span_words(row.during.lower, row.during.upper, facility),
        "note": row.note,
        "is_over": row.during.upper <= timezone.now(),
        "is_withdrawn": row.withdrawn_at is not None,
        "is_extra": row.kind == Kind.EXTRA,
    }


def span_words(starts_at: datetime, ends_at: datetime, facility: Facility) -> str:
    """`Mon 7 Dec to Fri 11 Dec` for whole days, else with the times."""
    tz, now = facility.tz, today(facility.tz)
    first, last = starts_at.astimezone(tz), (ends_at - timedelta(microseconds=1)).astimezone(tz)
    if starts_at == day_bounds(first.date(), tz)[0] and ends_at == day_bounds(last.date(), tz)[1]:
        end = "" if first.date() == last.date() else f" to {day_label(last.date(), now)}"
        return day_label(first.date(), now) + end
    until = ends_at.astimezone(tz)
    same = first.date() == until.date()
    return (
        f"{when_label(starts_at, tz)} to {until:%H:%M}"
        if same
        else f"{when_label(starts_at, tz)} to {when_label(ends_at, tz)}"
    )


@dataclass(frozen=True)
class Bookings:
    """What is booked in a time that has become impossible. `rows` is None for who may not see names."""

    count: int
    elsewhere: int
    rows: list[Row] | None

    @property
    def more(self) -> int:
        return self.count - len(self.rows or [])


def bookings_in(exception: AvailabilityException, facility: Facility, user: User) -> Bookings:
    """The visits to come that fall into leave or a closure, the soonest first; each with where it is moved.

    Who sees nobody's appointments at the facility is told how many they are. Five queries at most.
    """
    if exception.kind == Kind.EXTRA or exception.withdrawn_at:
        return Bookings(0, 0, [])
    here = _falling_into(exception).filter(facility=facility)
    count = here.count()
    elsewhere = _falling_into(exception).exclude(facility=facility).count() if exception.practitioner else 0
    if facility.pk not in access.scopes(user, Perm.APPOINTMENT_VIEW):
        return Bookings(count, elsewhere, None)
    found = list(with_asking(here, facility, user=user).order_by("starts_at", "pk")[:MOST])
    names = nameable(user, facility, [row.patient_id for row in found])
    movable = permitted(user, Perm.APPOINTMENT_EDIT, facility, [row.patient_id for row in found])
    return Bookings(
        count, elsewhere, [_booking(row, facility, row.patient_id in names, row.patient_id in movable) for row in found]
    )


def _booking(row: Appointment, facility: Facility, named: bool, movable: bool) -> Row:
    shown = appointment_row(row, facility, named=named)
    return shown | {"move_url": f"{shown['url']}move/" if shown["url"] and movable else ""}


def _falling_into(exception: AvailabilityException) -> QuerySet[Appointment]:
    """Not yet begun, and the visit itself, not its pause, meets the time."""
    lower, upper = max(exception.during.lower, timezone.now()), exception.during.upper
    rows = Appointment.objects.filter(
        status__in=Appointment.UPCOMING, external=False, starts_at__lt=upper, ends_at__gt=lower
    ).select_related("type", "practitioner", "location", "patient", "interpreter", "equipment")
    if exception.practitioner_id:
        who = exception.practitioner_id
        return rows.filter(Q(practitioner=who) | Q(interpreter=who))
    if exception.location_id:
        return rows.filter(Q(location=exception.location_id) | Q(equipment=exception.location_id))
    return rows.filter(facility=exception.facility_id)


def place_rows(facility: Facility) -> list[Row]:
    """Rooms and equipment: what is booked in them today, and the next closure of each. Three queries."""
    places = list(places_of(facility).order_by("-kind", "name"))
    used = _used_today(facility, places)
    closed: dict[int | None, AvailabilityException] = {}
    for row in exceptions_ahead(facility).filter(kind=Kind.CLOSED, location__in=places):
        closed.setdefault(row.location_id, row)
    day = today(facility.tz).isoformat()
    return [
        {
            "name": str(place),
            "uuid": place.uuid,
            "kind": place.get_kind_display(),
            "seats": place.seats,
            "is_closed": place.operational_status == Location.OperationalStatus.CLOSED,
            "used": _use_words(used[place.pk]),
            "day_url": f"{reverse('scheduling:day')}?day={day}&location={place.uuid}",
            "closed": exception_row(closed[place.pk], facility) if place.pk in closed else None,
        }
        for place in places
    ]


def places_of(facility: Facility) -> QuerySet[Location]:
    """What can be booked and closed: rooms and equipment, by name."""
    return facility.locations.filter(kind__in=[Location.Kind.ROOM, Location.Kind.EQUIPMENT]).order_by("name")


def _used_today(facility: Facility, places: list[Location]) -> dict[int, list[Any]]:
    bounds = day_bounds(today(facility.tz), facility.tz)
    rows = AppointmentParticipant.objects.filter(
        active=True, location__in=places, during__overlap=bounds, appointment__isnull=False
    )
    used: dict[int, list[Any]] = defaultdict(list)
    for pk, during in rows.values_list("location_id", "during"):
        used[pk].append(min(during.upper, bounds[1]) - max(during.lower, bounds[0]))
    return used


def _use_words(spans: list[timedelta]) -> str:
    if not spans:
        return "Nothing today"
    many = "1 booking" if len(spans) == 1 else f"{len(spans)} bookings"
    return f"{many}, {distance_label(sum(spans, timedelta()))}"


def _lasting(facility: Facility) -> QuerySet[AvailabilityRule]:
    return AvailabilityRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today(facility.tz)), facility=facility
    )


def _found(row: Any) -> Any:
    if row is None:
        raise Http404
    return row
