"""The chart as of a past moment, and what changed in it, in words."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import Perm
from chart.selectors import changes, past
from chart.selectors.kinds import kinds as kinds_of
from core.labels import when_label
from patients.access import get_patient, log_classes


@require_GET
def patient_as_of(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The record as it was, and who could see it: under the rights of today, to read only."""
    patient = get_patient(request.user, patient_pk, Perm.NAME_VIEW)
    zone, asked = timezone.get_current_timezone(), request.GET.get("as_of", "")
    moment = past.moment_of(asked, zone)
    page: dict[str, Any] = {"patient": patient, "asked": asked, "wrong": bool(asked) and moment is None}
    page["latest"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    if moment is None:
        return render(request, "chart/patient_as_of.html", page, status=422 if asked else 200)
    log_classes(request.user, patient, past.SHOWN & patient.held)
    page |= {"as_of": when_label(moment, zone), "then": past.past_chart(patient, moment, zone)}
    if Perm.HANDOFF_VIEW in patient.held:
        flag = Perm.RESTRICTED_VIEW in patient.held
        page["seers"] = past.who_could_see(patient, moment, zone, flag=flag)
    request.as_of = page["as_of"]  # for the header
    return render(request, "chart/patient_as_of.html", page)


@require_GET
def patient_changes(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Who changed what, from what to what, one kind of record at a time."""
    patient = get_patient(request.user, patient_pk, Perm.NAME_VIEW)
    kinds = kinds_of(patient)
    base = reverse("chart:patient_changes", args=[patient.uuid])
    kind = next((row for row in kinds if row.key == request.GET.get("kind")), kinds[0] if kinds else None)
    page: dict[str, Any] = {"patient": patient, "kind": kind}
    page["chips"] = [
        {"label": row.label, "url": f"{base}?{urlencode({'kind': row.key})}", "active": row == kind} for row in kinds
    ]
    if kind is None:
        return render(request, "chart/patient_changes.html", page)
    log_classes(request.user, patient, {kind.perm})
    found = Paginator(changes.lines(request.user, patient, kind), changes.PAGE).get_page(request.GET.get("page"))
    page["events"] = changes.in_words(list(found), timezone.get_current_timezone())
    page["pager"] = _pager(found, kind.key)
    return render(request, "chart/patient_changes.html", page)


def _pager(found: Any, kind: str) -> dict[str, Any]:
    def to(number: int) -> str:
        return f"?{urlencode({'kind': kind, 'page': number})}"

    return {
        "text": f"{found.start_index()} to {found.end_index()} of {found.paginator.count}" if found else "",
        "newer": to(found.previous_page_number()) if found.has_previous() else None,
        "older": to(found.next_page_number()) if found.has_next() else None,
    }
