"""Allergies and warnings."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients import forms, selectors, services
from patients.access import get_patient


def allergy_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.SAFETY_EDIT)
    form = forms.AllergyForm(request.POST or None)
    context = {"form": form, "patient": patient, "back": patient.get_absolute_url(), "draft": f"allergy-{patient.uuid}"}
    context["known"] = selectors.allergies(patient)
    if request.method != "POST":
        return render(request, "patients/allergy_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_allergy(patient=patient, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "patients/allergy_add.html", context)
    return done(request, patient.get_absolute_url(), "The allergy is on the record and in the header.")


@require_POST
def allergy_error(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.SAFETY_EDIT)
    services.mark_allergy_in_error(allergy=selectors.allergy_of(patient, pk), by=request.user)
    return done(request, patient.get_absolute_url(), "The allergy is marked as entered in error.")


def flag_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.SAFETY_EDIT)
    form = forms.FlagForm(request.POST or None)
    context = {"form": form, "patient": patient, "back": patient.get_absolute_url(), "draft": f"flag-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/flag_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_flag(patient=patient, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "patients/flag_add.html", context)
    return done(request, patient.get_absolute_url(), "The alert is on the record and in the header.")


@require_POST
def flag_end(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.SAFETY_EDIT)
    services.end_flag(flag=selectors.flag_of(patient, pk), by=request.user)
    return done(request, patient.get_absolute_url(), "The alert has ended.")
