"""One timeline of everything that happened to a person, as far as the viewer may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from chart.selectors.sources import SOURCES, Source
from core.labels import when_label
from patients.models import Patient

PAGE = 20


@dataclass(frozen=True)
class Cursor:
    """The last event shown: what comes after it is older in the order (time, kind, row)."""

    at: datetime
    kind: str
    pk: int

    def older(self, kind: str) -> Q:
        """The events of a kind that come after this one."""
        if kind < self.kind:
            return Q(at__lte=self.at)
        if kind > self.kind:
            return Q(at__lt=self.at)
        return Q(at__lt=self.at) | Q(at=self.at, pk__lt=self.pk)


@dataclass(frozen=True)
class Timeline:
    """A page of it. `older` names the last event of the page if more follow."""

    events: list[dict[str, Any]]
    chips: list[dict[str, Any]]
    kind: str
    older: str | None


def sources(patient: Patient) -> list[Source]:
    """The kinds of events that the viewer may see; the others are not fetched."""
    return [source for source in SOURCES if source.perms & patient.held]


def timeline(user: User, patient: Patient, *, kind: str = "", before: str = "") -> Timeline:
    """The newest events, or those after the event `before`; of one kind if it is given.

    One query for each kind that the viewer may see, each of at most a page of rows, and one more to find
    `before` again: the number does not grow with the record.
    """
    allowed = sources(patient)
    kind = kind if kind in {source.kind for source in allowed} else ""
    wanted = [source for source in allowed if not kind or source.kind == kind]
    cursor = _cursor(user, patient, allowed, before)
    found = [pair for source in wanted for pair in _rows(user, patient, source, cursor)]
    found.sort(key=lambda pair: (pair[1].at, pair[0].kind, pair[1].pk), reverse=True)
    page = found[:PAGE]
    older = f"{page[-1][0].kind}.{page[-1][1].pk}" if len(found) > PAGE else None
    return Timeline(_events(patient, page), _chips(allowed, kind), kind, older)


def _rows(user: User, patient: Patient, source: Source, cursor: Cursor | None) -> list[tuple[Source, Any]]:
    rows = _dated(user, patient, source)
    rows = rows.filter(cursor.older(source.kind)) if cursor else rows.filter(at__lte=timezone.now())
    return [(source, row) for row in rows.order_by("-at", "-pk")[: PAGE + 1]]


def _dated(user: User, patient: Patient, source: Source) -> QuerySet[Any]:
    rows = source.rows(patient, user)
    return rows if source.at == "at" else rows.annotate(at=F(source.at))


def _cursor(user: User, patient: Patient, allowed: list[Source], before: str) -> Cursor | None:
    """The event `kind.row`, found within the patient and what the viewer may see; None starts at the newest."""
    kind, _, pk = before.partition(".")
    source = next((source for source in allowed if source.kind == kind), None)
    if source is None or not pk.isdecimal() or len(pk) > 18:
        return None
    row = _dated(user, patient, source).filter(pk=int(pk)).first()
    return Cursor(row.at, kind, row.pk) if row else None


def _events(patient: Patient, page: list[tuple[Source, Any]]) -> list[dict[str, Any]]:
    zone, now = timezone.get_current_timezone(), timezone.now()
    to = {source.kind: source.links(patient) for source, _row in page}
    return [
        {"icon": source.icon, "when": when_label(row.at, zone, now), "iso": row.at.isoformat()}
        | source.event(row, to[source.kind], patient.held)
        for source, row in page
    ]


def _chips(allowed: list[Source], kind: str) -> list[dict[str, Any]]:
    chips = [{"label": source.label, "kind": source.kind, "active": source.kind == kind} for source in allowed]
    return [{"label": "Everything", "kind": "", "active": not kind}, *chips]
