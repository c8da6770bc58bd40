"""The person: names, how to reach him or her, who belongs to him or her."""

from copy import copy
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from patients import forms, selectors, services
from patients.access import get_patient
from patients.models import Patient


def patient_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.IDENTITY_EDIT)
    form = forms.PatientForm(request.POST or None, instance=copy(patient))
    context = {"form": form, "patient": patient, "back": _chart(patient), "draft": f"person-details-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/patient_edit.html", context)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            with shown_on(form):
                services.update_patient(patient=patient, expected_version=version, by=request.user, **form.changes)
        except Conflict as error:
            return conflict(request, form, error, back=_chart(patient))
    if form.errors:
        return invalid(request, "patients/patient_edit.html", context)
    return done(request, _chart(patient), "The person's details are saved.")


def patient_deceased(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.IDENTITY_EDIT)
    form = forms.DeceasedForm(request.POST or None, initial={"at": patient.deceased_at})
    context = {"form": form, "patient": patient, "back": _chart(patient)}
    if request.method != "POST":
        return render(request, "patients/patient_deceased.html", context)
    if form.is_valid():
        with shown_on(form):
            services.mark_deceased(patient=patient, at=form.cleaned_data["at"], by=request.user)
    if form.errors:
        return invalid(request, "patients/patient_deceased.html", context)
    return done(request, _chart(patient), "The record says that this person has died. Reminders and calls stop.")


def contact_point_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    form = forms.ContactPointForm(request.POST or None)
    context = {"form": form, "patient": patient, "back": _chart(patient), "draft": f"contact-add-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/contact_point_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_contact_point(patient=patient, by=request.user, **form.changes)
    if form.errors:
        return invalid(request, "patients/contact_point_add.html", context)
    return done(request, _chart(patient), "The contact is saved.")


def contact_point_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    contact = selectors.contact_point_of(patient, pk)
    form = forms.ContactPointForm(request.POST or None, instance=copy(contact))
    context = {"form": form, "patient": patient, "contact": contact, "back": _chart(patient)}
    if request.method != "POST":
        return render(request, "patients/contact_point_edit.html", context)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            with shown_on(form):
                services.change_contact_point(
                    contact=contact, expected_version=version, by=request.user, **form.changes
                )
        except Conflict as error:
            return conflict(request, form, error, back=_chart(patient))
    if form.errors:
        return invalid(request, "patients/contact_point_edit.html", context)
    return done(request, _chart(patient), "The contact is saved.")


@require_POST
def contact_point_retire(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    services.retire_contact_point(contact=selectors.contact_point_of(patient, pk), by=request.user)
    return done(request, _chart(patient), "The contact is kept as a former one.")


@require_POST
def contact_point_resume(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    services.resume_contact_point(contact=selectors.contact_point_of(patient, pk), by=request.user)
    return done(request, _chart(patient), "Messages may go to this address again.")


def address_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The current address, or the first one."""
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    address = selectors.current_address(patient)
    form = forms.AddressForm(request.POST or None, instance=copy(address) if address else None)
    context = {"form": form, "patient": patient, "back": _chart(patient), "draft": f"address-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/address_edit.html", context)
    if not form.is_valid():
        return invalid(request, "patients/address_edit.html", context)
    if address is None:
        services.add_address(patient=patient, by=request.user, **form.changes)
        return done(request, _chart(patient), "The address is saved.")
    try:
        services.change_address(
            address=address, expected_version=form.cleaned_data["version"], by=request.user, **form.changes
        )
    except Conflict as error:
        return conflict(request, form, error, back=_chart(patient))
    return done(request, _chart(patient), "The address is saved.")


def related_person_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONTACT_EDIT)
    form = forms.RelatedPersonForm(request.POST or None)
    context = {"form": form, "patient": patient, "back": _chart(patient), "draft": f"related-person-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/related_person_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_related_person(patient=patient, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "patients/related_person_add.html", context)
    return done(request, _chart(patient), "The person is added. Being on this list permits nothing.")


def _chart(patient: Patient) -> str:
    return patient.get_absolute_url()
