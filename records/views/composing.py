"""A consent is composed on screen from plain choices, with the patient's own view of it beside them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Facility
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors, services
from records.choices import Choices
from records.forms.consents import ChoicesForm
from records.models import Consent, ConsentCategory
from records.selectors import consentpage
from records.services.defaults import first_choices
from records.views.consents import back_to_consents
from staff.selectors import partners

EXPLAINED = {
    ConsentCategory.TPO: "One consent for treatment, payment and running the program: the usual one at admission.",
    ConsentCategory.DISCLOSURE: "To people or organizations the person names, for what the person says.",
    ConsentCategory.COUNSELING_NOTES: "For a counselor’s own notes of sessions, which no other consent covers.",
    ConsentCategory.LEGAL: "For one proceeding before a court or agency, and for nothing else.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def consent_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Which kind; the draft is begun with what is usual for it."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility = selectors.working_facility(request.user, patient)
    category = request.POST.get("category", "")
    if category in ConsentCategory.values:
        choices = first_choices(patient, facility, category)
        consent = services.begin_consent(patient=patient, facility=facility, choices=choices, by=request.user)
        return redirect("records:consent_edit", patient.uuid, consent.uuid)
    kinds = [
        {"value": row.value, "label": row.label, "text": EXPLAINED[row], "form": selectors.form_in_use(facility, row)}
        for row in ConsentCategory
    ]
    context = {"patient": patient, "kinds": kinds, "back": back_to_consents(patient)}
    context["drafts"] = consentpage.consent_rows(patient, facility)["drafts"]
    return render(request, "records/consent_add.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def consent_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The choices, saved as a draft as often as one likes, or on to signing."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.consent_of(patient, pk)
    if consent.status != Consent.Status.DRAFT:
        return redirect(consent)
    form = _form(request, consent)
    if form.is_bound and form.is_valid():
        try:
            with shown_on(form):
                _save(request, consent, form)
        except Conflict as error:
            return _saved_by_another(request, patient, form, error)
    if form.is_bound and form.is_valid():
        to = "consent_sign" if "sign" in request.POST else "consent_edit"
        said = "" if "sign" in request.POST else "Draft saved. It permits nothing until it is signed."
        return done(request, reverse(f"records:{to}", args=[patient.uuid, consent.uuid]), said)
    context = _context(patient, consent, form, form.choices if form.is_bound else selectors.choices_of(consent))
    answer = invalid if form.is_bound else render
    return answer(request, "records/consent_edit.html", context)


@require_POST
def consent_preview(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The words that follow from the choices made so far, and what is missing. Writes nothing."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.consent_of(patient, pk)
    form = _form(request, consent)
    return render(request, "records/_consent_preview.html", _words(patient, consent.facility, form.choices))


@require_POST
def consent_decline(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    services.decline_consent(consent=selectors.consent_of(patient, pk), by=request.user)
    return done(request, back_to_consents(patient), "Recorded as declined. Nothing may leave by it; care goes on.")


@require_POST
def consent_discard(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    services.discard_draft(consent=selectors.consent_of(patient, pk), by=request.user)
    return done(request, back_to_consents(patient), "The draft is put away.")


def _form(request: HttpRequest, consent: Consent) -> ChoicesForm:
    data = request.POST if request.method == "POST" else None
    return ChoicesForm(data, consent=consent, choices=selectors.choices_of(consent), partners=list(partners()))


def _save(request: HttpRequest, consent: Consent, form: ChoicesForm) -> None:
    services.save_draft(
        consent=consent, choices=form.choices, by=request.user, expected_version=form.cleaned_data["version"]
    )


def _saved_by_another(request: HttpRequest, patient: Patient, form: ChoicesForm, error: Conflict) -> HttpResponse:
    """Theirs stands on the right, what was typed stays on the left: saving again puts it in the place of theirs."""
    theirs: Any = error.current
    form.add_error(
        None,
        "Somebody saved this draft meanwhile: the words beside are theirs. Save again to put yours in their place.",
    )
    form.data = form.data.copy()
    form.data["version"] = str(theirs.version)
    context = _context(patient, theirs, form, selectors.choices_of(theirs))
    return render(request, "records/consent_edit.html", context, status=409)


def _context(patient: Patient, consent: Consent, form: ChoicesForm, choices: Choices) -> dict[str, Any]:
    return {
        "patient": patient,
        "consent": consent,
        "form": form,
        "back": back_to_consents(patient),
        "is_tpo": consent.category == ConsentCategory.TPO,
        "link": selectors.open_link(consent),
    } | _words(patient, consent.facility, choices)


def _words(patient: Patient, facility: Facility, choices: Choices) -> dict[str, Any]:
    form = selectors.form_in_use(facility, choices.category, choices.language)
    about: dict[str, Any] = {"patient": patient, "facility": facility, "form": form, "choices": choices}
    text = services.consent_text(**about)
    return {"sections": selectors.sections_of(text), "missing": services.missing_elements(**about), "wording": form}
