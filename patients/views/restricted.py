"""Restricted charts: the list, and the page where one is set or taken off."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients import services
from patients.access import get_patient
from patients.forms import LiftForm, NumberForm, RestrictForm
from patients.selectors import restricted as selectors


def restricted_list(request: HttpRequest) -> HttpResponse:
    """Every restricted chart of the facility, and a way to the next one by its exact record number."""
    facility = access.require(request.user, Perm.RESTRICTED_VIEW)
    form = NumberForm(request.POST or None)
    page: dict[str, Any] = {"rows": selectors.restricted_rows(facility), "form": form}
    access.log(
        user=request.user,
        action=AccessEvent.Action.LIST,
        target="patients:restricted_list",
        facility_id=facility.pk,
    )
    if request.method != "POST" or not form.is_valid():
        return (invalid if form.errors else render)(request, "patients/restricted_list.html", page)
    found = selectors.patient_numbered(request.user, facility, form.cleaned_data["number"])
    if found is None:
        form.add_error("number", "No record of this facility has exactly this number.")
        return invalid(request, "patients/restricted_list.html", page)
    return done(request, reverse("patients:restricted_edit", args=[found.uuid]))


def restricted_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Restrict the chart, or take the restriction off."""
    patient = get_patient(request.user, patient_pk, Perm.RESTRICTED_EDIT)
    facility = access.current_facility(request.user)
    restriction = selectors.chart_restriction(patient, facility)
    form = (LiftForm if restriction else RestrictForm)(request.POST or None)
    page = {"patient": patient, "form": form, "restriction": restriction, "back": reverse("patients:restricted_list")}
    page["past"] = selectors.past_restrictions(patient, facility)
    if request.method == "POST" and form.is_valid():
        change = services.lift_restriction if restriction else services.restrict_chart
        with shown_on(form):
            change(patient=patient, facility=facility, by=request.user, **form.cleaned_data)
        if not form.errors:
            said = "The chart opens as any other again." if restriction else "The chart asks for a reason now."
            return done(request, page["back"], said)
    return (invalid if form.errors else render)(request, "patients/restricted_edit.html", page)
