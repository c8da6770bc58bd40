"""The history of a person's record, one kind at a time, in words."""

from collections import Counter
from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Window
from django.db.models.functions import Lag

from accounts.models import Facility, Location, User
from chart.selectors.kinds import Kind
from core.differences import changed_fields, linked_ids
from core.differences import in_words as said
from core.labels import when_label
from episodes.models import LevelOfCare
from patients.models import Patient
from scheduling.models import AppointmentType
from staff.models import PartnerOrganization, Practitioner

PAGE = 30
# Rows whose text names no patient.
NAMED = (User, Facility, Location, Practitioner, PartnerOrganization, AppointmentType, LevelOfCare)
ICONS = {"+": ("plus", "success", "Added"), "~": ("pencil", "info", "Changed"), "-": ("trash-2", "danger", "Removed")}
Row = dict[str, Any]


class Lines:
    """The lines of a kind, newest first, sliced for a page: one query to count and one to list for each model."""

    def __init__(self, sources: list[QuerySet[Any]]) -> None:
        self.sources = sources

    def count(self) -> int:
        return sum(source.count() for source in self.sources)

    __len__ = count

    def __getitem__(self, wanted: slice) -> list[Any]:
        rows = [row for source in self.sources for row in source[: wanted.stop]]
        rows.sort(key=lambda row: (row.history_date, row.history_id), reverse=True)
        return rows[wanted]


def lines(user: User, patient: Patient, kind: Kind) -> Lines:
    """Every line of the kind, with the id of the line before it of the same row."""
    return Lines([_of(model, owned(patient, user)) for model, owned in kind.models])


def _of(model: Any, owned: Q) -> QuerySet[Any]:
    rows = model.history.filter(owned)
    order = [F("history_date").asc(), F("history_id").asc()]
    before = Window(Lag("history_id"), partition_by=[F("id")], order_by=order)
    return rows.annotate(before_id=before).select_related("history_user").order_by("-history_date", "-history_id")


def in_words(page: list[Any], zone: tzinfo) -> list[Row]:
    """The lines of a page as the timeline prints them. One query for each model on it, and for each kind of name."""
    olds = _olds(page)
    pairs = [(line, olds.get((type(line), line.before_id)) if line.history_type == "~" else None) for line in page]
    fields = [changed_fields(line, old) if line.history_type != "-" else [] for line, old in pairs]
    names = _names([linked_ids(some, line, old) for (line, old), some in zip(pairs, fields, strict=True)])
    titles = _titles(page)
    return [
        _event(line, titles[type(line), line.id], said(some, line, old, zone, names), zone)
        for (line, old), some in zip(pairs, fields, strict=True)
    ]


def _titles(page: list[Any]) -> dict[tuple[Any, int], str]:
    """What each row is called: by its kind, and by its number too where the page has several of the kind."""
    rows = {(type(line), line.id) for line in page}
    alike = Counter(model for model, _ in rows)
    return {
        (model, pk): f"{model.instance_type._meta.verbose_name}{f' {pk}' if alike[model] > 1 else ''}"
        for model, pk in rows
    }


def _olds(page: list[Any]) -> dict[tuple[Any, int], Any]:
    found: dict[tuple[Any, int], Any] = {}
    for model in {type(line) for line in page}:
        ids = [line.before_id for line in page if type(line) is model and line.before_id]
        found |= {(model, pk): row for pk, row in model.objects.in_bulk(ids, field_name="history_id").items()}
    return found


def _names(linked: list[set[tuple[type[Model], int]]]) -> Callable[[type[Model], int], str]:
    wanted = {pair for some in linked for pair in some}
    known: dict[tuple[type[Model], int], str] = {}
    for model in {model for model, _ in wanted if model in NAMED}:
        ids = {pk for other, pk in wanted if other is model}
        known |= {(model, pk): str(row) for pk, row in model._base_manager.in_bulk(ids).items()}
    return lambda model, pk: known.get((model, pk), "")


def _event(line: Any, title: str, words: list[str], zone: tzinfo) -> Row:
    icon, tone, verb = ICONS[line.history_type]
    return {
        "when": when_label(line.history_date, zone),
        "iso": line.history_date.isoformat(),
        "icon": icon,
        "tone": tone,
        "title": f"{verb}: {title}",
        "who": str(line.history_user or "The system"),
        "lines": words or ["Nothing that shows"],
        "badge": (line.history_change_reason or "") if line.history_change_reason in {"merge", "merge undone"} else "",
    }
