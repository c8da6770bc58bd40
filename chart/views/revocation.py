"""A consent is taken back: what hangs on it is shown first, then stopped."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.roles import Perm
from chart.forms import RevocationForm
from chart.selectors import blast
from chart.services.revocation import revoke
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from records import selectors
from records.digests import digest_of
from records.forms import RevokeForm
from records.models import Consent
from records.selectors import consentpage
from records.services.revocations import revocation_text
from scheduling import services as scheduling
from scheduling.views.channel import stopped_words


@require_http_methods(["GET", "HEAD", "POST"])
def consent_revoke(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Before: what stops. After: what was stopped and what was disclosed, to print."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.consent_of(patient, pk)
    papers = selectors.readable_documents(request.user, patient).filter(status="current")
    form = RevocationForm(request.POST if request.method == "POST" else None, papers=papers)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            stopped = revoke(consent=consent, writing=form.writing, by=request.user)
    if form.is_bound and form.is_valid():
        said = "Taken back. Nothing more may leave by it."
        if stopped.releases:
            said += f" {stopped.releases} open request{'s' if stopped.releases > 1 else ''} stopped."
        return done(request, reverse("chart:consent_revoke", args=[patient.uuid, consent.uuid]), said)
    is_active = consent.status == Consent.Status.ACTIVE
    context = {
        "patient": patient,
        "consent": consent,
        "row": consentpage.consent_facts(consent),
        "form": form,
        "is_active": is_active,
        "blast": blast.blast_of(consent) if is_active else None,
        "stopped": blast.stopped_by(consent),
        "packets": blast.packets_by(consent),
        "disclosed": blast.disclosed_by(consent),
        "may_see_disclosures": Perm.DISCLOSURE_VIEW in patient.held or Perm.DISCLOSURE_OWN in patient.held,
    }
    if is_active:
        text = revocation_text(consent)
        context |= {"sections": selectors.sections_of(text), "shown": digest_of(text)}
    answer = invalid if form.is_bound else render
    return answer(request, "chart/consent_revoke.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def channel_revoke(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """What goes out by the consent to be written to, before it is taken back; then it stops."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = selectors.channel_consent_of(patient, pk)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        stopped = scheduling.stop_mail(consent=consent, via=form.cleaned_data["via"], by=request.user)
        said = f"Consent taken back. No e-mail goes out from now on. {stopped_words(stopped)}"
        return done(request, reverse("records:channel_detail", args=[patient.uuid]), said)
    context = {"patient": patient, "consent": consent, "form": form, "is_active": consent.status == "active"}
    answer = invalid if form.is_bound else render
    return answer(request, "chart/channel_revoke.html", context | blast.messages_on(consent))
