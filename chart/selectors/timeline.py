"""One timeline of everything that happened to a person, as far as the viewer may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from chart.selectors.sources import SOURCES, Source
from core.labels import when_label
from patients.models import Patient

PAGE = 20


@dataclass(frozen=True)
class Cursor:
    """Where an event stands in the order (time, kind, row); what comes after the last one shown is older."""

    at: datetime
    kind: str
    pk: int

    def older(self, kind: str) -> Q:
        """The events of a kind that come after this one."""
        if kind < self.kind:
            return Q(mark_at__lte=self.at)
        if kind > self.kind:
            return Q(mark_at__lt=self.at)
        return Q(mark_at__lt=self.at) | Q(mark_at=self.at, pk__lt=self.pk)


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

    One query says which events these are, and one more for each kind among them reads their rows; another finds
    `before` again. The number does not grow with the record.
    """
    allowed = sources(patient)
    kind = kind if kind in {source.kind for source in allowed} else ""
    wanted = {source.kind: source for source in allowed if not kind or source.kind == kind}
    found = _marks(user, patient, wanted, _cursor(user, patient, allowed, before))
    page = found[:PAGE]
    older = f"{page[-1].kind}.{page[-1].pk}" if len(found) > PAGE else None
    return Timeline(_events(user, patient, wanted, page), _chips(allowed, kind), kind, older)


def _marks(user: User, patient: Patient, wanted: dict[str, Source], cursor: Cursor | None) -> list[Cursor]:
    """Where the events of a page and of one more stand: one query over all kinds."""
    if not wanted:
        return []
    parts = [_newest(_dated(user, patient, source), source.kind, cursor) for source in wanted.values()]
    rows = (
        parts[0].union(*parts[1:], all=True).order_by("-mark_at", "-mark_kind", "-mark_pk") if parts[1:] else parts[0]
    )
    return [Cursor(at, of_kind, pk) for at, of_kind, pk in rows[: PAGE + 1]]


def _newest(rows: QuerySet[Any], kind: str, cursor: Cursor | None) -> QuerySet[Any, Any]:
    rows = rows.filter(cursor.older(kind)) if cursor else rows.filter(mark_at__lte=timezone.now())
    return rows.order_by("-mark_at", "-mark_pk").values_list("mark_at", "mark_kind", "mark_pk")[: PAGE + 1]


def _dated(user: User, patient: Patient, source: Source) -> QuerySet[Any]:
    mark = {"mark_at": F(source.at), "mark_kind": Value(source.kind), "mark_pk": F("pk")}
    return source.rows(patient, user).annotate(**mark)


def _cursor(user: User, patient: Patient, allowed: list[Source], before: str) -> Cursor | None:
    """The event `kind.row`, found within the patient and what the viewer may see; None starts at the newest."""
    kind, _, pk = before.partition(".")
    source = next((source for source in allowed if source.kind == kind), None)
    if source is None or not pk.isdecimal() or len(pk) > 18:
        return None
    at = _dated(user, patient, source).filter(pk=int(pk)).values_list("mark_at", flat=True).first()
    return Cursor(at, kind, int(pk)) if at else None


def _events(user: User, patient: Patient, wanted: dict[str, Source], page: list[Cursor]) -> list[dict[str, Any]]:
    zone, now = timezone.get_current_timezone(), timezone.now()
    there = {mark.kind: wanted[mark.kind] for mark in page}
    to = {kind: source.links(patient) for kind, source in there.items()}
    rows = {
        kind: source.rows(patient, user).in_bulk([mark.pk for mark in page if mark.kind == kind])
        for kind, source in there.items()
    }
    return [
        {"icon": there[mark.kind].icon, "when": when_label(mark.at, zone, now), "iso": mark.at.isoformat()}
        | there[mark.kind].event(rows[mark.kind][mark.pk], to[mark.kind], patient.held)
        for mark in page
        if mark.pk in rows[mark.kind]  # it may have been withdrawn just now
    ]


def _chips(allowed: list[Source], kind: str) -> list[dict[str, Any]]:
    chips = [{"label": source.label, "kind": source.kind, "active": source.kind == kind} for source in allowed]
    return [{"label": "Everything", "kind": "", "active": not kind}, *chips]
