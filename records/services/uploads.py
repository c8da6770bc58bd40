"""Papers that people bring: looked at, kept, given a newer version, or said to be a mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256

from django.apps import apps
from django.db import transaction
from django.db.models import FileField, Model
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from core.files import kinds, places, uploads
from core.files.uploads import Incoming, Upload
from patients.models import Patient
from records.digests import pages_of
from records.models import Document, RecordSubmission
from records.services.documents import arrived, supersede

Kind = Document.Kind
# What comes from outside; everything else is rendered here, and a photo has its own way.
UPLOADED = (
    Kind.IDENTIFICATION, Kind.INSURANCE, Kind.REFERRAL, Kind.LABORATORY, Kind.IMAGING, Kind.MEDICATION, Kind.DISCHARGE,
    Kind.CORRESPONDENCE, Kind.COURT, Kind.CONSENT, Kind.REVOCATION, Kind.NOTICE, Kind.ATTENDANCE, Kind.OTHER,
)  # fmt: skip
MISTAKES = {
    "wrong-person": "It belongs to another person",
    "unreadable": "It cannot be read",
    "twice": "It is there twice",
    "wrong-paper": "It is another paper than it says",
}


@dataclass(frozen=True)
class Index:
    """What is written about a paper, so that it is found again."""

    kind: str
    title: str = ""
    written_on: date | None = None
    source: str = ""
    location: str = ""


def add_uploads(
    *, patient: Patient, facility: Facility, files: Sequence[Incoming], index: Index, by: User, as_one: bool = False
) -> list[Document]:
    """Keep the files as papers of the patient, each one paper; with `as_one`, pictures as the pages of one.

    All of them are kept or none. Raises DomainError if there is none, one is refused, or the date is to come.
    """
    if not files:
        raise DomainError("Choose a file, or take a picture.", code="upload.none", field="files")
    _require_index(index, facility)
    if as_one and len(files) > 1:
        looked_at = [(uploads.bound([file.content for file in files]), "")]
    else:
        looked_at = [(_looked_at(file, number, len(files)), file.name) for number, file in enumerate(files, 1)]
    with transaction.atomic():
        rows = [_draft(patient, facility, upload, name, index, by) for upload, name in looked_at]
        for number, row in enumerate(rows, 1):
            row.title = row.title if len(rows) == 1 else f"{row.title[:180]} ({number} of {len(rows)})"
        return [keep(row, upload, by=by) for row, (upload, _) in zip(rows, looked_at, strict=True)]


def add_version(*, document: Document, file: Incoming, index: Index, by: User) -> Document:
    """Keep a newer version of an uploaded paper; the one before stays readable and says that it is superseded.

    Raises DomainError if the paper was rendered here, or if another has taken its place meanwhile.
    """
    _require_index(index, document.facility)
    upload = uploads.looked_at(file.content, file.name)
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=document.patient.survivor.pk)
        before = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
        if not before.is_upload or before.kind == Kind.PHOTO:
            raise DomainError("Only an uploaded paper has versions.", code="document.rendered")
        if before.status != Document.Status.CURRENT:
            said = "Somebody has added a newer version meanwhile; look at it first."
            raise DomainError(said, code="document.old", field="files")
        row = _draft(before.patient.survivor, before.facility, upload, file.name, index, by)
        row.replaces = supersede(document=before, by=by)
        return keep(row, upload, by=by)


@transaction.atomic
def index_document(*, document: Document, index: Index, by: User, expected_version: int | None = None) -> Document:
    """Write anew what is said about a paper; its kind and title only if it was uploaded. What it says never changes.

    Raises DomainError for a kind that is not uploaded, and Conflict if somebody saved it since.
    """
    _require_index(index, document.facility, anew=document)
    if document.is_upload:
        document.kind, document.title = index.kind, index.title.strip() or document.title
    document.written_on, document.source = index.written_on, index.source.strip()
    document.location = index.location.strip()
    return arrived(audit.save(document, by=by, expected_version=expected_version), by=by)


@transaction.atomic
def mark_mistaken(*, document: Document, mistake: str, by: User) -> Document:
    """Take a paper out of the chart that should never have come into it; the row and its file stay.

    `mistake` is one of MISTAKES and stands in the history. Raises DomainError if the paper is signed, or with the
    clerk, or no longer current.
    """
    if mistake not in MISTAKES:
        raise DomainError("Say what is wrong with the paper.", field="mistake")
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if document.status != Document.Status.CURRENT:
        raise DomainError("This paper is no longer current.", code="document.old")
    if document.signatures.exists():
        raise DomainError("A signed paper stays in the chart; revoke what it agrees to.", code="document.signed")
    if document.submissions.filter(status__in=RecordSubmission.OPEN).exists():
        raise DomainError("The paper is with the clerk; have its envelope returned first.", code="document.in_hand")
    document.status = Document.Status.ENTERED_IN_ERROR
    return audit.save(document, by=by, reason=mistake)


def keep(document: Document, upload: Upload, *, by: User | None, reason: str = "") -> Document:
    """Write file and row together: a row that fails takes its file along. For services that fill in the row."""
    with places.kept([upload.content, upload.thumbnail]) as (name, small):
        document.file, document.thumbnail = name, small
        document.content_type, document.size = upload.content_type, len(upload.content)
        document.sha256, document.text = sha256(upload.content).hexdigest(), upload.text
        document.pages = max(1, min(upload.pages or pages_of(upload.text), 32_000))
        with transaction.atomic():
            return arrived(audit.save(document, by=by, reason=reason), by=by)


def sweep_files(*, older_than: timedelta) -> int:
    """Delete files that no row names, if they are old enough that no transaction still writes theirs; how many."""
    swept, storage = 0, places.storage()
    for name in places.stored_names():
        if _is_named(name) or storage.get_modified_time(name) > timezone.now() - older_than:
            continue
        storage.delete(name)
        swept += 1
    return swept


def _is_named(name: str) -> bool:
    """Whether a row of any app names it."""
    return any(model._base_manager.filter(**{column: name}).exists() for model, column in _file_columns())


@cache
def _file_columns() -> list[tuple[type[Model], str]]:
    columns = ((model, field) for model in apps.get_models() for field in model._meta.local_fields)
    return [(model, field.name) for model, field in columns if isinstance(field, FileField)]


def _looked_at(file: Incoming, number: int, count: int) -> Upload:
    try:
        return uploads.looked_at(file.content, file.name)
    except DomainError as error:
        said = error.message if count == 1 else f"File {number} of {count}: {error.message}"
        raise DomainError(said, code=error.code, field=error.field) from error


def _draft(patient: Patient, facility: Facility, upload: Upload, name: str, index: Index, by: User) -> Document:
    row = Document(patient=patient, facility=facility, kind=index.kind, author=by)
    row.title = index.title.strip() or Kind(index.kind).label
    row.written_on, row.source, row.location = index.written_on, index.source.strip(), index.location.strip()
    row.original_name = name[-200:] or f"pages.{kinds.ENDINGS[upload.content_type]}"
    return row


def _require_index(index: Index, facility: Facility, anew: Document | None = None) -> None:
    if index.kind not in UPLOADED and not (anew and anew.kind == index.kind):
        raise DomainError("Choose what kind of paper it is.", code="document.kind", field="kind")
    if anew and not anew.is_upload and anew.kind != index.kind:
        raise DomainError("A paper written here keeps its kind.", code="document.kind", field="kind")
    if index.written_on and index.written_on > timezone.localdate(timezone=facility.tz):
        raise DomainError("The date on the paper is still to come.", code="document.date", field="written_on")
