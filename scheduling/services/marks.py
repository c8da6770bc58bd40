"""The marks a worker leaves on its rows, each committed before the next step and only on rows it still holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from scheduling.links import digest
from scheduling.models import Reminder
from scheduling.services.claims import lease

Status = Reminder.Status
# All that a message was made from. ctid and xmin are PostgreSQL's own marks of the last version of a row: whatever
# changes the appointment, the person, the consent or the address, by whatever way, changes this text.
SEEN = "concat_ws(' ', r.id, a.ctid, a.xmin, p.ctid, p.xmin, c.ctid, c.xmin, k.ctid, k.xmin)"
ABOUT = """
    scheduling_appointment a
    LEFT JOIN patients_patient p ON p.id = a.patient_id
    LEFT JOIN records_channelconsent c ON c.patient_id = a.patient_id AND c.facility_id = a.facility_id
        AND c.category = 'reminder-email' AND c.status = 'active'
    LEFT JOIN patients_contactpoint k ON k.id = c.contact_point_id
"""
READ = f"""
    SELECT r.id, {SEEN} FROM scheduling_reminder r, {ABOUT}
    WHERE a.id = r.appointment_id AND r.id = ANY(%s)
"""  # noqa: S608 (no value is put into it)
# `status || ''` keeps the planner from the index of leased rows, which is full of dead ones just when it matters.
# Prepared, because to plan it anew for every message costs more than to run it.
LEAVE = f"""
    PREPARE reminders_leave (bigint[], text, timestamptz, bigint[], text[], text, text, timestamptz) AS
    WITH told AS (
        UPDATE scheduling_reminder
        SET status = 'sent', sent_at = $3, changed_at = $3, lease_until = NULL, code = ''
        WHERE id = ANY($1) AND worker = $2 AND status IN ('sending', 'in-doubt')
    )
    UPDATE scheduling_reminder r
    SET status = 'sending', changed_at = $3, lease_until = $8,
        message_id = CASE WHEN r.id = $4[1] THEN $6 ELSE '' END,
        domain = CASE WHEN r.id = $4[1] THEN $7 ELSE '' END,
        told_with_id = CASE WHEN r.id = $4[1] THEN NULL ELSE $4[1] END
    FROM {ABOUT}
    WHERE a.id = r.appointment_id AND r.id = ANY($4) AND r.worker = $2 AND r.status || '' = 'claimed'
        AND {SEEN} = ANY($5)
    RETURNING r.id
"""  # noqa: S608 (no value is put into either)
KEEP = """
    INSERT INTO scheduling_appointmentlink
        (appointment_id, reminder_id, schedule_version, purpose, token_sha256, created_at)
    SELECT a, r, v, p, t, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[]) AS u(a, r, v, p, t)
"""


def fingerprints(pks: Collection[int]) -> dict[int, str]:
    """What `leave` compares, for each row. Read it before what a message is made from."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(pks)])
        return dict(cursor.fetchall())


def prepare_leave() -> None:
    """Make `leave` ready on this connection; anew for each batch, so that its plan is never older than that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name = 'reminders_leave'")
        if cursor.fetchall():
            cursor.execute("DEALLOCATE reminders_leave")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(LEAVE)


def leave(
    *,
    worker: str,
    told: Sequence[int],
    rows: Sequence[int],
    seen: Sequence[str],
    message_id: str = "",
    domain: str = "",
) -> bool:
    """In one statement: the message before (`told`) has been accepted, and the next is about to leave.

    False if anything that the next was made from has changed since it was read, or the worker has lost a row; then
    none of its rows is marked.
    """
    now = timezone.now()
    values: list[Any] = [list(told), worker, now, list(rows), list(seen), message_id, domain, now + lease()]
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE reminders_leave (%s::bigint[], %s, %s, %s::bigint[], %s::text[], %s, %s, %s)", values)
        marked = [pk for (pk,) in cursor.fetchall()]
    if marked and len(marked) < len(rows):
        settle(marked, worker=worker, held=[Status.SENDING], status=Status.CLAIMED)
    return len(marked) == len(rows)


@dataclass(frozen=True)
class Secret:
    """A token that a message carries, and what it opens."""

    reminder: Reminder
    purpose: str
    token: str


def keep_links(secrets: Sequence[Secret]) -> None:
    """The rows of scheduling.models.AppointmentLink for these tokens, in one statement."""
    rows = [
        (each.reminder.appointment_id, each.reminder.pk, each.reminder.schedule_version, each.purpose, each.token)
        for each in secrets
    ]
    if not rows:
        return
    *columns, tokens = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [timezone.now(), *columns, [digest(token) for token in tokens]])


def settle(
    pks: Collection[int], *, worker: str, status: str, held: Collection[str] = (Status.CLAIMED,), **changes: Any
) -> int:
    """The rows among these that the worker still holds so are now in another state. Answers how many."""
    if status != Status.CLAIMED:
        changes = {"lease_until": None, "code": "", **changes}
    mine = Reminder.objects.filter(pk__in=pks, worker=worker, status__in=held)
    return mine.update(status=status, changed_at=timezone.now(), **changes)


def record(pks: Collection[int], *, worker: str, status: str, **changes: Any) -> int:
    """What became of a message that was not accepted at once; also if its lease ended meanwhile."""
    return settle(pks, worker=worker, status=status, held=(Status.SENDING, Status.IN_DOUBT), **changes)
