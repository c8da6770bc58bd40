"""Papers a person may read, and the signatures under them."""

import re
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import DataClass, Perm, Scope
from core.files import kinds
from core.labels import day_label, when_label
from patients.models import Patient
from records.models import ClinicalPhoto, Document, RecordSubmission, ReleaseRequest, Signature

Status = Document.Status
TONES = {Status.CURRENT: "success", Status.SUPERSEDED: "neutral", Status.ENTERED_IN_ERROR: "danger"}
HEADING = 60  # a first line no longer than this, without a full stop, heads its section


def readable_documents(user: User, patient: Patient) -> QuerySet[Document]:
    """The patient's papers this person may read; ask the door first, for it fills `patient.held`.

    All of them with DOCUMENT_VIEW; one's own with DOCUMENT_OWN; and who holds DOCUMENT_VIEW by a request in hand
    (clerk, privacy officer), those in the envelopes that are in hand and those that the open requests ask for.
    """
    rows = Document.objects.filter(patient__in=patient.same_person).exclude(status=Document.Status.ENTERED_IN_ERROR)
    rows = rows.order_by("-created_at", "-pk")
    rows = rows.exclude(kind=Document.Kind.RELEASE)  # a packet holds what its readers here may not see
    may_view = Perm.DOCUMENT_VIEW in patient.held
    if may_view and not _only_on_request(user):
        return rows
    mine = Q(author=user) if Perm.DOCUMENT_OWN in patient.held else Q(pk__in=[])
    if not may_view:
        return rows.filter(mine)
    kept_on = TruncDate("created_at", tzinfo=timezone.get_current_timezone())
    return rows.alias(day=Coalesce("written_on", kept_on)).filter(mine | _in_hand(patient))


def document_of(user: User, patient: Patient, pk: UUID) -> Document:
    """One of these papers. Raises Http404."""
    document = readable_documents(user, patient).filter(uuid=pk).select_related("author", "facility").first()
    if document is None:
        raise Http404
    return document


def document_rows(
    user: User, patient: Patient, facility: Facility, *, words: str = "", first: int = 0, size: int = 200
) -> list[dict]:
    """The list of papers, ready to print, newest first; with `words`, those in which each of them begins a word."""
    rows = found_documents(user, patient, words).select_related("author").defer("text")
    base = reverse("records:document_list", args=[patient.uuid])
    today = timezone.localdate(timezone=facility.tz)
    return [
        {
            "uuid": str(row.uuid),
            "url": f"{base}{row.uuid}/",
            "kind": row.get_kind_display(),
            "title": row.title,
            "author": row.written_by,
            "written": when_label(row.created_at, facility.tz),
            "pages": row.pages,
            "signatures": row.signature_count,
            "form": kinds.LABELS.get(row.content_type, "") if row.is_upload else "",
            "source": row.source,
            "dated": day_label(row.written_on, today) if row.written_on else "",
            "thumbnail": f"{base}{row.uuid}/thumbnail/" if row.thumbnail else "",
            "status": row.get_status_display(),
            "tone": TONES[Document.Status(row.status)],
        }
        for row in rows.annotate(signature_count=Count("signatures"))[first : first + size]
    ]


def found_documents(user: User, patient: Patient, words: str = "") -> QuerySet[Document]:
    """The readable papers that have each of the words, as the beginning of one, in title, text or source."""
    rows = readable_documents(user, patient)
    typed = re.findall(r"\w+", words)
    if not typed:
        return rows.none() if words.strip() else rows
    query = SearchQuery(" & ".join(f"'{word}':*" for word in typed), search_type="raw", config="simple")
    vector = SearchVector("title", "text", "source", config="simple")  # as in the index document_words
    return rows.annotate(words=vector).filter(words=query)


def versions_of(document: Document) -> list[Document]:
    """The paper in all its versions, the newest first."""
    newest = document
    while later := Document.objects.filter(replaces=newest).first():
        newest = later
    found = [newest]
    while found[-1].replaces_id:
        found.append(Document.objects.select_related("author").get(pk=found[-1].replaces_id))
    return found


def upload_of(user: User, patient: Patient, pk: UUID, *, with_thumbnail: bool = False) -> Document:
    """A readable paper that has a file, or a small picture. Raises Http404."""
    document = document_of(user, patient, pk)
    if not (document.thumbnail if with_thumbnail else document.file):
        raise Http404
    return document


def changeable_document(user: User, patient: Patient, pk: UUID) -> Document:
    """A readable paper about which the person may say something else. Raises Http404."""
    document = document_of(user, patient, pk)
    if not may_change(user, patient, document):
        raise Http404
    return document


def photo_of(document: Document) -> ClinicalPhoto | None:
    """What was written beside a photo, None for any other paper."""
    return ClinicalPhoto.objects.filter(document=document).first() if document.kind == Document.Kind.PHOTO else None


def how_shown(document: Document) -> str:
    """`text` for a paper written here, `picture`, `tab` for what opens in a tab of its own, `file` for the rest."""
    if not document.is_upload:
        return "text"
    if document.content_type in kinds.PICTURES:
        return "picture"
    return "tab" if document.content_type in (kinds.PDF, kinds.TEXT) else "file"


def may_change(user: User, patient: Patient, document: Document) -> bool:
    """Whether the person may say anew what a paper is, or that it is a mistake: one's own, all, or as the clerk."""
    if patient.held & {Perm.DOCUMENT_EDIT, Perm.DOCUMENT_FILE}:
        return True
    return Perm.DOCUMENT_OWN in patient.held and document.author_id == user.pk


def sections_of(text: str) -> list[dict[str, str]]:
    """The text cut at its blank lines, for the page: each part with the line that heads it, if there is one."""
    return [_section(part) for part in text.strip("\n").split("\n\n")]


def signatures_of(document: Document) -> list[Signature]:
    """The signatures under a paper, first signed first; each tells whether it still holds."""
    rows = list(document.signatures.select_related("witness").order_by("signed_at", "pk"))
    for row in rows:
        row.document = document
    return rows


def _only_on_request(user: User) -> bool:
    held = set().union(*scopes(user, Perm.DOCUMENT_VIEW).values())
    return held == {Scope.REQUEST}


def _in_hand(patient: Patient) -> Q:
    """A filter: in an open envelope, or asked for by an open request or shown to support it."""
    envelopes = RecordSubmission.documents.through.objects.filter(
        recordsubmission__patient=patient, recordsubmission__status__in=RecordSubmission.OPEN
    )
    asked = ReleaseRequest.objects.filter(patient=patient, status__in=ReleaseRequest.OPEN)
    chosen = ReleaseRequest.papers.through.objects.filter(releaserequest__in=asked.values("pk"))
    named = [
        envelopes.values("document_id"), chosen.values("document_id"), asked.values("court_order_id"),
        asked.values("subpoena_id"),
    ]  # fmt: skip
    return reduce(or_, (Q(pk__in=ids) for ids in named)) | Q(Exists(_of_its_days(asked)))


def _of_its_days(asked: QuerySet[ReleaseRequest]) -> QuerySet[ReleaseRequest]:
    """The requests for all papers of some days, the `day` of the outer query's paper among them."""
    return asked.filter(
        Q(covers_from=None) | Q(covers_from__lte=OuterRef("day")),
        Q(covers_until=None) | Q(covers_until__gte=OuterRef("day")),
        data_classes__contains=[DataClass.DOCUMENT],
        papers=None,
    )


def _section(part: str) -> dict[str, str]:
    first, _, rest = part.partition("\n")
    is_heading = len(first) <= HEADING and not first.endswith((".", ",")) and (rest or first.isupper())
    return {"heading": first, "body": rest} if is_heading else {"heading": "", "body": part}
