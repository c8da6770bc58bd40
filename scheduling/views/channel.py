"""The consent to be written to: composed on screen, signed, declined. What waits goes, or stops, with it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors
from records.digests import digest_of
from records.forms import ChannelForm
from records.services import channel_consent_text
from scheduling import services


@require_http_methods(["GET", "HEAD", "POST"])
def channel_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility, form, said = selectors.working_facility(request.user, patient), _form(request, patient), ""
    text = channel_consent_text(patient=patient, facility=facility, **form.choices)
    if form.is_bound and form.is_valid():
        form.require_shown(text)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            said = _signed(request, patient, facility, form)
    if said:
        return done(request, _back(patient), said)
    context = {**selectors.channel_facts(request.user, patient), **_words(text), "form": form}
    answer = invalid if form.is_bound else render
    return answer(request, "scheduling/channel_edit.html", context)


@require_POST
def channel_preview(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The words that follow from the choices made so far. Writes nothing; a POST keeps the address out of URLs."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility: Facility = selectors.working_facility(request.user, patient)
    form = _form(request, patient)
    text = channel_consent_text(patient=patient, facility=facility, **form.choices)
    return render(request, "records/_preview.html", _words(text))


@require_POST
def channel_decline(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility = selectors.working_facility(request.user, patient)
    stopped = services.decline_mail(patient=patient, facility=facility, by=request.user)
    return done(request, _back(patient), f"Recorded: no e-mail. {stopped_words(stopped)}")


def stopped_words(number: int) -> str:
    """How many messages will not go, as a sentence."""
    if not number:
        return "Appointments go on the call list instead."
    return f"{number} message{'' if number == 1 else 's'} withdrawn; appointments go on the call list instead."


def _signed(request: HttpRequest, patient: Patient, facility: Facility, form: ChannelForm) -> str:
    """Keeps the consent; what to say of it."""
    _, revived = services.agree_to_mail(
        patient=patient,
        facility=facility,
        signed_name=form.cleaned_data["signed_name"],
        signer_role=form.cleaned_data["signer_role"],
        risk_explained=form.cleaned_data["risk_explained"],
        by=request.user,
        **form.choices,
    )
    again = f" {revived} stopped message{'' if revived == 1 else 's'} will go after all." if revived else ""
    return f"Consent recorded. Reminders go to this address from now on.{again}"


def _form(request: HttpRequest, patient: Patient) -> ChannelForm:
    sees_contacts = Perm.CONTACT_VIEW in patient.held
    addresses = selectors.email_addresses(patient) if sees_contacts else []
    return ChannelForm(request.POST or None, addresses=addresses, language=patient.language[:2])


def _words(text: str) -> dict[str, Any]:
    return {"sections": selectors.sections_of(text), "shown": digest_of(text)}


def _back(patient: Patient) -> str:
    return reverse("records:channel_detail", args=[patient.uuid])
