"""Import of FHIR R4: each file one transaction, twice the same as once."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DataError, transaction
from pydantic import ValidationError

from accounts.models import Facility
from core.errors import DomainError
from core.models import Record
from fhir.models import ImportedResource
from fhir.papers import PAPER_WRITERS, source_of
from fhir.references import References, Unresolved, row_of
from fhir.resources.R4B import get_fhir_model_class
from fhir.sources import Entry, Source, Unreadable, entries
from fhir.values import identifiers
from fhir.writers import WRITERS as RECORD_WRITERS
from fhir.writers import Context

WRITERS = RECORD_WRITERS | PAPER_WRITERS


@dataclass
class Report:
    """What an import did, counted per resource type."""

    files: int = 0
    failed: int = 0
    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    not_kept: Counter[str] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Report") -> None:
        for name in ("created", "updated", "unchanged", "not_kept", "unresolved"):
            getattr(self, name).update(getattr(other, name))

    def summary(self) -> dict[str, Any]:
        counts = ("created", "updated", "unchanged", "not_kept", "unresolved")
        return {
            "files": self.files,
            "failed": self.failed,
            **{name: dict(sorted(getattr(self, name).items())) for name in counts},
        }


class _DryRun(Exception):
    """Rolls a file back after everything has been tried."""


def import_files(
    *, sources: Iterable[Source], facility: Facility, dry_run: bool = False, say: Callable[[str], None] = print
) -> Report:
    """Import every file, each whole or not at all; `say` gets one line for each that fails.

    A file that speaks of a resource in a later file is tried again at the end; what even then speaks of nobody
    is counted as unresolved, and the rest of its file is kept.
    """
    report, later = Report(), []
    for source in sources:
        report.files += 1
        done = _import_file(source, facility, report, dry_run=dry_run, strict=True, say=say)
        if not done:
            later.append(source)
    for source in later:
        _import_file(source, facility, report, dry_run=dry_run, strict=False, say=say)
    return report


def _import_file(
    source: Source, facility: Facility, report: Report, *, dry_run: bool, strict: bool, say: Callable[[str], None]
) -> bool:
    """False if the file has to wait for another. With `strict`, an unresolved reference makes it wait."""
    counts = Report()
    try:
        with transaction.atomic():
            _write_all(entries(source), Context(facility, References(facility)), counts, strict=strict)
            if dry_run:
                raise _DryRun
    except _DryRun:
        report.add(counts)
    except Unresolved:
        return False
    except (Unreadable, DomainError, DataError) as error:
        report.failed += 1
        say(f"{source.name}: {_one_line(error)}")
    else:
        report.add(counts)
    return True


def _one_line(error: Exception) -> str:
    """What is wrong, without a value of the file: a database's message would quote one."""
    return "A value is longer than we can keep, or not text." if isinstance(error, DataError) else str(error)


def _write_all(rows: list[Entry], context: Context, counts: Report, *, strict: bool) -> None:
    kept = [entry for entry in rows if entry.kind in WRITERS]
    counts.not_kept.update(entry.kind for entry in rows if entry.kind not in WRITERS)
    for entry in kept:
        _validate(entry)
    kept += [paper for entry in kept if (paper := source_of(entry, _id_of(entry)))]
    for entry in kept:
        context.references.announce(entry, _id_of(entry))
    order = list(WRITERS)
    known = _known(kept, context.facility)
    for entry in sorted(kept, key=lambda entry: order.index(entry.kind)):
        try:
            _write(entry, known.get((entry.kind, _id_of(entry))), context, counts)
        except Unresolved:
            if strict:
                raise
            counts.unresolved[entry.kind] += 1


def _validate(entry: Entry) -> None:
    try:
        get_fhir_model_class(entry.kind).model_validate(entry.resource)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unreadable(f"{entry.kind} is no valid FHIR R4 (at {where or 'its root'}).") from error


def _write(entry: Entry, known: ImportedResource | None, context: Context, counts: Report) -> None:
    resource_id, digest = _id_of(entry), _digest(entry)
    known = known or _exists_already(entry, context)
    if known and known.sha256 == digest or known and known.resource_id != resource_id:
        context.references.written(entry.kind, resource_id, row_of(known))
        counts.unchanged[entry.kind] += 1
        return
    model, write = WRITERS[entry.kind]
    before = row_of(known) if known else None
    with transaction.atomic():
        row = write(entry.resource, before or model(), context)
    context.references.written(entry.kind, resource_id, row)
    _remember(entry, resource_id, digest, row, known, context.facility)
    (counts.updated if known else counts.created)[entry.kind] += 1


def _exists_already(entry: Entry, context: Context) -> ImportedResource | None:
    """`ifNoneExist`: the sender asks to create it only if none has this identifier."""
    _, _, identifier = entry.if_none_exist.partition("identifier=")
    return context.references.identified(entry.kind, identifier.split("&")[0])


def _known(rows: list[Entry], facility: Facility) -> dict[tuple[str, str], ImportedResource]:
    wanted = [_id_of(entry) for entry in rows]
    found = ImportedResource.objects.filter(facility=facility, resource_id__in=wanted)
    return {(row.resource_type, row.resource_id): row for row in found}


def _remember(
    entry: Entry, resource_id: str, digest: str, row: Record, known: ImportedResource | None, facility: Facility
) -> None:
    mark = known or ImportedResource(facility=facility, resource_type=entry.kind, resource_id=resource_id)
    mark.sha256, mark.row_type, mark.row_id = digest, ContentType.objects.get_for_model(row), row.pk
    mark.identifiers = values_of(entry)
    ImportedResource.objects.bulk_create(
        [mark],
        update_conflicts=True,
        unique_fields=["facility", "resource_type", "resource_id"],
        update_fields=["sha256", "row_type", "row_id", "identifiers", "imported_at"],
    )


def values_of(entry: Entry) -> list[str]:
    """The identifiers a conditional reference may ask for. A person's own numbers are not copied here."""
    return [] if entry.kind == "Patient" else identifiers(entry.resource)


def _id_of(entry: Entry) -> str:
    """The resource's id, else the one in its fullUrl, else its digest: always the same for the same resource."""
    tail = entry.full_url.rsplit("/", 1)[-1].removeprefix("urn:uuid:")
    return str(entry.resource.get("id") or tail or _digest(entry))[:200]


def _digest(entry: Entry) -> str:
    """Over what may matter to us: a new tag, narrative or extension is no change."""
    content = {key: value for key, value in entry.resource.items() if key not in {"meta", "text", "extension"}}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
