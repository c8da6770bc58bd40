"""Copies of the papers behind credentials: kept, given a newer version, or said to be a mistake."""

from collections.abc import Sequence
from hashlib import sha256

from django.db import transaction

from accounts.models import User
from core import audit
from core.errors import DomainError
from core.files import places, uploads
from core.files.uploads import Incoming, Upload
from staff.models import Credential, CredentialFile

Status = CredentialFile.Status
MISTAKES = {
    "wrong-person": "It belongs to somebody else",
    "wrong-paper": "It is another paper",
    "unreadable": "It cannot be read",
    "twice": "It is there twice",
}


def add_credential_files(*, credential: Credential, files: Sequence[Incoming], by: User) -> list[CredentialFile]:
    """Keep each file as a copy of the credential's paper, all of them or none.

    Raises DomainError if there is none or one is refused.
    """
    if not files:
        raise DomainError("Choose a file, or take a picture.", code="upload.none", field="files")
    looked_at = [uploads.looked_at(file.content, file.name) for file in files]
    with transaction.atomic():
        return [keep_credential_file(credential, upload, by=by) for upload in looked_at]


def replace_credential_file(*, copy: CredentialFile, file: Incoming, by: User) -> CredentialFile:
    """Keep a newer version of a copy; the one before stays readable. Raises DomainError if it is not current."""
    upload = uploads.looked_at(file.content, file.name)
    with transaction.atomic():
        before = _current(copy)
        before.status = Status.SUPERSEDED
        audit.save(before, by=by)
        return keep_credential_file(before.credential, upload, replaces=before, by=by)


@transaction.atomic
def mark_credential_file_mistaken(*, copy: CredentialFile, mistake: str, by: User) -> CredentialFile:
    """Say that a copy should never have come here; the row and its file stay.

    `mistake` is one of MISTAKES and stands in the history. Raises DomainError if the copy is not current.
    """
    if mistake not in MISTAKES:
        raise DomainError("Say what is wrong with the copy.", field="mistake")
    row = _current(copy)
    row.status = Status.ENTERED_IN_ERROR
    return audit.save(row, by=by, reason=mistake)


def keep_credential_file(
    credential: Credential,
    upload: Upload,
    *,
    by: User | None,
    replaces: CredentialFile | None = None,
    reason: str = "",
) -> CredentialFile:
    """Write file and row together, of an upload that was looked at: a row that fails takes its file along."""
    row = CredentialFile(credential=credential, author=by, replaces=replaces, content_type=upload.content_type)
    row.size, row.sha256 = len(upload.content), sha256(upload.content).hexdigest()
    row.pages = max(1, min(upload.pages, 32_000))
    with places.kept([upload.content]) as (name,), transaction.atomic():
        row.file = name
        return audit.save(row, by=by, reason=reason)


def _current(copy: CredentialFile) -> CredentialFile:
    """The row, locked. Raises DomainError if a newer one has taken its place, or it was a mistake."""
    row = CredentialFile.objects.select_for_update(no_key=True).get(pk=copy.pk)
    if row.status != Status.CURRENT:
        said = "Somebody has replaced this copy or taken it out meanwhile; look at it again."
        raise DomainError(said, code="credential_file.old", field="files")
    return row
