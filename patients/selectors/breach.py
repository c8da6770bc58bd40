"""Whom a breach affects: a person and a window of time → the charts that were opened (45 CFR 164.404, 42 CFR 2.16)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, QuerySet
from django.urls import reverse

from accounts.models import AccessEvent, Facility, User
from accounts.selectors import class_words, line_row
from core.labels import when_label
from patients.models import Patient
from patients.selectors.accesslog import chart_names

Row = dict[str, Any]

SHOWN = 200


def scope(asker: User, facility: Facility, person: User, since: datetime, until: datetime) -> dict[str, Any]:
    """The charts, those opened most first, and the lists, whose lines name nobody. Five queries.

    `total` charts, of which the first 200 are in `rows`; names only of those whom the asker may read.
    """
    found = list(_charts(facility, person, since, until))
    shown = found[:SHOWN]
    ids = [row["patient_id"] for row in shown]
    uuids = dict(Patient.objects.filter(pk__in=ids).values_list("pk", "uuid"))
    names = chart_names(asker, facility, ids) if ids else {}
    return {
        "total": len(found),
        "rows": [_row(row, facility, uuids, names) for row in shown],
        "lists": _lists(facility, person, since, until),
        "belonged": _belonged(facility, since, until),
    }


def scope_table(facility: Facility, person: User, since: datetime, until: datetime) -> Iterator[list[str]]:
    """Every chart for a spreadsheet, a head first, by number: who may know the names finds them by it."""
    yield ["Chart", "Lines", "First (UTC)", "Last (UTC)", "Kinds of information"]
    for row in _charts(facility, person, since, until):
        first, last = (f"{row[name]:%Y-%m-%d %H:%M:%S}" for name in ("first", "last"))
        yield [str(row["patient_id"]), str(row["lines"]), first, last, class_words(row["classes"])]


def _window(facility: Facility, person: User, since: datetime, until: datetime) -> QuerySet[AccessEvent]:
    rows = AccessEvent.objects.filter(user_id=person.pk, at__gte=since, at__lt=until, facility_id=facility.pk)
    return rows.filter(outcome=AccessEvent.Outcome.ALLOWED).order_by()


def _charts(facility: Facility, person: User, since: datetime, until: datetime) -> Any:
    rows: Any = _window(facility, person, since, until).filter(patient_id__isnull=False).values("patient_id")
    classes = ArrayAgg("data_class", distinct=True, default=[])
    return rows.annotate(lines=Count("pk"), first=Min("at"), last=Max("at"), classes=classes).order_by(
        "-lines", "patient_id"
    )


def _lists(facility: Facility, person: User, since: datetime, until: datetime) -> list[Row]:
    """What showed many at once: lists, searches, exports. The log does not say whom."""
    rows = _window(facility, person, since, until).filter(patient_id__isnull=True)
    rows = rows.filter(action__in=("list", "search", "print", "export"))
    counted: Any = (
        rows.values("action", "target", "data_class").annotate(number=Count("pk")).order_by("-number", "target")
    )
    return [_list_row(row) for row in counted]


def _list_row(row: Row) -> Row:
    line = line_row(AccessEvent(action=row["action"], target=row["target"], data_class=row["data_class"]), None)
    return {"action": line["action"], "what": line["what"], "number": row["number"]}


def _belonged(facility: Facility, since: datetime, until: datetime) -> int:
    """How many people belonged to the facility in the window: whoever a list may have shown."""
    rows = facility.patient_facilities.filter(starts_at__lt=until).exclude(ends_at__lte=since)
    return rows.values("patient_id").distinct().count()


def _row(row: Row, facility: Facility, uuids: dict[int, Any], names: dict[int, str]) -> Row:
    pk = row["patient_id"]
    return {
        "label": names.get(pk, f"Chart {pk}"),
        "url": reverse("patients:who_looked", args=[uuids[pk]]) if pk in uuids else "",
        "lines": row["lines"],
        "first": when_label(row["first"], facility.tz),
        "last": when_label(row["last"], facility.tz),
        "classes": class_words(row["classes"]),
    }
