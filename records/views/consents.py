"""A patient's consents: all of them on one page, one of them, and what ends it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import log, may, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.http import done
from patients.access import get_patient
from patients.models import Patient
from records import selectors, services
from records.models import Consent
from records.selectors import consentdue, consentpage


@require_safe
def consent_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """What may go to whom, for what, until when, and why; restrictions, the notice and reminders beside it."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_VIEW)
    facility = selectors.working_facility(request.user, patient)
    context = {
        "patient": patient,
        "facility": facility,
        "groups": consentpage.consent_rows(patient, facility),
        "restrictions": consentpage.restriction_rows(patient, facility),
        "notices": selectors.notices_given(patient, facility),
        "channel": selectors.channel_state(patient, facility),
        "may_edit": Perm.CONSENT_EDIT in patient.held,
        "may_answer": bool(patient.held & {Perm.RESTRICTED_EDIT, Perm.DISCLOSURE_EDIT}),
        "may_keep_forms": may(request.user, Perm.FORMS_EDIT),
    }
    return render(request, "records/consent_list.html", context)


@require_safe
def consent_due(request: HttpRequest) -> HttpResponse:
    """Consents that end soon, or have just ended, of everybody in care whom one may ask for a new one."""
    facility = require(request.user, Perm.CONSENT_EDIT)
    rows = consentdue.consents_due(request.user, facility)
    log(user=request.user, action=AccessEvent.Action.LIST, data_class=Perm.CONSENT_EDIT, target="records:consent_due",
        facility_id=facility.pk)  # fmt: skip
    return render(request, "records/consent_due.html", {"rows": rows, "most": consentdue.AT_MOST})


@require_safe
def consent_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """One consent with its words and its signature; a draft is shown where it is composed."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_VIEW)
    consent = selectors.consent_of(patient, pk)
    may_edit = Perm.CONSENT_EDIT in patient.held
    is_draft = consent.status == Consent.Status.DRAFT
    if is_draft and may_edit:
        return redirect("records:consent_edit", patient.uuid, consent.uuid)
    knows_who = Perm.IDENTITY_VIEW in patient.held
    readable = selectors.readable_documents(request.user, patient)
    context = {
        "patient": patient,
        "consent": consent,
        "row": consentpage.consent_facts(consent),
        "sections": selectors.sections_of(_words(consent)) if knows_who else [],
        "knows_who": knows_who,
        "may_edit": may_edit,
        "why_not": selectors.why_not_in_force(consent),
        "readable": set(readable.values_list("pk", flat=True)),
        "events": consentpage.history_of(consent),
        "revoke_url": reverse("chart:consent_revoke", args=[patient.uuid, consent.uuid]) if may_edit else "",
    }
    return render(request, "records/consent_detail.html", context)


@require_POST
def consent_event(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The event upon which it ends has come about."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    consent = services.record_event(consent=selectors.consent_of(patient, pk), by=request.user)
    return done(request, consent.get_absolute_url(), "Recorded. Nothing more may leave by this consent.")


def _words(consent: Consent) -> str:
    return consent.document.text if consent.document else services.words_of(consent)


def back_to_consents(patient: Patient) -> str:
    return reverse("records:consent_list", args=[patient.uuid])
