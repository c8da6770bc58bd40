"""The consent to the reminder channel: composed on screen, signed, declined, taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors, services
from records.digests import digest_of
from records.forms import ChannelForm, RevokeForm


@require_safe
def channel_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_VIEW)
    return render(request, "records/channel_detail.html", _state(request, patient))


@require_http_methods(["GET", "HEAD", "POST"])
def channel_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility = selectors.working_facility(request.user, patient)
    form = _form(request, patient)
    text = services.channel_consent_text(patient=patient, facility=facility, **form.choices)
    if form.is_bound and form.is_valid():
        form.require_shown(text)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.set_channel_consent(
                patient=patient,
                facility=facility,
                signed_name=form.cleaned_data["signed_name"],
                signer_role=form.cleaned_data["signer_role"],
                risk_explained=form.cleaned_data["risk_explained"],
                by=request.user,
                **form.choices,
            )
    if form.is_bound and form.is_valid():
        return done(request, _back(patient), "Consent recorded. Reminders go to this address from now on.")
    context = {
        **_state(request, patient),
        "form": form,
        "sections": selectors.sections_of(text),
        "shown": digest_of(text),
    }
    answer = invalid if form.is_bound else render
    return answer(request, "records/channel_edit.html", context)


@require_POST
def channel_preview(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The words that follow from the choices made so far. Writes nothing; a POST keeps the address out of URLs."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility: Facility = selectors.working_facility(request.user, patient)
    form = _form(request, patient)
    text = services.channel_consent_text(patient=patient, facility=facility, **form.choices)
    context = {"sections": selectors.sections_of(text), "shown": digest_of(text)}
    return render(request, "records/_preview.html", context)


@require_POST
def channel_decline(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility = selectors.working_facility(request.user, patient)
    services.decline_channel(patient=patient, facility=facility, by=request.user)
    return done(request, _back(patient), "Recorded: no e-mail. Appointments go on the call list instead.")


@require_POST
def channel_revoke(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.channel_consent_of(patient, pk)
    form = RevokeForm(request.POST)
    via = form.cleaned_data["via"] if form.is_valid() else "in person"
    services.revoke_channel(consent=consent, via=via, by=request.user)
    return done(request, _back(patient), "Consent taken back. No e-mail goes out from now on.")


def _form(request: HttpRequest, patient: Patient) -> ChannelForm:
    sees_contacts = Perm.CONTACT_VIEW in patient.held
    addresses = selectors.email_addresses(patient) if sees_contacts else []
    return ChannelForm(request.POST or None, addresses=addresses, language=patient.language[:2])


def _state(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    facility = selectors.working_facility(request.user, patient)
    sees_contacts = Perm.CONTACT_VIEW in patient.held
    history = selectors.channel_history(patient, facility, with_address=sees_contacts)
    active = next((row for row in history if row["consent"].status == "active"), None)
    return {
        "patient": patient,
        "facility": facility,
        "state": selectors.channel_state(patient, facility),
        "history": history,
        "active": active,
        "readable": set(selectors.readable_documents(request.user, patient).values_list("pk", flat=True)),
        "may_edit": Perm.CONSENT_EDIT in patient.held,
        "revoke_url": reverse("chart:channel_revoke", args=[patient.uuid, active["consent"].uuid]) if active else "",
    }


def _back(patient: Patient) -> str:
    return reverse("records:channel_detail", args=[patient.uuid])
