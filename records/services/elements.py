"""What 42 CFR 2.31 asks of a consent, and which kinds of consent it keeps apart."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from accounts.models import Facility
from accounts.roles import DataClass
from core.errors import DomainError
from patients.models import Patient
from records.choices import Choices
from records.models import TPO, Consent, ConsentCategory, ConsentForm, ConsentRecipient, Purpose

Expiry = Consent.Expiry
Kind = ConsentRecipient.Kind


def missing_elements(*, patient: Patient, facility: Facility, form: ConsentForm | None, choices: Choices) -> list[str]:
    """Each element of 2.31(a) that is not there, as a sentence that says what to do. Empty: it may be signed.

    Signature, the signer's basis and the date come with signing, and are asked for there.
    """
    return [
        *_form(form),
        *([] if patient.legal_name.strip() else ["Record the patient’s name first."]),
        *([] if choices.discloser.strip() else ["Say who may give the information."]),
        *_information(choices),
        *_recipients(choices),
        *_purpose(choices),
        *_end(choices, facility),
    ]


def require_apart(choices: Choices) -> None:
    """SUD counseling notes and legal proceedings are never combined with anything (2.31(b), (d)).

    Raises DomainError with the code `consent.notes_combined`, `consent.legal_proceeding`, `consent.purpose` or
    `consent.recipient`.
    """
    classes, purposes = set(choices.data_classes), set(choices.purposes)
    is_notes = choices.category == ConsentCategory.COUNSELING_NOTES
    if is_notes and classes - {DataClass.COUNSELING} or not is_notes and DataClass.COUNSELING in classes:
        raise DomainError(
            "SUD counseling notes need a consent of their own, with nothing else in it.",
            code="consent.notes_combined",
            field="data_classes",
        )
    is_legal = choices.category == ConsentCategory.LEGAL
    if is_legal and purposes - {Purpose.LEGAL} or not is_legal and Purpose.LEGAL in purposes:
        raise DomainError(
            "A legal proceeding needs a consent of its own, for nothing else.",
            code="consent.legal_proceeding",
            field="purposes",
        )
    if choices.category != ConsentCategory.TPO:
        _require_named(choices)
    elif purposes - set(TPO):
        raise DomainError(
            "This consent serves treatment, payment and operations alone; write another for the rest.",
            code="consent.purpose",
            field="purposes",
        )


def _require_named(choices: Choices) -> None:
    if any(row.kind == Kind.CLASS for row in choices.recipients):
        raise DomainError(
            "Name each recipient; only a consent for treatment, payment and operations may name them as a group.",
            code="consent.recipient",
        )
    if choices.expiry == Expiry.NONE:
        raise DomainError(
            "This consent needs an end: a date or an event. Only one for treatment, payment and operations has none.",
            code="consent.deficient",
            field="expiry",
        )


def _form(form: ConsentForm | None) -> Iterator[str]:
    if form is None:
        yield "The facility has no wording in use for this kind; the privacy officer puts one into use under Forms."


def _information(choices: Choices) -> Iterator[str]:
    if not choices.data_classes:
        yield "Choose what may be given."
    if choices.covers_from and choices.covers_until and choices.covers_until < choices.covers_from:
        yield "The records’ last day is before their first."


def _recipients(choices: Choices) -> Iterator[str]:
    if not choices.recipients:
        yield "Name who may receive it."
    for row in choices.recipients:
        if row.kind == Kind.INTERMEDIARY and not row.address.strip():
            yield f"Say for whom {row.name} acts: the participants by name, or those who treat the patient."


def _purpose(choices: Choices) -> Iterator[str]:
    if not choices.purposes:
        yield "Say what it is for."
    if Purpose.OTHER in choices.purposes and not choices.purpose_words.strip():
        yield "Say in words what the other purpose is."
    if choices.category == ConsentCategory.LEGAL and not choices.purpose_words.strip():
        yield "Name the proceeding."


def _end(choices: Choices, facility: Facility) -> Iterator[str]:
    if not choices.expiry:
        yield "Say when it ends: on a date, upon an event, or without an end where the law allows it."
    elif choices.expiry == Expiry.DATE and choices.expires_on is None:
        yield "Give the last day."
    elif choices.expiry == Expiry.DATE and choices.expires_on and choices.expires_on < _today(facility):
        yield "The last day is in the past."
    elif choices.expiry == Expiry.EVENT and not (choices.ends_with_care or choices.expiry_event.strip()):
        yield "Say upon which event it ends."


def _today(facility: Facility) -> date:
    return timezone.localdate(timezone=facility.tz)
