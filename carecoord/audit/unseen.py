"""Writes that history did not see: what the witness noted and no history row tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from core.models import Record

# Written past history on purpose: bookkeeping that says nothing about a patient that the rows themselves do not say.
MEANT = {
    "patients_patientfacility": {"sort_key"},  # a copy, kept by trigger
    "scheduling_feed": {"read_at"},  # each fetch by a calendar
}
SAVED = """
SELECT 'written', array_to_string(array_agg(DISTINCT columns::text), ' '), count(*), max(at), array_agg(DISTINCT author)
FROM (
    SELECT row_id, version, max(at) AS at, max(author_id) AS author, count(*) AS number,
           max(array_to_string(columns, ', ')) AS columns
    FROM accounts_rowversion
    WHERE "table" = %(table)s AND op IN ('I', 'U') AND NOT (op = 'U' AND columns <@ %(meant)s::varchar[])
    GROUP BY row_id, version
) seen
LEFT JOIN (
    SELECT id, version, count(*) AS number FROM {history} WHERE history_type <> '-' GROUP BY id, version
) told ON told.id = seen.row_id AND told.version = seen.version
WHERE seen.number > coalesce(told.number, 0)
HAVING count(*) > 0
"""
DELETED = """
SELECT 'deleted', '', count(*), max(at), array_agg(DISTINCT author_id) FROM accounts_rowversion seen
WHERE "table" = %(table)s AND op = 'D'
  AND NOT EXISTS (SELECT FROM {history} told WHERE told.id = seen.row_id AND told.history_type = '-')
HAVING count(*) > 0
"""
EMPTIED = """
SELECT 'emptied', '', count(*), max(at), array_agg(DISTINCT author_id) FROM accounts_rowversion
WHERE "table" = %(table)s AND op = 'T'
HAVING count(*) > 0
"""


@dataclass(frozen=True)
class Unseen:
    """Rows of one table that were written past their history."""

    table: str
    how: str
    columns: str
    rows: int
    last: datetime
    authors: tuple[int, ...]

    def __str__(self) -> str:
        who = ", ".join(f"person {pk}" for pk in self.authors) or "nobody who said so"
        what = f" ({self.columns})" if self.columns else ""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"{self.table}: {rows} {self.how}{what}, last {self.last:%Y-%m-%d %H:%M} UTC, by {who}"


def unseen_writes() -> Iterator[Unseen]:
    """What went past history, table by table: raw SQL, update(), bulk writes without their history twin."""
    for model in _noted():
        history = model.history.model._meta.db_table  # type: ignore[attr-defined]  # django-simple-history's
        values = {"table": model._meta.db_table, "meant": sorted(MEANT.get(model._meta.db_table, set()))}
        for statement in (SAVED, DELETED, EMPTIED):
            yield from _found(statement.format(history=history), values)


def _noted() -> list[type[Model]]:
    """The models of whose tables the witness knows anything."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT DISTINCT "table" FROM accounts_rowversion')
        tables = {row[0] for row in cursor.fetchall()}
    return [model for model in apps.get_models() if issubclass(model, Record) and model._meta.db_table in tables]


def _found(statement: str, values: dict[str, Any]) -> Iterator[Unseen]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for how, columns, rows, last, authors in cursor.fetchall():
            known = tuple(pk for pk in authors if pk is not None)
            yield Unseen(values["table"], how, columns.strip(), rows, last, known)
