"""The clerk's envelopes: in hand, answered, and what they hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import current_facility
from accounts.models import Facility, User
from accounts.roles import Perm
from core.labels import day_label, distance_label, due_label, when_label
from patients.access import belongs_to, read_of, visible_patients, with_asking
from patients.models import Patient
from records.models import Document, RecordSubmission
from records.selectors.documents import readable_documents

Status = RecordSubmission.Status
TONES = {Status.REQUESTED: "warning", Status.ACCEPTED: "info", Status.COMPLETED: "success", Status.REJECTED: "danger"}
ICONS = {Status.REQUESTED: "send", Status.ACCEPTED: "inbox", Status.COMPLETED: "archive", Status.REJECTED: "undo-2"}


def envelope_rows(
    facility: Facility,
    *,
    statuses: Iterable[str] = RecordSubmission.OPEN,
    submitted_by: User | None = None,
    first: int = 0,
    size: int = 50,
) -> list[dict]:
    """Envelopes of a facility's patients, ready to print: those in hand by their due time, others newest first."""
    rows = with_asking(_envelopes(facility, statuses, submitted_by), facility)
    rows = rows.select_related("patient", "submitted_by", "answered_by")
    rows = rows.annotate(papers=Count("documents"))[first : first + size]
    now = timezone.now()
    return [_row(row, facility, now) for row in rows]


def envelope_count(facility: Facility, *, statuses: Iterable[str], submitted_by: User | None = None) -> int:
    """How many `envelope_rows` there are."""
    return _envelopes(facility, statuses, submitted_by).count()


def returned_to(user: User) -> list[dict]:
    """The envelopes the clerk returned to this person that were not sent again, oldest first, ready to print."""
    facility = current_facility(user)
    rows = RecordSubmission.objects.filter(
        facility=facility, submitted_by=user, status=Status.REJECTED, sent_again__isnull=True
    )
    rows = rows.filter(patient__in=visible_patients(user, Perm.DOCUMENT_SUBMIT).order_by().values("pk"))
    rows = with_asking(rows, facility).select_related("patient", "submitted_by", "answered_by")
    rows = rows.annotate(papers=Count("documents"))
    now = timezone.now()
    return [_row(row, facility, now) for row in rows.order_by("answered_at")[:200]]


def readable_submissions(user: User, patient: Patient) -> QuerySet[RecordSubmission]:
    """The patient's envelopes this person may look into: one's own, or all for the clerk and who reads all papers."""
    rows = patient.submissions.select_related("submitted_by", "answered_by", "replaces", "facility")
    rows = rows.order_by("-submitted_at", "-pk")
    if Perm.DOCUMENT_FILE in patient.held or Perm.DOCUMENT_VIEW in patient.held:
        return rows
    return rows.filter(submitted_by=user)


def submission_of(user: User, patient: Patient, pk: UUID) -> RecordSubmission:
    """One of these envelopes. Raises Http404."""
    submission = readable_submissions(user, patient).filter(uuid=pk).first()
    if submission is None:
        raise Http404
    return submission


def papers_of(submission: RecordSubmission, user: User) -> list[dict]:
    """The papers inside; `url` is empty where the person may not read the paper now."""
    readable = set(readable_documents(user, submission.patient).values_list("pk", flat=True))
    base = reverse("records:document_list", args=[submission.patient.uuid])
    may_index = Perm.DOCUMENT_FILE in submission.patient.held and submission.is_open
    today = timezone.localdate(timezone=submission.facility.tz)
    return [
        {
            "url": f"{base}{paper.uuid}/" if paper.pk in readable else "",
            "index_url": f"{base}{paper.uuid}/index/" if may_index and paper.pk in readable else "",
            "dated": day_label(paper.written_on, today) if paper.written_on else "",
            "source": paper.source,
            "location": paper.location,
            "unindexed": paper.is_upload and not (paper.written_on and paper.source),
            "kind": paper.get_kind_display(),
            "title": paper.title,
            "pages": paper.pages,
            "sha256": paper.sha256,
            "intact": paper.is_intact,
        }
        for paper in submission.documents.order_by("kind", "pk")
    ]


def papers_to_submit(user: User, patient: Patient) -> QuerySet[Document]:
    """Current papers the person may read that are not with the clerk already."""
    with_clerk = RecordSubmission.documents.through.objects.filter(
        recordsubmission__patient=patient, recordsubmission__status__in=RecordSubmission.OPEN
    )
    rows = readable_documents(user, patient).filter(status=Document.Status.CURRENT)
    return rows.exclude(pk__in=with_clerk.values("document_id"))


def handshake(submission: RecordSubmission, facility: Facility) -> list[dict]:
    """What happened to the envelope, newest first, for the timeline."""
    events, before = [], None
    rows = submission.history.select_related("history_user").order_by("history_date", "history_id")
    for row in rows:
        if row.status != before:
            events.append(_event(row, facility))
            before = row.status
    return events[::-1]


def _envelopes(facility: Facility, statuses: Iterable[str], submitted_by: User | None) -> QuerySet[RecordSubmission]:
    statuses = list(statuses)
    rows = RecordSubmission.objects.filter(belongs_to(facility, "patient"), facility=facility, status__in=statuses)
    if submitted_by:
        seen = visible_patients(submitted_by, Perm.DOCUMENT_SUBMIT, facility).order_by().values("pk")
        rows = rows.filter(Q(submitted_by=submitted_by), patient__in=seen)
    in_hand = set(statuses) <= set(RecordSubmission.OPEN)
    return rows.order_by("due_at", "pk") if in_hand else rows.order_by("-answered_at", "-pk")


def _row(row: RecordSubmission, facility: Facility, now: datetime) -> dict:
    url = row.get_absolute_url()
    return {
        "uuid": str(row.uuid),
        "patient": row.patient.list_name,
        "record_number": read_of(row, row.patient.record_number, ""),
        "url": url,
        "accept_url": f"{url}accept/",
        "resubmit_url": f"{reverse('records:submission_add', args=[row.patient.uuid])}?again={row.uuid}",
        "papers": row.papers,  # type: ignore[attr-defined]  # annotated
        "pages": row.page_count,
        "pages_label": "1 page" if row.page_count == 1 else f"{row.page_count} pages",
        "submitted_by": str(row.submitted_by),
        "submitted": when_label(row.submitted_at, facility.tz, now),
        "age": distance_label(now - row.submitted_at),
        "due": due_label(row.due_at, facility.tz, now),
        "status": row.get_status_display(),
        "code": row.status,
        "tone": TONES[Status(row.status)],
        "answered_by": str(row.answered_by) if row.answered_by else "",
        "answered": when_label(row.answered_at, facility.tz, now) if row.answered_at else "",
        "location": read_of(row, row.filed_location, ""),
        "reason": read_of(row, row.return_reason),
    }


def _event(row: Any, facility: Facility) -> dict:
    status = Status(row.status)
    return {
        "when": when_label(row.history_date, facility.tz),
        "iso": row.history_date.isoformat(),
        "icon": ICONS[status],
        "tone": TONES[status],
        "title": status.label,
        "who": str(row.history_user or ""),
        "text": row.return_reason if status == Status.REJECTED else row.filed_location,
    }
