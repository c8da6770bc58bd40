"""Bookings follow the clock on the wall: when a zone gets new rules, their moment moves and their time stays."""

from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from core import audit
from core.errors import DomainError
from core.times import WallTimeError, alternatives, at_wall_time, is_skipped
from patients.models import Patient
from scheduling.models import Appointment, Reminder
from scheduling.services import guards
from scheduling.services.locks import lock, lock_for
from scheduling.services.queue import send_time

REASON = "wall-time"


@dataclass
class Settled:
    """Ids of appointments: moved to where their wall time is now, and left because it is taken or does not exist."""

    looked_at: int = 0
    moved: list[int] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)


def settle_wall_times(*, dry_run: bool = False) -> Settled:
    """Move each coming booking whose moment disagrees with its wall time under today's rules of its zone.

    Participants and waiting reminders move along; the answer and the links stay good, for nothing changes for the
    person. Each is a transaction of its own; who would be taken twice is left, with the code of the rule. A time
    that the clocks show twice agrees with either moment. `dry_run` writes nothing and finds no conflicts.
    """
    report, wrong = Settled(), []
    rows = Appointment.objects.filter(status__in=Appointment.UPCOMING, external=False, starts_at__gt=timezone.now())
    for row in rows.only("starts_at", "wall_date", "wall_time", "time_zone").order_by("starts_at").iterator():
        report.looked_at += 1
        try:
            if shift := _shift(row):
                wrong.append((shift, row))
        except WallTimeError as error:
            report.left[row.pk] = error.code
    for shift, row in _without_meeting(wrong):
        _settle(row, shift, report, dry_run=dry_run)
    return report


def _shift(row: Appointment) -> timedelta:
    """How far the moment is from where the wall time is now. Raises WallTimeError if there is no such time."""
    tz = ZoneInfo(row.time_zone)
    twice = alternatives(row.wall_date, row.wall_time, tz)
    if row.starts_at in twice and not is_skipped(twice):
        return timedelta()
    return at_wall_time(row.wall_date, row.wall_time, tz) - row.starts_at


def _without_meeting(wrong: list[tuple[timedelta, Appointment]]) -> list[tuple[timedelta, Appointment]]:
    """Those that move later, the last first, then those that move earlier, the first first: none meets its neighbor."""
    later = [pair for pair in wrong if pair[0] > timedelta()]
    return later[::-1] + [pair for pair in wrong if pair[0] < timedelta()]


def _settle(row: Appointment, shift: timedelta, report: Settled, *, dry_run: bool) -> None:
    try:
        if not dry_run:
            _move(row, shift)
        report.moved.append(row.pk)
    except DomainError as error:
        report.left[row.pk] = error.code


@transaction.atomic
def _move(row: Appointment, shift: timedelta) -> None:
    appointment = Appointment.objects.get(pk=row.pk)
    people = _seated(appointment)
    lock([appointment.practitioner, appointment.interpreter], [appointment.location, appointment.equipment])
    for person in people:
        lock(patient=person)
    appointment = lock_for(appointment)
    _require_unchanged(appointment, row)
    appointment.starts_at, appointment.ends_at = appointment.starts_at + shift, appointment.ends_at + shift
    seats: list[guards.Resource] = [("patient", person) for person in people]
    taken = guards.clashes(appointment, [*guards.resources(appointment), *seats])
    if taken:
        resource, other = next(iter(taken.items()))
        raise guards.refusal(resource, other)
    audit.save(appointment, by=None, reason=REASON)
    for part in appointment.participants.filter(active=True):
        part.during = guards.during(appointment)
        audit.save(part, by=None, reason=REASON)
    _send_anew(appointment)


def _seated(appointment: Appointment) -> list[Patient]:
    """The person, or all who have a seat, in the order in which they are locked."""
    parts = appointment.participants.filter(active=True, patient__isnull=False).select_related("patient")
    return [part.patient for part in parts.order_by("patient_id") if part.patient]


def _require_unchanged(appointment: Appointment, row: Appointment) -> None:
    if appointment.starts_at != row.starts_at or appointment.status not in Appointment.UPCOMING:
        raise DomainError("Somebody has just changed this appointment.", code="changed")


def _send_anew(appointment: Appointment) -> None:
    """What waits goes at its rule's time before the new moment."""
    for reminder in appointment.reminders.filter(status=Reminder.Status.DUE).select_related("rule"):
        if reminder.rule:
            at = send_time(reminder.rule, appointment)
            Reminder.objects.filter(pk=reminder.pk).update(send_at=at, changed_at=timezone.now())
