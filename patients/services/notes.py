"""Clinical notes. Once signed a note never changes; PostgreSQL refuses it as well (`note_signed_is_final`)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from patients.models import Note, Patient


@transaction.atomic
def draft_note(*, patient: Patient, text: str, kind: str = Note.Kind.PROGRESS, by: User) -> Note:
    """Begin a note that only its author sees until it is signed."""
    return audit.save(Note(patient=patient, kind=kind, text=text, author=by), by=by)


@transaction.atomic
def change_note(*, note: Note, text: str, kind: str, expected_version: int, by: User) -> Note:
    """Change one's own draft. Raises DomainError once it is signed or if it is another's; Conflict."""
    row = _own_draft(note, by)
    row.text, row.kind = text, kind
    return audit.save(row, by=by, expected_version=expected_version)


@transaction.atomic
def sign_note(*, note: Note, by: User) -> Note:
    """Sign one's own draft; from now on it never changes. Raises DomainError if signed, or another's."""
    row = _own_draft(note, by)
    row.signed_at = timezone.now()
    return audit.save(row, by=by)


@transaction.atomic
def add_addendum(*, note: Note, text: str, by: User) -> Note:
    """Add to a signed note, whoever wrote it: signed as it is saved, and final.

    Raises DomainError for a draft, and for an addendum (add to the note itself).
    """
    note = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
    if note.signed_at is None:
        raise DomainError("This note is still a draft: change it, or sign it first.", code="note.draft")
    if note.addendum_to_id:
        raise DomainError("Add to the note itself, not to an addendum.", code="note.addendum")
    row = Note(patient=note.patient, kind=Note.Kind.ADDENDUM, text=text, author=by, addendum_to=note)
    row.signed_at = timezone.now()
    return audit.save(row, by=by)


@transaction.atomic
def mark_note_in_error(*, note: Note, by: User) -> Note:
    """Say that the note does not belong here. Its text stays as it was signed.

    Raises DomainError unless its author does it.
    """
    row = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
    if row.author_id != by.pk:
        raise DomainError("Only its author can mark a note as entered in error.", code="note.author")
    row.entered_in_error = True
    return audit.save(row, by=by, reason="entered in error")


def _own_draft(note: Note, by: User) -> Note:
    row = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
    if row.author_id != by.pk:
        raise DomainError("Only its author can change or sign a note.", code="note.author")
    if row.signed_at:
        raise DomainError("This note is signed and final: write an addendum.", code="note.signed")
    if row.entered_in_error:
        raise DomainError("This note was marked as entered in error.", code="note.error")
    return row
