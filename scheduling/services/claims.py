"""Rows taken by a worker: a lease, so that nobody else sends them, and so that a dead worker's come back."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility
from core.times import day_bounds, today
from scheduling.models import Reminder

Status = Reminder.Status
Day = tuple[int, int, date]  # of a person at a facility
ONE_AT_A_TIME = 0x5EED  # any number that no other advisory lock of the house uses


def release_expired_leases() -> None:
    """Claimed rows of a worker that is gone are due again; a message it was sending is in doubt."""
    now = timezone.now()
    late = Reminder.objects.filter(lease_until__lt=now)
    late.filter(status=Status.SENDING).update(status=Status.IN_DOUBT, code="worker-lost", changed_at=now)
    late.filter(status=Status.CLAIMED).update(status=Status.DUE, worker="", lease_until=None, changed_at=now)


@transaction.atomic
def claim(*, worker: str, batch: int) -> list[int]:
    """Take up to `batch` due rows, the longest due first, and what goes in the same messages with them.

    Claims are made one after the other, so that the rows of one message never fall to two workers; what another
    transaction holds is passed over. A worker that freezes here loses its connection after a minute.
    """
    _wait_for_my_turn()
    due = Reminder.objects.due().order_by("send_at").select_for_update(skip_locked=True, no_key=True)
    found = list(due.values_list("pk", flat=True)[:batch])
    found += _companions(found)
    now = timezone.now()
    Reminder.objects.filter(pk__in=found).update(
        status=Status.CLAIMED, worker=worker, lease_until=now + lease(), changed_at=now
    )
    return found


def lease() -> timedelta:
    return timedelta(seconds=settings.REMINDER_LEASE_SECONDS)


def _wait_for_my_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '60s', true)")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _companions(found: Collection[int]) -> list[int]:
    """Rows that the messages of these tell as well: of the same person, at the same facility, about the same day.

    All that are due, and of each further appointment the first that comes up later today.
    """
    now = timezone.now()
    mine = Reminder.objects.filter(pk__in=found, purpose=Reminder.Purpose.REMINDER)
    told = list(
        mine.values_list("appointment", "appointment__patient", "appointment__facility", "appointment__wall_date")
    )
    days: set[Day] = {(patient or 0, facility, day) for _, patient, facility, day in told}
    covered = {visit for visit, *_ in told}
    companions: list[int] = []
    tonight = _midnights({facility for _, facility, _ in days})
    for row in _unclaimed_about(days).exclude(pk__in=found):
        visit = row.appointment
        is_told = (visit.patient_id or 0, visit.facility_id, visit.wall_date) in days
        is_next = visit.pk not in covered and row.send_at < tonight[visit.facility_id]
        if is_told and (row.send_at <= now or is_next):
            companions.append(row.pk)
            covered.add(visit.pk)
    return companions


def _unclaimed_about(days: set[Day]) -> QuerySet[Reminder]:
    """Locked rows of these people on these days, and some more: whoever asks picks out the exact ones."""
    about = Reminder.objects.filter(
        status=Status.DUE,
        purpose=Reminder.Purpose.REMINDER,
        appointment__patient__in={patient for patient, _, _ in days},
        appointment__facility__in={facility for _, facility, _ in days},
        appointment__wall_date__in={day for _, _, day in days},
    )
    rows = about.select_related("appointment").order_by("send_at", "pk")
    return rows.select_for_update(skip_locked=True, no_key=True, of=("self",))


def _midnights(facilities: set[int]) -> dict[int, datetime]:
    """When today ends, on the clock of each facility."""
    rows = Facility.objects.in_bulk(facilities)
    return {pk: day_bounds(today(row.tz), row.tz)[1] for pk, row in rows.items()}
