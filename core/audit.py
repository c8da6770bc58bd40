"""The one way to write a row with history."""

from typing import TypeVar

from django.db import IntegrityError, connection, models, transaction

from core.errors import Conflict, explained
from core.models import Record

RecordT = TypeVar("RecordT", bound=Record)


@transaction.atomic
def save(record: RecordT, *, by: models.Model | None, reason: str = "", expected_version: int | None = None) -> RecordT:
    """Save a row with author and reason in its history, and count its version up.

    `by` is the acting user; None means the system (an import, a reminder run) and then `reason` says which.
    `reason` is a code or short phrase, never anything about a patient.
    Raises Conflict if `expected_version` is given and somebody saved the row since, DomainError if the row names a
    person whose record was merged away meanwhile.
    """
    if by is None and not reason:
        raise ValueError("A write by the system needs its reason.")
    if record.pk and expected_version is not None:
        _require_version(record, expected_version)
    if record.pk:
        record.version += 1
    tell_author(by)
    record._history_user = by
    record._change_reason = reason or None
    try:
        record.save()
    except IntegrityError as error:
        if said := explained(error):
            raise said from error
        raise
    return record


def tell_author(by: models.Model | None) -> None:
    """Tell PostgreSQL who writes, until the transaction ends: its triggers note every write, also those past us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, true)", [str(by.pk) if by else ""])


def _require_version(record: Record, expected: int) -> None:
    current = type(record)._base_manager.select_for_update(no_key=True).get(pk=record.pk)
    if current.version != expected:
        raise Conflict(current)
    record.version = expected
