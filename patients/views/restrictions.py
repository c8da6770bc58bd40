"""What a patient asks us not to disclose: recorded, answered, ended."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may
from accounts.models import User
from accounts.roles import DataClass, Perm
from core.errors import shown_on
from core.http import done, invalid
from patients import restriction_forms as forms
from patients import services
from patients.access import get_patient
from patients.models import Patient, Restriction
from patients.selectors.belonging import working_facility
from patients.selectors.restrictions import restriction_of
from staff.selectors import partners


@require_http_methods(["GET", "HEAD", "POST"])
def restriction_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    data = request.POST if request.method == "POST" else None
    form = forms.RestrictionForm(data, partners=partners())
    if form.is_bound and form.is_valid():
        with shown_on(form):
            row = services.ask_restriction(
                patient=patient, facility=working_facility(request.user, patient), by=request.user, **form.cleaned_data
            )
    if form.is_bound and form.is_valid():
        said = (
            "It holds from now on." if row.status == row.Status.ACTIVE else "Recorded. It holds once it is agreed to."
        )
        return done(request, _back(patient), said)
    context = {"patient": patient, "form": form, "back": _back(patient)}
    answer = invalid if form.is_bound else render
    return answer(request, "patients/restriction_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def restriction_answer(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """By the clinical coordinator, the privacy officer or the clerk."""
    patient = get_patient(request.user, patient_pk, _right(request.user))
    row = restriction_of(patient, pk)
    form = forms.RestrictionAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            _answer(row, form.cleaned_data, request.user)
    if form.is_bound and form.is_valid():
        return done(request, _back(patient), "Answered. Tell the person.")
    context = _context(patient, row) | {"form": form}
    answer = invalid if form.is_bound else render
    return answer(request, "patients/restriction_answer.html", context)


@require_POST
def restriction_end(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, _right(request.user))
    row = restriction_of(patient, pk)
    form = forms.RestrictionEndForm(request.POST)
    if form.is_valid():
        services.end_restriction(restriction=row, by=request.user)
        return done(request, _back(patient), "The restriction has ended.")
    context = _context(patient, row) | {"end_form": form, "form": forms.RestrictionAnswerForm()}
    return invalid(request, "patients/restriction_answer.html", context)


def _answer(row: Restriction, chosen: dict[str, Any], by: User) -> None:
    if chosen["agreed"] == "yes":
        services.agree_restriction(restriction=row, answer=chosen["answer"], by=by)
    else:
        services.refuse_restriction(restriction=row, answer=chosen["answer"], by=by)


def _right(user: User) -> Perm:
    """By which right the person's role answers."""
    return Perm.RESTRICTED_EDIT if may(user, Perm.RESTRICTED_EDIT) else Perm.DISCLOSURE_EDIT


def _context(patient: Patient, row: Restriction) -> dict[str, Any]:
    return {
        "patient": patient,
        "row": row,
        "what": ", ".join(DataClass(name).label for name in row.data_classes) or "Everything",
        "end_form": forms.RestrictionEndForm(),
        "back": _back(patient),
    }


def _back(patient: Patient) -> str:
    return reverse("records:consent_list", args=[patient.uuid])
