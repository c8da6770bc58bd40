"""Which of our rows a FHIR reference means."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import Facility
from fhir.models import ImportedResource
from fhir.sources import Entry


class Unresolved(Exception):
    """A resource speaks of another that is neither in its file nor known from an earlier one."""

    def __init__(self, kind: str, reference: str) -> None:
        super().__init__(f"{kind} refers to a {reference.split('/')[0].split('?')[0].split(':')[0]} that is not there.")
        self.kind = kind


@dataclass
class References:
    """Resolves urn:uuid, absolute, relative, contained and conditional references for one file."""

    facility: Facility
    _urls: dict[str, tuple[str, str]] = field(default_factory=dict)
    _rows: dict[tuple[str, str], models.Model | None] = field(default_factory=dict)

    def announce(self, entry: Entry, resource_id: str) -> None:
        """Remember the address of an entry before any is written: references may point forwards."""
        self._urls[f"{entry.kind}/{resource_id}"] = (entry.kind, resource_id)
        if entry.full_url:
            self._urls[entry.full_url] = (entry.kind, resource_id)

    def written(self, kind: str, resource_id: str, row: models.Model | None) -> None:
        self._rows[kind, resource_id] = row

    def resolve(self, reference: dict[str, Any] | None, *kinds: str) -> models.Model | None:
        """The row meant, None if there is none or it is of another kind."""
        key = self._key(reference or {}, kinds)
        if key is None or (kinds and key[0] not in kinds):
            return None
        if key not in self._rows and (known := self._known(*key)):
            self._rows[key] = known
        return self._rows.get(key)

    def _key(self, reference: dict[str, Any], kinds: tuple[str, ...]) -> tuple[str, str] | None:
        target = str(reference.get("reference") or "")
        if target.startswith("#"):
            return None
        if target:
            return self._conditional(target) if "?" in target else self._address(target)
        logical = reference.get("identifier") or {}
        return self._identified(kinds[0], f"{logical.get('system', '')}|{logical.get('value')}") if kinds else None

    def _address(self, target: str) -> tuple[str, str] | None:
        if target in self._urls:
            return self._urls[target]
        parts = target.split("/_history/")[0].rsplit("/", 2)
        return (parts[-2], parts[-1]) if len(parts) > 1 else None

    def _conditional(self, target: str) -> tuple[str, str] | None:
        kind, _, query = target.partition("?")
        wanted = parse_qs(query).get("identifier", [""])[0]
        return self._identified(kind, wanted)

    def _identified(self, kind: str, identifier: str) -> tuple[str, str] | None:
        row = self.identified(kind, identifier)
        return (kind, row.resource_id) if row else None

    def identified(self, kind: str, identifier: str) -> ImportedResource | None:
        """An earlier resource of this kind with this "system|value"."""
        rows = ImportedResource.objects.filter(facility=self.facility, resource_type=kind)
        return rows.filter(identifiers__contains=[identifier]).first() if identifier else None

    def _known(self, kind: str, resource_id: str) -> models.Model | None:
        known = ImportedResource.objects.filter(
            facility=self.facility, resource_type=kind, resource_id=resource_id
        ).first()
        return row_of(known) if known else None


def row_of(known: ImportedResource) -> models.Model | None:
    model = ContentType.objects.get_for_id(known.row_type_id).model_class()
    return model._base_manager.filter(pk=known.row_id).first() if model else None
