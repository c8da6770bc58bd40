"""The consent to the reminder channel, read at the moment of use."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Perm
from patients.models import ContactPoint, Patient
from patients.selectors.belonging import working_facility
from records.models import ChannelConsent
from records.selectors.documents import readable_documents

NEEDED = (
    "patient facility status detail may_use_first_name language expires_on contact_point__system "
    "contact_point__value contact_point__use contact_point__suspended_reason contact_point__updated_at"
).split()
_LABELS = {"replaced": "Replaced by a later choice", "declined": "Ended: declined later"}


@dataclass(frozen=True)
class ChannelState:
    """Whether reminders go out, in words, for those who may know no more than that."""

    label: str
    tone: str
    may_write: bool


def channel_consent(patient: Patient, facility: Facility) -> ChannelConsent | None:
    """The consent that permits an e-mail now: active, not expired, its address in use; None forbids it.

    Read it again at the moment of sending (45 CFR 164.522(b)). People who have died are never written to.
    """
    consent = _of(patient, facility).filter(status=ChannelConsent.Status.ACTIVE, patient__deceased=False).first()
    return consent if consent and permits_mail(consent, facility) else None


def standing_consents(patients: Collection[int]) -> dict[tuple[int, int], ChannelConsent]:
    """The consents of many people that nobody has taken back, by patient and facility. One query.

    Ask `permits_mail` of each: one may have expired, or its address be out of use.
    """
    rows = ChannelConsent.objects.filter(
        patient__in=patients, category=ChannelConsent.Category.REMINDER_EMAIL, status=ChannelConsent.Status.ACTIVE
    )
    rows = rows.select_related("contact_point").only(*NEEDED)
    return {(row.patient_id, row.facility_id): row for row in rows}


def permits_mail(consent: ChannelConsent, facility: Facility) -> bool:
    """Whether a consent permits an e-mail now: active, not expired, its address in use."""
    address = consent.contact_point
    if consent.status != ChannelConsent.Status.ACTIVE or address is None or has_expired(consent, facility):
        return False
    return not address.suspended_reason and address.use != ContactPoint.Use.OLD


def has_expired(consent: ChannelConsent, facility: Facility) -> bool:
    """Whether its last day is over at the facility."""
    return consent.expires_on is not None and consent.expires_on < timezone.localdate(timezone=facility.tz)


def channel_state(patient: Patient, facility: Facility) -> ChannelState:
    """The state of the reminder channel as a badge: says nothing of the address or what a message may say."""
    last = _of(patient, facility).first()
    if last is None:
        return ChannelState("Reminders: not asked yet", "warning", may_write=False)
    if last.status == ChannelConsent.Status.REJECTED:
        return ChannelState("Reminders declined: call", "neutral", may_write=False)
    if last.status != ChannelConsent.Status.ACTIVE:
        return ChannelState("Reminders revoked: call", "neutral", may_write=False)
    if has_expired(last, facility):
        return ChannelState("Reminder consent expired", "warning", may_write=False)
    if last.contact_point and last.contact_point.suspended_reason:
        return ChannelState("Reminders suspended: mail came back", "danger", may_write=False)
    if channel_consent(patient, facility) is None:
        return ChannelState("Reminders stopped", "neutral", may_write=False)
    return ChannelState("Reminders by e-mail", "success", may_write=True)


def channel_history(patient: Patient, facility: Facility, *, with_address: bool) -> list[dict]:
    """Every choice the patient made about this channel here, newest first; addresses only for who may see contacts."""
    rows = _of(patient, facility).select_related(None).select_related("signature__document", "signature__witness")
    if with_address:
        rows = rows.select_related("contact_point")
    return [_choice(row, with_address=with_address) for row in rows]


def email_addresses(patient: Patient) -> list[ContactPoint]:
    """The patient's e-mail addresses, the one tried first in front."""
    return list(patient.telecoms.filter(system=ContactPoint.System.EMAIL))


def channel_consent_of(patient: Patient, pk: UUID) -> ChannelConsent:
    """One consent of the patient. Raises Http404."""
    consent = patient.channel_consents.filter(uuid=pk).select_related("contact_point", "facility").first()
    if consent is None:
        raise Http404
    return consent


def channel_facts(user: User, patient: Patient) -> dict[str, Any]:
    """All that the pages of the channel show; ask the door first. Its choices are changed where messages are."""
    facility = working_facility(user, patient)
    history = channel_history(patient, facility, with_address=Perm.CONTACT_VIEW in patient.held)
    active = next((row for row in history if row["consent"].status == ChannelConsent.Status.ACTIVE), None)
    return {
        "patient": patient,
        "facility": facility,
        "state": channel_state(patient, facility),
        "history": history,
        "active": active,
        "readable": set(readable_documents(user, patient).values_list("pk", flat=True)),
        "may_edit": Perm.CONSENT_EDIT in patient.held,
        "edit_url": reverse("scheduling:channel_edit", args=[patient.uuid]),
        "revoke_url": reverse("chart:channel_revoke", args=[patient.uuid, active["consent"].uuid]) if active else "",
    }


def _of(patient: Patient, facility: Facility) -> QuerySet[ChannelConsent]:
    rows = ChannelConsent.objects.filter(
        patient=patient, facility=facility, category=ChannelConsent.Category.REMINDER_EMAIL
    )
    return rows.select_related("contact_point").order_by("-starts_at", "-pk")


def _choice(row: ChannelConsent, *, with_address: bool) -> dict:
    signature = row.signature
    return {
        "consent": row,
        "label": _LABELS.get(row.revoked_via, row.get_status_display()),
        "tone": {"active": "success", "rejected": "neutral"}.get(row.status, "neutral"),
        "says": row.get_detail_display() if signature else "",
        "address": row.contact_point.value if with_address and row.contact_point else "",
        "signature": signature,
        "document": signature.document if signature else None,
    }
