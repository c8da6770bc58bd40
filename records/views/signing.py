"""A consent is signed: on the coordinator's screen, or by a single-use link that the patient is given."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import DomainError
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import links, selectors, services
from records.digests import digest_of
from records.forms.consents import SignForm
from records.models import Consent
from records.selectors import consentpage


@require_http_methods(["GET", "HEAD", "POST"])
def consent_sign(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Turn the screen: the words, and the signature under them."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.consent_of(patient, pk)
    if consent.status != Consent.Status.DRAFT:
        return redirect(consent)
    form = SignForm(request.POST if request.method == "POST" else None)
    code = _signed(request, patient, consent, form) if form.is_bound and form.is_valid() else ""
    if form.is_bound and form.is_valid():
        return done(
            request, consent.get_absolute_url(), "Signed. What it says may leave from now on, and nothing else."
        )
    context = _context(patient, consent) | {"form": form}
    answer = (invalid if form.is_bound else render)(request, "records/consent_sign.html", context)
    if code:
        answer.headers["X-Refusal-Code"] = code
    return answer


@require_POST
def consent_link(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """A link to sign from elsewhere, shown this once: it is not kept and nobody can look it up."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.consent_of(patient, pk)
    try:
        token = services.make_link(consent=consent, by=request.user)
    except DomainError as error:
        _log_refusal(request, patient, error)
        raise
    context = {"patient": patient, "consent": consent, "address": links.address(token), "days": links.LIVES.days}
    answer = render(request, "records/consent_link.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _signed(request: HttpRequest, patient: Patient, consent: Consent, form: SignForm) -> str:
    """Sign; on a refusal put it on the form, note it in the read log and return its code."""
    shown = form.cleaned_data["shown"]
    try:
        services.sign_consent(consent=consent, shown=shown, signed=form.signed, by=request.user, witness=request.user)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        _log_refusal(request, patient, error)
        return error.code
    return ""


def _log_refusal(request: HttpRequest, patient: Patient, error: DomainError) -> None:
    access.log(
        user=request.user,
        data_class=Perm.CONSENT_EDIT,
        patient_id=patient.pk,
        outcome=AccessEvent.Outcome.DENIED,
        code=error.code,
    )


def _context(patient: Patient, consent: Consent) -> dict[str, Any]:
    text, choices = services.words_of(consent), selectors.choices_of(consent)
    form = selectors.form_in_use(consent.facility, consent.category, consent.language)
    missing = services.missing_elements(patient=patient, facility=consent.facility, form=form, choices=choices)
    return {
        "patient": patient,
        "consent": consent,
        "row": consentpage.consent_facts(consent),
        "sections": selectors.sections_of(text),
        "shown": digest_of(text),
        "missing": missing,
        "link": selectors.open_link(consent),
    }
