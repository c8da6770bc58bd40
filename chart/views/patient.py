"""The page of a person."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Perm
from chart.selectors.header import header
from chart.selectors.overview import classes_shown, overview
from chart.selectors.timeline import sources, timeline
from patients.access import get_patient
from patients.models import Patient


def patient_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The overview and the newest of the timeline; with `?as_of=` the record of then."""
    if "as_of" in request.GET:
        there = reverse("chart:patient_as_of", args=[patient_pk])
        return redirect(f"{there}?{urlencode({'as_of': request.GET['as_of']})}")
    patient = get_patient(request.user, patient_pk, Perm.NAME_VIEW, shows=_classes)
    today = overview(request.user, patient)
    context = {"patient": patient, "held": _named(patient), "today": today}
    context["patient_header"] = header(patient, "chart:patient_detail", today["header_rows"])
    context["changes_url"] = reverse("chart:patient_changes", args=[patient_pk])
    context["as_of_url"] = reverse("chart:patient_as_of", args=[patient_pk])
    return render(request, "chart/patient_detail.html", context | _timeline(request, patient))


def patient_timeline(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The timeline alone: the page without JavaScript, the list or its continuation with it."""
    patient = get_patient(request.user, patient_pk, Perm.NAME_VIEW, shows=_of_timeline)
    template = "chart/patient_timeline.html"
    if request.htmx:
        template = "chart/_events.html" if "before" in request.GET else "chart/_timeline.html"
    return render(request, template, {"patient": patient} | _timeline(request, patient))


def _classes(patient: Patient) -> set[Perm]:
    return classes_shown(patient) | _of_timeline(patient)


def _of_timeline(patient: Patient) -> set[Perm]:
    return {perm for source in sources(patient) for perm in source.perms & patient.held}


def _timeline(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    kind, before = request.GET.get("kind", ""), request.GET.get("before", "")
    found = timeline(request.user, patient, kind=kind, before=before)
    base = reverse("chart:patient_timeline", args=[patient.uuid])
    chips = [chip | {"url": f"{base}?{urlencode({'kind': chip['kind']})}"} for chip in found.chips]
    older = f"{base}?{urlencode({'kind': found.kind, 'before': found.older})}" if found.older else None
    return {"events": found.events, "chips": chips, "older": older, "newest": base if before else None}


def _named(patient: Patient) -> dict[str, bool]:
    """What the page's own links need to know, by names a template can read."""
    return {
        "edit_person": Perm.IDENTITY_EDIT in patient.held,
        "edit_contact": Perm.CONTACT_EDIT in patient.held,
        "edit_safety": Perm.SAFETY_EDIT in patient.held,
        "see_team": Perm.HANDOFF_VIEW in patient.held,
    }
