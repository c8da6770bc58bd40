"""The consent to be written to by e-mail (45 CFR 164.522(b)): given, declined, taken back."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeStep
from patients import services as patients
from patients.models import ContactPoint, Patient
from records.models import ChannelConsent, Document, Signature
from records.services.documents import create_document, sign_document, supersede
from records.services.papertext import words_in

REPLACED = "replaced"
ALREADY_ACTIVE = "Somebody has recorded this choice just now; look at it before you change it."


def channel_consent_text(
    *,
    patient: Patient,
    facility: Facility,
    email: str,
    detail: str,
    may_use_first_name: bool,
    language: str,
    expires_on: date | None = None,
) -> str:
    """The words the patient agrees to, exactly as shown, signed and kept; in the language the messages will be in.

    The same choices give the same text.
    """
    context = {
        "patient": patient,
        "facility": facility,
        "email": email.strip() or ("(aún sin dirección)" if language == "es" else "(no address yet)"),
        "detail": detail,
        "first_name": patient.preferred_name or patient.given_name if may_use_first_name else "",
        "language": "español" if language == "es" else "English",
        "expires_on": expires_on,
    }
    return words_in(language, "channel", context)


@transaction.atomic
def set_channel_consent(
    *,
    patient: Patient,
    facility: Facility,
    email: str,
    detail: str,
    may_use_first_name: bool,
    language: str,
    signed_name: str,
    risk_explained: bool,
    by: User,
    witness: User | None = None,
    signer_role: str = Signature.SignerRole.PATIENT,
    expires_on: date | None = None,
) -> ChannelConsent:
    """Record that the patient agrees to reminders at this address; a consent in force before ends with it.

    The text shown becomes a Document with the patient's Signature. An address that had been suspended is in use
    again, for the patient has just confirmed it. The step "reminder channel settled" is reached.
    Raises DomainError without an address, without the notice on the risk of e-mail, or without a name.
    """
    _require(email=email, risk_explained=risk_explained, expires_on=expires_on, facility=facility)
    patient = _locked(patient)
    contact = _address(patient, email, by)
    choices: dict[str, Any] = {"detail": detail, "may_use_first_name": may_use_first_name, "language": language}
    text = channel_consent_text(
        patient=patient, facility=facility, email=contact.value, expires_on=expires_on, **choices
    )
    paper = _paper(patient, facility, text, by)
    signature = sign_document(
        document=paper,
        signer_name=signed_name,
        signer_role=signer_role,
        method=Signature.Method.TYPED,
        witness=witness or by,
        by=by,
    )
    _end_active(patient, facility, via=REPLACED, by=by)
    consent = ChannelConsent(patient=patient, facility=facility, status=ChannelConsent.Status.ACTIVE, **choices)
    consent.contact_point, consent.signature, consent.expires_on = contact, signature, expires_on
    consent.risk_notice_at = timezone.now()
    with explain(channel_consent_one_active=ALREADY_ACTIVE):
        audit.save(consent, by=by)
    _settle(patient, by)
    return consent


@transaction.atomic
def decline_channel(*, patient: Patient, facility: Facility, by: User) -> ChannelConsent:
    """Record that the patient wants no e-mail; a consent in force ends. The reminder channel is settled either way."""
    patient = _locked(patient)
    _end_active(patient, facility, via="declined", by=by)
    consent = ChannelConsent(patient=patient, facility=facility, status=ChannelConsent.Status.REJECTED)
    audit.save(consent, by=by)
    _settle(patient, by)
    return consent


@transaction.atomic
def revoke_channel(*, consent: ChannelConsent, via: str, by: User | None) -> ChannelConsent:
    """End a consent at once; nothing is sent from now on. `by` None is the patient's own opt-out link.

    `via` says how, in a word or two ("in person", "opt-out link"). Harmless on a consent that has ended.
    """
    consent = ChannelConsent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    return _revoke(consent, via, by) if consent.status == ChannelConsent.Status.ACTIVE else consent


def _require(*, email: str, risk_explained: bool, expires_on: date | None, facility: Facility) -> None:
    if not email.strip():
        raise DomainError("Give the e-mail address to write to.", code="consent.deficient", field="email")
    if not risk_explained:
        raise DomainError(
            "Explain the risk of e-mail first, and tick that you did.", code="consent.deficient", field="risk_explained"
        )
    if expires_on and expires_on < timezone.localdate(timezone=facility.tz):
        raise DomainError("The last day is in the past.", code="consent.deficient", field="expires_on")


def _paper(patient: Patient, facility: Facility, text: str, by: User) -> Document:
    kind, title = Document.Kind.CHANNEL_CONSENT, "Consent to reminders by e-mail"
    return create_document(patient=patient, facility=facility, kind=kind, title=title, text=text, by=by)


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _address(patient: Patient, email: str, by: User) -> ContactPoint:
    key = patients.contact_key(ContactPoint.System.EMAIL, email)
    contact = patient.telecoms.filter(system=ContactPoint.System.EMAIL, search_key=key).first()
    if contact is None:
        return patients.add_contact_point(patient=patient, system=ContactPoint.System.EMAIL, value=email.strip(), by=by)
    if contact.suspended_reason or contact.use == ContactPoint.Use.OLD:
        contact.suspended_reason = ""
        contact.use = "" if contact.use == ContactPoint.Use.OLD else contact.use
        audit.save(contact, by=by, reason="confirmed with consent")
    return contact


def _end_active(patient: Patient, facility: Facility, *, via: str, by: User) -> None:
    rows = patient.channel_consents.filter(
        facility=facility, category=ChannelConsent.Category.REMINDER_EMAIL, status=ChannelConsent.Status.ACTIVE
    )
    for consent in rows.select_for_update(of=["self"], no_key=True).select_related("signature__document"):
        _revoke(consent, via, by)
        if via == REPLACED and consent.signature:
            supersede(document=consent.signature.document, by=by)


def _revoke(consent: ChannelConsent, via: str, by: User | None) -> ChannelConsent:
    consent.status, consent.revoked_at, consent.revoked_via = ChannelConsent.Status.INACTIVE, timezone.now(), via[:20]
    return audit.save(consent, by=by, reason="" if by else "opt-out")


def _settle(patient: Patient, by: User) -> None:
    episode = patient.episodes.open().select_for_update(no_key=True).first()
    if episode:
        episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.CHANNEL_CONSENTED, by=by)
