"""Requests for copies of the record: by their clock, and what the preflight would say to each now."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility
from core.labels import Due, due_label, when_label
from core.times import day_bounds
from patients.access import belongs_to, read_of, with_asking
from patients.models import Patient
from records.disclosing import Decision, Question, Recipient
from records.models import Basis, Channel, Consent, Document, ReleaseRequest
from records.selectors.preflight import decide
from staff.models import PartnerOrganization

Status = ReleaseRequest.Status
TONES = {
    Status.REQUESTED: "warning", Status.IN_PROGRESS: "info", Status.COMPLETED: "success", Status.REJECTED: "danger",
    Status.CANCELLED: "neutral",
}  # fmt: skip
NEVER_HANDED_ON = (Document.Kind.RELEASE, Document.Kind.AMENDMENT)
CHANNELS = {"pdf": Channel.PDF, "zip": Channel.ZIP, "paper": Channel.PAPER}
WITH = ("patient", "facility", "partner", "consent", "handled_by", "approved_by", "packet", "court_order", "subpoena")


def release_rows(
    facility: Facility, *, statuses: list[str], first: int = 0, size: int = 50, kind: str = ""
) -> list[dict[str, Any]]:
    """Requests of a facility's patients: the open ones by their last day, others newest first. One query."""
    rows = with_asking(_requests(facility, statuses, kind), facility).select_related("patient", "handled_by")
    now = timezone.now()
    return [_row(row, facility, now) for row in rows[first : first + size]]


def release_count(facility: Facility, *, statuses: list[str], kind: str = "") -> int:
    """How many `release_rows` there are."""
    return _requests(facility, statuses, kind).count()


def releases_to_approve(facility: Facility) -> list[dict[str, Any]]:
    """Legal requests without the privacy officer's word, by their last day. One query."""
    rows = _requests(facility, list(ReleaseRequest.OPEN), ReleaseRequest.Kind.LEGAL).filter(approved_at__isnull=True)
    rows, now = with_asking(rows, facility), timezone.now()
    return [_row(row, facility, now) for row in rows.select_related("patient", "handled_by")[:50]]


def releases_of(patient: Patient, facility: Facility) -> list[dict[str, Any]]:
    """A person's requests, newest first. One query."""
    rows = patient.release_requests.filter(facility=facility).select_related("patient", "handled_by")
    now = timezone.now()
    return [_row(row, facility, now) for row in rows.order_by("-received_on", "-pk")[:50]]


def release_of(patient: Patient, pk: UUID) -> ReleaseRequest:
    """One of them. Raises Http404."""
    row = patient.release_requests.select_related(*WITH).filter(uuid=pk).first()
    if row is None:
        raise Http404
    return row


def recipient_of(release: ReleaseRequest) -> Recipient:
    """Who receives, as the preflight asks."""
    return Recipient(
        release.recipient_name, release.recipient_kind, address=release.recipient_address, partner=release.partner,
        is_patient=release.is_to_patient,
    )  # fmt: skip


def question_of(release: ReleaseRequest) -> Question:
    """The question that releasing it puts. Without a consent to it, a legal one rests on the court's order."""
    by_order = release.kind == ReleaseRequest.Kind.LEGAL and release.consent is None
    return Question(
        patient=release.patient, facility=release.facility, recipient=recipient_of(release), purpose=release.purpose,
        data_classes=frozenset(release.data_classes), channel=CHANNELS[release.form], consent=release.consent,
        basis=Basis.COURT_ORDER if by_order else Basis.CONSENT, release=release, covers_from=release.covers_from,
        covers_until=release.covers_until,
    )  # fmt: skip


def outlook(release: ReleaseRequest) -> Decision:
    """What the preflight would say now. Nothing is recorded, and it is asked again when the packet leaves."""
    return decide(question_of(release))


def packet_released_on(digest: str) -> date | None:
    """The day on which a packet with this fingerprint was released, in UTC; None if none was. Tells nothing else."""
    rows = ReleaseRequest.objects.filter(status=Status.COMPLETED, answered_at__isnull=False)
    found = rows.filter(packet_sha256=digest).values_list("answered_at", flat=True).first()
    found = found or rows.filter(content_sha256=digest).values_list("answered_at", flat=True).first()
    return found.date() if found else None


def papers_of(patient: Patient, facility: Facility) -> QuerySet[Document]:
    """The current papers of a person that a release may hand out, newest first."""
    rows = Document.objects.filter(patient__in=patient.same_person, facility=facility, status=Document.Status.CURRENT)
    return rows.exclude(kind__in=NEVER_HANDED_ON).order_by("-created_at", "-pk")


def consents_to_choose(patient: Patient, facility: Facility) -> QuerySet[Consent]:
    """The signed consents a release may rest on, newest first, the ended ones among them: they say why not."""
    signed = (Consent.Status.ACTIVE, Consent.Status.INACTIVE)
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=facility, status__in=signed)
    return rows.prefetch_related("recipients").order_by("-pk")


def partners_to_choose() -> QuerySet[PartnerOrganization]:
    return PartnerOrganization.objects.filter(is_active=True)


def day_due(day: date, facility: Facility) -> Due:
    """A last day as rows print it: over at its midnight."""
    return due_label(day_bounds(day, facility.tz)[1] - timedelta(minutes=1), facility.tz)


def _requests(facility: Facility, statuses: list[str], kind: str) -> QuerySet[ReleaseRequest]:
    rows = ReleaseRequest.objects.filter(belongs_to(facility, "patient"), facility=facility, status__in=statuses)
    rows = rows.filter(kind=kind) if kind else rows
    if set(statuses) <= set(ReleaseRequest.OPEN):
        return rows.order_by(Coalesce("extended_on", "due_on"), "pk")
    return rows.order_by("-answered_at", "-pk")


def _row(row: ReleaseRequest, facility: Facility, now: Any) -> dict[str, Any]:
    return {
        "uuid": str(row.uuid),
        "patient": row.patient.list_name,
        "record_number": read_of(row, row.patient.record_number, ""),
        "url": row.get_absolute_url(),
        "kind": row.get_kind_display(),
        "recipient": read_of(row, row.recipient_name),
        "received": row.received_on,
        "due": day_due(row.last_day, facility),
        "extended": row.extended_on is not None,
        "status": row.get_status_display(),
        "code": row.status,
        "tone": TONES[Status(row.status)],
        "handled_by": str(row.handled_by) if row.handled_by else "",
        "answered": when_label(row.answered_at, facility.tz, now) if row.answered_at else "",
        "waits_for_approval": row.kind == ReleaseRequest.Kind.LEGAL and row.is_open and row.approved_at is None,
    }
