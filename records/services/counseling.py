"""SUD counseling notes: their author writes, signs and reads them, and nobody else (42 CFR 2.11)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from patients.models import Patient
from records.models import CounselingNote


@transaction.atomic
def write_counseling_note(
    *, patient: Patient, facility: Facility, text: str, session_at: datetime, by: User
) -> CounselingNote:
    """A draft. Raises DomainError without text, or for a session that is still to come."""
    _require(text, session_at)
    note = CounselingNote(patient=patient, facility=facility, author=by, text=text.strip(), session_at=session_at)
    return audit.save(note, by=by)


@transaction.atomic
def change_counseling_note(
    *, note: CounselingNote, text: str, session_at: datetime, by: User, expected_version: int | None = None
) -> CounselingNote:
    """Change a draft of one's own. Raises DomainError if it is signed, Conflict if it was saved elsewhere since."""
    _require(text, session_at)
    note = _own_draft(note, by)
    note.text, note.session_at = text.strip(), session_at
    return audit.save(note, by=by, expected_version=expected_version)


@transaction.atomic
def sign_counseling_note(*, note: CounselingNote, by: User) -> CounselingNote:
    """From now on it never changes. Raises DomainError if it is another's, or signed."""
    note = _own_draft(note, by)
    note.signed_at = timezone.now()
    return audit.save(note, by=by)


@transaction.atomic
def mark_counseling_note_in_error(*, note: CounselingNote, by: User) -> CounselingNote:
    """Say that it should not be there: it stays, and never leaves. Raises DomainError if it is another's."""
    note = _own(note, by)
    note.entered_in_error = True
    return audit.save(note, by=by)


def _own(note: CounselingNote, by: User) -> CounselingNote:
    note = CounselingNote.objects.select_for_update(no_key=True).get(pk=note.pk)
    if note.author_id != by.pk:
        raise DomainError("A counseling note is its author’s alone.", code="counseling.author")
    return note


def _own_draft(note: CounselingNote, by: User) -> CounselingNote:
    note = _own(note, by)
    if note.signed_at:
        raise DomainError("This note is signed; write another one.", code="counseling.signed")
    return note


def _require(text: str, session_at: datetime) -> None:
    if not text.strip():
        raise DomainError("Write the note first.", field="text")
    if session_at > timezone.now():
        raise DomainError("The session is still to come.", field="session_at")
