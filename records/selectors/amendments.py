"""Requests to amend the record, by their clock."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility
from core.labels import when_label
from patients.access import belongs_to, read_of, with_asking
from patients.models import Patient
from records.models import AmendmentRequest, Document
from records.selectors.releases import day_due

Status = AmendmentRequest.Status
TONES = {
    Status.REQUESTED: "warning", Status.ACCEPTED: "success", Status.REJECTED: "danger", Status.CANCELLED: "neutral",
}  # fmt: skip


def amendment_rows(facility: Facility, *, statuses: list[str], first: int = 0, size: int = 50) -> list[dict[str, Any]]:
    """A facility's requests, the open ones by their last day, others newest first. One query."""
    rows = with_asking(_requests(facility, statuses), facility).select_related("patient", "answered_by")
    return [_row(row, facility) for row in rows[first : first + size]]


def amendment_count(facility: Facility, *, statuses: list[str]) -> int:
    """How many `amendment_rows` there are."""
    return _requests(facility, statuses).count()


def amendments_of(patient: Patient, facility: Facility) -> list[dict[str, Any]]:
    """A person's requests, newest first. One query."""
    rows = patient.amendment_requests.filter(facility=facility).select_related("patient", "answered_by")
    return [_row(row, facility) for row in rows.order_by("-received_on", "-pk")[:50]]


def amendment_of(patient: Patient, pk: UUID) -> AmendmentRequest:
    """One of them. Raises Http404."""
    rows = patient.amendment_requests.select_related("patient", "facility", "document", "appended", "answered_by")
    row = rows.filter(uuid=pk).first()
    if row is None:
        raise Http404
    return row


def amendments_to(document: Document) -> QuerySet[AmendmentRequest]:
    """What was said about a paper: amendments appended, and denials with the statements on record."""
    rows = document.amendment_requests.filter(status__in=(Status.ACCEPTED, Status.REJECTED))
    return rows.select_related("appended").order_by("answered_at", "pk")


def _requests(facility: Facility, statuses: list[str]) -> QuerySet[AmendmentRequest]:
    rows = AmendmentRequest.objects.filter(belongs_to(facility, "patient"), facility=facility, status__in=statuses)
    if statuses == [Status.REQUESTED]:
        return rows.order_by(Coalesce("extended_on", "due_on"), "pk")
    return rows.order_by("-answered_at", "-pk")


def _row(row: AmendmentRequest, facility: Facility) -> dict[str, Any]:
    return {
        "uuid": str(row.uuid),
        "patient": row.patient.list_name,
        "record_number": read_of(row, row.patient.record_number, ""),
        "url": row.get_absolute_url(),
        "subject": read_of(row, row.subject),
        "received": row.received_on,
        "due": day_due(row.last_day, facility),
        "extended": row.extended_on is not None,
        "open": row.is_open,
        "status": row.get_status_display(),
        "tone": TONES[Status(row.status)],
        "answered": when_label(row.answered_at, facility.tz, timezone.now()) if row.answered_at else "",
        "answered_by": str(row.answered_by) if row.answered_by else "",
    }
