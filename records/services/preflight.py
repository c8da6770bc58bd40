"""The disclosure preflight: the one way out of the house. Every channel calls it, and nothing leaves without it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial

from django.db import transaction

from accounts import access
from accounts.models import AccessEvent, Facility, User
from core.apart import apart
from patients.models import Patient
from records.disclosing import Decision, Packet, Permit, Question, Recipient, Refused
from records.models import Basis, Consent, Disclosure, ReleaseRequest
from records.notice_text import NOTICE, consent_copy
from records.selectors.preflight import decide

Pack = Callable[[Permit], Packet | None]


def _nothing(permit: Permit) -> None:
    """What is told or sent as it is has no packet."""


@transaction.atomic
def preflight(
    *,
    patient: Patient,
    facility: Facility,
    recipient: Recipient,
    purpose: str,
    data_classes: Iterable[str],
    channel: str,
    description: str,
    by: User | None,
    basis: str = Basis.CONSENT,
    consent: Consent | None = None,
    release: ReleaseRequest | None = None,
    purpose_words: str = "",
    emergency: str = "",
    authority: str = "",
    covers_from: date | None = None,
    covers_until: date | None = None,
    pack: Pack = _nothing,
) -> Permit:
    """Let it leave, and record that it did, in this one transaction; or raise Refused with a stable code.

    Patient and consents are locked, so that a revocation comes either before (refused) or after (disclosed, and
    listed). `pack` makes the packet from the permit, whose notice and consent copy have to be in it. To the person
    only the channel's own permission is asked; no notice goes along and no Disclosure is written.
    A refusal is in the read log, whatever becomes of the transaction around.
    """
    question = Question(
        patient=_locked(patient), facility=facility, recipient=recipient, purpose=purpose, channel=channel,
        data_classes=frozenset(str(row) for row in data_classes), basis=basis, consent=consent, release=release,
        emergency=emergency, authority=authority, covers_from=covers_from, covers_until=covers_until,
    )  # fmt: skip
    decision = decide(question, lock=True)
    if not decision.allowed:
        apart(partial(_log, question, by, decision.code))
        raise Refused(decision.code)
    permit = _permit(question, decision)
    packet = pack(permit)
    _log(question, by)
    if permit.to_patient:
        return permit
    words = {"description": description.strip(), "purpose_words": purpose_words.strip()}
    return replace(permit, disclosure=_record(question, permit, packet, by, **words))


def _locked(patient: Patient) -> Patient:
    """Patient first, then consents: everyone locks in this order."""
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _permit(question: Question, decision: Decision) -> Permit:
    if question.is_to_patient or decision.consent is None:
        return Permit(question.basis, to_patient=question.is_to_patient)
    return Permit(Basis.CONSENT, False, decision.consent, NOTICE, consent_copy(decision.consent))


def _record(
    question: Question,
    permit: Permit,
    packet: Packet | None,
    by: User | None,
    *,
    description: str,
    purpose_words: str,
) -> Disclosure:
    recipient = question.recipient
    return Disclosure.objects.create(
        patient=question.patient,
        facility=question.facility,
        by=by,
        basis=permit.basis,
        consent=permit.consent,
        request=question.release,
        recipient_name=recipient.name.strip(),
        recipient_affiliation=recipient.affiliation.strip(),
        recipient_address=recipient.address.strip(),
        partner=recipient.partner,
        purpose=question.purpose,
        purpose_words=purpose_words,
        data_classes=sorted(question.data_classes),
        description=description,
        channel=question.channel,
        notice=permit.notice,
        packet=packet.document if packet else None,
        packet_sha256=packet.sha256 if packet else "",
        emergency=question.emergency.strip(),
        authority=question.authority.strip(),
    )


def _log(question: Question, by: User | None, code: str = "") -> None:
    """One line of the read log for each class that left, or was to leave."""
    outcome = AccessEvent.Outcome.DENIED if code else AccessEvent.Outcome.ALLOWED
    for data_class in sorted(question.data_classes):
        access.log(
            user=by,
            action=AccessEvent.Action.DISCLOSE,
            data_class=data_class,
            patient_id=question.patient.pk,
            facility_id=question.facility.pk,
            target=f"records.Disclosure {question.channel}",
            outcome=outcome,
            code=code,
        )
