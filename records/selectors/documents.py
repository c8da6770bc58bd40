"""Papers a person may read, and the signatures under them."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.access import current_facility, facilities, scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.labels import when_label
from patients.models import Patient
from records.models import Document, RecordSubmission, Signature

Status = Document.Status
TONES = {Status.CURRENT: "success", Status.SUPERSEDED: "neutral", Status.ENTERED_IN_ERROR: "danger"}
HEADING = 60  # a first line no longer than this, without a full stop, heads its section


def readable_documents(user: User, patient: Patient) -> QuerySet[Document]:
    """The patient's papers this person may read; ask the door first, for it fills `patient.held`.

    All of them with DOCUMENT_VIEW; one's own with DOCUMENT_OWN; and the clerk, whose DOCUMENT_VIEW rests on a
    request in hand, those in the envelopes that are in hand.
    """
    rows = patient.documents.exclude(status=Document.Status.ENTERED_IN_ERROR).order_by("-created_at", "-pk")
    may_view = Perm.DOCUMENT_VIEW in patient.held
    if may_view and not _only_on_request(user):
        return rows
    mine = Q(author=user) if Perm.DOCUMENT_OWN in patient.held else Q(pk__in=[])
    return rows.filter(mine | Q(pk__in=_in_hand(patient))) if may_view else rows.filter(mine)


def document_of(user: User, patient: Patient, pk: UUID) -> Document:
    """One of these papers. Raises Http404."""
    document = readable_documents(user, patient).filter(uuid=pk).select_related("author", "facility").first()
    if document is None:
        raise Http404
    return document


def document_rows(user: User, patient: Patient, facility: Facility) -> list[dict]:
    """The list of papers, ready to print, newest first."""
    rows = readable_documents(user, patient).select_related("author").defer("text")
    base = reverse("records:document_list", args=[patient.uuid])
    return [
        {
            "uuid": str(row.uuid),
            "url": f"{base}{row.uuid}/",
            "kind": row.get_kind_display(),
            "title": row.title,
            "author": str(row.author),
            "written": when_label(row.created_at, facility.tz),
            "pages": row.pages,
            "signatures": row.signature_count,
            "status": row.get_status_display(),
            "tone": TONES[Document.Status(row.status)],
        }
        for row in rows.annotate(signature_count=Count("signatures"))
    ]


def sections_of(text: str) -> list[dict[str, str]]:
    """The text cut at its blank lines, for the page: each part with the line that heads it, if there is one."""
    return [_section(part) for part in text.strip("\n").split("\n\n")]


def signatures_of(document: Document) -> list[Signature]:
    """The signatures under a paper, first signed first; each tells whether it still holds."""
    rows = list(document.signatures.select_related("witness").order_by("signed_at", "pk"))
    for row in rows:
        row.document = document
    return rows


def working_facility(user: User, patient: Patient) -> Facility:
    """Where the person works on this patient: the current facility if the patient belongs there, else the first.

    Ask the door first: it lets nobody through without a facility in common.
    """
    belongs = set(patient.facilities.filter(ends_at__isnull=True).values_list("facility_id", flat=True))
    current = current_facility(user)
    shared = [facility for facility in facilities(user) if facility.pk in belongs]
    return current if current.pk in belongs or not shared else shared[0]


def _only_on_request(user: User) -> bool:
    held = set().union(*scopes(user, Perm.DOCUMENT_VIEW).values())
    return held == {Scope.REQUEST}


def _in_hand(patient: Patient) -> QuerySet:
    papers = RecordSubmission.documents.through.objects.filter(
        recordsubmission__patient=patient, recordsubmission__status__in=RecordSubmission.OPEN
    )
    return papers.values("document_id")


def _section(part: str) -> dict[str, str]:
    first, _, rest = part.partition("\n")
    is_heading = len(first) <= HEADING and not first.endswith((".", ",")) and (rest or first.isupper())
    return {"heading": first, "body": rest} if is_heading else {"heading": "", "body": part}
