"""Requests for copies of the record: received, limited, approved, released or denied (45 CFR 164.524)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from core.times import day_bounds
from episodes import services as episodes
from patients.models import Patient
from records.disclosing import Packet, Permit
from records.models import Consent, Document, Purpose, ReleaseRequest
from records.selectors.disclosures import classes_label
from records.selectors.releases import question_of, recipient_of
from records.services.inhand import let_go, take_in_hand
from records.services.preflight import preflight
from staff.models import PartnerOrganization

Kind, Status = ReleaseRequest.Kind, ReleaseRequest.Status
WITHIN, EXTENSION = timedelta(days=30), timedelta(days=30)
TO_RELEASE, TO_APPROVE = "release-requested", "release-to-approve"


Pack = Callable[[ReleaseRequest, Permit], Packet]


@dataclass(frozen=True)
class Wanted:
    """What is asked for, from whom to whom."""

    kind: str
    requester_name: str
    recipient_name: str
    purpose: str
    data_classes: tuple[str, ...]
    form: str = ReleaseRequest.Form.PDF
    requester_contact: str = ""
    recipient_address: str = ""
    recipient_kind: str = "entity"
    partner: PartnerOrganization | None = None
    purpose_words: str = ""
    covers_from: date | None = None
    covers_until: date | None = None
    consent: Consent | None = None
    papers: tuple[Document, ...] = ()


@transaction.atomic
def receive_request(
    *, patient: Patient, facility: Facility, wanted: Wanted, by: User, received_on: date | None = None
) -> ReleaseRequest:
    """Take a request in: the clock of 30 days begins, the clerk may read what answering it takes, and is asked to.

    A legal one waits for the privacy officer, who is asked as well.
    Raises DomainError if what is asked for does not fit together, or it was received in the future.
    """
    patient = _locked(patient)
    today = timezone.localdate(timezone=facility.tz)
    received = received_on or today
    if received > today:
        raise DomainError("It cannot have been received in the future.", field="received_on")
    _require(patient, wanted)
    request = ReleaseRequest(patient=patient, facility=facility, received_on=received, due_on=received + WITHIN)
    _write(request, wanted, by)
    take_in_hand(patient, facility, Role.CLERK, *([Role.PRIVACY_OFFICER] if wanted.kind == Kind.LEGAL else []))
    _ask(request, Role.CLERK, TO_RELEASE, "Answer a request for copies of the record", by)
    if wanted.kind == Kind.LEGAL:
        _ask(request, Role.PRIVACY_OFFICER, TO_APPROVE, "Approve or refuse a release for legal proceedings", by)
    return request


@transaction.atomic
def change_request(
    *, release: ReleaseRequest, wanted: Wanted, by: User, expected_version: int | None = None
) -> ReleaseRequest:
    """Limit or correct what will be released while it is open. An approval given before has to be given again.

    Raises DomainError if it is answered or does not fit together, Conflict if somebody saved it since.
    """
    release = _open(release)
    _require(release.patient, wanted)
    release.approved_by, release.approved_at = None, None
    return _write(release, wanted, by, expected_version)


@transaction.atomic
def take_request(*, release: ReleaseRequest, by: User) -> ReleaseRequest:
    """Begin to work on it, and take its task. Raises DomainError if it is answered."""
    release = _open(release)
    release.status, release.handled_by = Status.IN_PROGRESS, by
    episodes.take_tasks_about(focus=release, kind=TO_RELEASE, by=by)
    return audit.save(release, by=by)


@transaction.atomic
def extend_request(*, release: ReleaseRequest, reason: str, by: User) -> ReleaseRequest:
    """Take the one extension of 30 days, with the reason that the person is told in writing (164.524(b)(2)(iii)).

    Raises DomainError the second time, without a reason, or after the first 30 days are over.
    """
    release = _open(release)
    if release.extended_on:
        raise DomainError("It was extended once; the law allows no second time.", code="release.extended")
    if not reason.strip():
        raise DomainError("Write the reason; the person is told it in writing.", field="reason")
    if timezone.localdate(timezone=release.facility.tz) > release.due_on:
        raise DomainError("The 30 days are over; it can no longer be extended. Answer it now.", code="release.late")
    release.extended_on, release.extension_reason = release.due_on + EXTENSION, reason.strip()
    return audit.save(release, by=by)


@transaction.atomic
def set_fee(*, release: ReleaseRequest, fee_cents: int, paid_on: date | None, by: User) -> ReleaseRequest:
    """Note the cost-based fee, and when it was paid. Raises DomainError if it is answered."""
    release = _open(release)
    release.fee_cents, release.fee_paid_on = fee_cents, paid_on
    return audit.save(release, by=by)


@transaction.atomic
def file_court_papers(
    *, release: ReleaseRequest, court_order: Document, subpoena: Document, by: User
) -> ReleaseRequest:
    """Name the order and the subpoena among the person's papers: both are needed (42 CFR 2.61).

    Raises DomainError unless it is a legal request and these are two current papers of the person.
    """
    release = _open(release)
    if release.kind != Kind.LEGAL:
        raise DomainError("Only a request for legal proceedings has an order and a subpoena.", code="release.kind")
    if court_order.pk == subpoena.pk:
        raise DomainError("Order and subpoena are two papers.", field="subpoena")
    for paper in (court_order, subpoena):
        if paper.patient_id != release.patient_id or paper.status != Document.Status.CURRENT:
            raise DomainError("Choose current papers of this person.", code="release.papers")
    release.court_order, release.subpoena, release.approved_by, release.approved_at = court_order, subpoena, None, None
    return audit.save(release, by=by)


@transaction.atomic
def approve_request(*, release: ReleaseRequest, by: User) -> ReleaseRequest:
    """The privacy officer's approval of a legal release.

    Raises DomainError while neither order and subpoena nor the person's consent to exactly that is on file, or if
    the one who approves is the one who works on it.
    """
    release = _open(release)
    if release.kind != Kind.LEGAL:
        raise DomainError("Only a release for legal proceedings waits for an approval.", code="release.kind")
    if release.handled_by_id == by.pk:
        raise DomainError("Somebody else has to approve what you release.", code="release.own")
    if not (release.court_order_id and release.subpoena_id) and release.consent is None:
        raise DomainError(
            "Order and subpoena are not both on file, and there is no consent to legal proceedings.",
            code="consent.legal_proceeding",
        )
    release.approved_by, release.approved_at = by, timezone.now()
    episodes.close_tasks_about(focus=release, kind=TO_APPROVE, outcome="Approved", by=by)
    return audit.save(release, by=by)


@transaction.atomic
def deny_request(*, release: ReleaseRequest, reason: str, by: User) -> ReleaseRequest:
    """Deny it, with the reason the person is told (164.524(d)). Raises DomainError without one."""
    if not reason.strip():
        raise DomainError("Write the reason; the person is told it.", field="reason")
    release = _open(release)
    release.denial_reason = reason.strip()
    return _end(release, Status.REJECTED, "Denied", by)


@transaction.atomic
def withdraw_request(*, release: ReleaseRequest, by: User) -> ReleaseRequest:
    """Whoever asked no longer wants it. Raises DomainError if it is answered."""
    return _end(_open(release), Status.CANCELLED, "Withdrawn", by)


@transaction.atomic
def release_records(*, release: ReleaseRequest, pack: Pack, by: User) -> ReleaseRequest:
    """Let it leave by the preflight, in the packet that `pack` makes with its notice and the consent's copy.

    Raises Refused by the preflight's rules, DomainError if it is answered or a legal one is not approved.
    """
    release = _open(release)
    if release.kind == Kind.LEGAL and not release.approved_at:
        raise DomainError("The privacy officer has not approved this yet.", code="release.unapproved")
    made: list[Packet] = []

    def packed(permit: Permit) -> Packet:
        made.append(pack(release, permit))
        return made[0]

    question = question_of(release)
    permit = preflight(
        patient=release.patient, facility=release.facility, recipient=recipient_of(release), purpose=release.purpose,
        purpose_words=release.purpose_words, data_classes=release.data_classes, channel=question.channel,
        description=describe(release), basis=question.basis, consent=release.consent, release=release,
        covers_from=release.covers_from, covers_until=release.covers_until, pack=packed, by=by,
    )  # fmt: skip
    release.packet, release.consent = made[0].document, permit.consent or release.consent
    release.packet_sha256, release.content_sha256 = made[0].sha256, made[0].content_sha256
    release.handled_by = release.handled_by or by
    return _end(release, Status.COMPLETED, "Released", by)


def describe(release: ReleaseRequest) -> str:
    """What leaves, in words: the kinds of record, the days, and the papers chosen."""
    kinds = classes_label(release.data_classes)
    days = {
        (True, True): f" from {release.covers_from} to {release.covers_until}",
        (True, False): f" from {release.covers_from} on",
        (False, True): f" until {release.covers_until}",
    }.get((release.covers_from is not None, release.covers_until is not None), "")
    papers = release.papers.count()
    return f"{kinds}{days}" + (f"; of the papers, {papers} chosen" if papers else "")


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _open(release: ReleaseRequest) -> ReleaseRequest:
    """Patient, then request. Raises DomainError if it was answered meanwhile."""
    _locked(release.patient)
    row = ReleaseRequest.objects.select_for_update(no_key=True).get(pk=release.pk)
    if not row.is_open:
        raise DomainError("This request was answered meanwhile; look at it again.", code="release.answered")
    return row


def _require(patient: Patient, wanted: Wanted) -> None:
    if not wanted.data_classes:
        raise DomainError("Choose at least one kind of record.", field="data_classes")
    if (wanted.kind == Kind.LEGAL) != (wanted.purpose == Purpose.LEGAL):
        raise DomainError(
            "A court order or subpoena goes with legal proceedings, and nothing else does.", field="purpose"
        )
    if wanted.covers_from and wanted.covers_until and wanted.covers_from > wanted.covers_until:
        raise DomainError("The last day is before the first.", field="covers_until")
    if wanted.consent and wanted.consent.patient_id != patient.pk:
        raise DomainError("Choose a consent of this person.", field="consent")
    if any(paper.patient_id != patient.pk for paper in wanted.papers):
        raise DomainError("Choose papers of this person.", field="papers")


def _write(release: ReleaseRequest, wanted: Wanted, by: User, expected_version: int | None = None) -> ReleaseRequest:
    fields: dict[str, Any] = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__ if name != "papers"}
    for name, value in (fields | {"data_classes": list(wanted.data_classes)}).items():
        setattr(release, name, value)
    audit.save(release, by=by, expected_version=expected_version)
    release.papers.set(wanted.papers)
    return release


def _ask(release: ReleaseRequest, role: Role, kind: str, text: str, by: User) -> None:
    _, due_at = day_bounds(release.due_on, release.facility.tz)
    episodes.ask(
        facility=release.facility, patient=release.patient, kind=kind, text=text, owner_role=role, due_at=due_at,
        focus=release, by=by,
    )  # fmt: skip


def _end(release: ReleaseRequest, status: str, outcome: str, by: User) -> ReleaseRequest:
    release.status, release.answered_at = status, timezone.now()
    audit.save(release, by=by)
    episodes.close_tasks_about(focus=release, outcome=outcome, by=by)
    let_go(release.patient, release.facility)
    return release
