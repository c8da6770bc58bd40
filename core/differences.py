"""What changed between two versions of a row, in words."""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import Range

from core.fields import EncryptedTextField
from core.labels import when_label

BOOKKEEPING = {
    "id", "uuid", "patient", "version", "created_at", "updated_at", "sort_key", "search_key", "sha256",
    "content_sha256", "file", "thumbnail", "drawing", "focus_type", "focus_id",
}  # fmt: skip
LONGEST = 160  # characters of a text before it is cut

Name = Callable[[type[models.Model], int], str]


def changed_fields(new: Any, old: Any | None) -> list[models.Field]:
    """The fields that differ; without an older version those that are filled in."""
    fields = [field for field in new.instance_type._meta.concrete_fields if field.name not in BOOKKEEPING]
    tracked = [field for field in fields if hasattr(new, field.attname)]
    if old is None:
        return [field for field in tracked if getattr(new, field.attname) not in (None, "", [], False)]
    return [field for field in tracked if getattr(new, field.attname) != getattr(old, field.attname)]


def linked_ids(fields: list[models.Field], *lines: Any) -> set[tuple[type[models.Model], int]]:
    """The rows that these fields of these lines name: to be read at once, for `in_words`."""
    found = set()
    for field in fields:
        if field.related_model:
            found |= {(field.related_model, getattr(line, field.attname)) for line in lines if line}
    return {(model, pk) for model, pk in found if pk is not None}


def in_words(fields: list[models.Field], new: Any, old: Any | None, zone: tzinfo, name: Name) -> list[str]:
    """`Changed next step from “Interview” to “Call”`, a sentence for each field.

    `name` names a linked row, "" if nobody knows it by a name: what a new row hangs on is then left out.
    """
    return [
        _sentence(field, new, old, zone, name)
        for field in fields
        if old or not field.related_model or name(field.related_model, getattr(new, field.attname))
    ]


def _sentence(field: models.Field, new: Any, old: Any | None, zone: tzinfo, name: Name) -> str:
    label = str(field.verbose_name)
    after = _shown(field, new, zone, name)
    before = _shown(field, old, zone, name) if old else ""
    if before and after:
        return f"Changed {label} from {before} to {after}"
    return f"Set {label} to {after}" if after else f"Removed {label}, which was {before}"


def _shown(field: models.Field, line: Any, zone: tzinfo, name: Name) -> str:
    value = getattr(line, field.attname)
    if value is None or value in ("", []):
        return ""
    if isinstance(field, EncryptedTextField):
        return "“…”"
    if field.related_model:
        return name(field.related_model, value) or f"{field.related_model._meta.verbose_name} {value}"
    if field.choices:
        return str(getattr(line, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date | time | Range):
        return _moment(value, zone)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    text = str(value)
    return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"


def _moment(value: Any, zone: tzinfo) -> str:
    if isinstance(value, Range):
        return " – ".join(_moment(end, zone) if end else "open" for end in (value.lower, value.upper))
    if isinstance(value, datetime):
        return when_label(value, zone)
    return f"{value:%b} {value.day}, {value.year}" if isinstance(value, date) else f"{value:%H:%M}"
