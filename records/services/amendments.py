"""Requests to amend the record (45 CFR 164.526): answered by appending, never by overwriting."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from core.times import day_bounds
from episodes import services as episodes
from patients.models import Patient
from records.models import AmendmentRequest, Document
from records.services.documents import create_document
from records.services.inhand import let_go, take_in_hand

Status = AmendmentRequest.Status
WITHIN, EXTENSION = timedelta(days=60), timedelta(days=30)
TO_ANSWER = "amendment-requested"


@transaction.atomic
def receive_amendment(
    *,
    patient: Patient,
    facility: Facility,
    subject: str,
    wanted: str,
    reason: str,
    by: User,
    document: Document | None = None,
    received_on: date | None = None,
) -> AmendmentRequest:
    """Take a request in: the clock of 60 days begins, and the clerk is asked to have it answered.

    Raises DomainError if it was received in the future, or the paper is another's.
    """
    patient = _locked(patient)
    today = timezone.localdate(timezone=facility.tz)
    received = received_on or today
    if received > today:
        raise DomainError("It cannot have been received in the future.", field="received_on")
    if document and document.patient_id != patient.pk:
        raise DomainError("Choose a paper of this person.", field="document")
    row = AmendmentRequest(patient=patient, facility=facility, document=document, subject=subject.strip())
    row.wanted, row.reason, row.received_on, row.due_on = wanted.strip(), reason.strip(), received, received + WITHIN
    audit.save(row, by=by)
    take_in_hand(patient, facility, Role.CLERK)
    _ask(row, by)
    return row


@transaction.atomic
def extend_amendment(*, amendment: AmendmentRequest, reason: str, by: User) -> AmendmentRequest:
    """Take the one extension of 30 days (164.526(b)(2)(ii)). Raises DomainError the second time or too late."""
    amendment = _open(amendment)
    if amendment.extended_on:
        raise DomainError("It was extended once; the law allows no second time.", code="amendment.extended")
    if timezone.localdate(timezone=amendment.facility.tz) > amendment.due_on:
        raise DomainError("The 60 days are over; it can no longer be extended. Answer it now.", code="amendment.late")
    amendment.extended_on, amendment.extension_reason = amendment.due_on + EXTENSION, reason.strip()
    return audit.save(amendment, by=by)


@transaction.atomic
def accept_amendment(*, amendment: AmendmentRequest, text: str, by: User) -> AmendmentRequest:
    """Append what is right, as a paper that the entry names and every packet carries along.

    Raises DomainError without the words, or if it was answered meanwhile.
    """
    if not text.strip():
        raise DomainError("Write what the record now says.", field="text")
    amendment = _open(amendment)
    words = f"AMENDMENT\n{amendment.subject}\n\n{text.strip()}\n"
    amendment.appended = create_document(
        patient=amendment.patient, facility=amendment.facility, kind=Document.Kind.AMENDMENT,
        title=f"Amendment: {amendment.subject}"[:200], text=words, by=by,
    )  # fmt: skip
    amendment.answer = text.strip()
    return _answer(amendment, Status.ACCEPTED, "Accepted", by)


@transaction.atomic
def deny_amendment(*, amendment: AmendmentRequest, denial_basis: str, answer: str, by: User) -> AmendmentRequest:
    """Deny it on one of the four grounds, in plain words (164.526(d)). Raises DomainError without them."""
    if denial_basis not in AmendmentRequest.DenialBasis.values or not answer.strip():
        raise DomainError("Name the ground and write the reason; the person is told it.", field="answer")
    amendment = _open(amendment)
    amendment.denial_basis, amendment.answer = denial_basis, answer.strip()
    return _answer(amendment, Status.REJECTED, "Denied", by)


@transaction.atomic
def withdraw_amendment(*, amendment: AmendmentRequest, by: User) -> AmendmentRequest:
    """The person no longer wants it. Raises DomainError if it was answered."""
    return _answer(_open(amendment), Status.CANCELLED, "Withdrawn", by)


@transaction.atomic
def add_disagreement(*, amendment: AmendmentRequest, text: str, by: User) -> AmendmentRequest:
    """Keep the person's statement of disagreement with a denial; it travels with the record from now on.

    Raises DomainError unless it was denied, without words, or the second time.
    """
    amendment = _denied(amendment)
    if amendment.disagreement:
        raise DomainError("There is a statement already; it is never overwritten.", code="amendment.stated")
    amendment.disagreement = _said(text)
    return audit.save(amendment, by=by)


@transaction.atomic
def add_rebuttal(*, amendment: AmendmentRequest, text: str, by: User) -> AmendmentRequest:
    """Answer the statement; the person gets a copy. Raises DomainError without a statement, or the second time."""
    amendment = _denied(amendment)
    if not amendment.disagreement:
        raise DomainError("There is no statement to answer.", code="amendment.unstated")
    if amendment.rebuttal:
        raise DomainError("There is a rebuttal already; it is never overwritten.", code="amendment.rebutted")
    amendment.rebuttal = _said(text)
    return audit.save(amendment, by=by)


def _said(text: str) -> str:
    if not text.strip():
        raise DomainError("Write the statement first.", field="text")
    return text.strip()


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _row(amendment: AmendmentRequest) -> AmendmentRequest:
    _locked(amendment.patient)
    return AmendmentRequest.objects.select_for_update(no_key=True).get(pk=amendment.pk)


def _open(amendment: AmendmentRequest) -> AmendmentRequest:
    row = _row(amendment)
    if not row.is_open:
        raise DomainError("This request was answered meanwhile; look at it again.", code="amendment.answered")
    return row


def _denied(amendment: AmendmentRequest) -> AmendmentRequest:
    row = _row(amendment)
    if row.status != Status.REJECTED:
        raise DomainError("A statement of disagreement answers a denial.", code="amendment.status")
    return row


def _ask(row: AmendmentRequest, by: User) -> None:
    _, due_at = day_bounds(row.due_on, row.facility.tz)
    episodes.ask(
        facility=row.facility, patient=row.patient, kind=TO_ANSWER, text="Answer a request to amend the record",
        owner_role=Role.CLERK, due_at=due_at, focus=row, by=by,
    )  # fmt: skip


def _answer(row: AmendmentRequest, status: str, outcome: str, by: User) -> AmendmentRequest:
    row.status, row.answered_by, row.answered_at = status, by, timezone.now()
    audit.save(row, by=by)
    episodes.close_tasks_about(focus=row, outcome=outcome, by=by)
    let_go(row.patient, row.facility)
    return row
