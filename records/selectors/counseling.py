"""Counseling notes: one's own to read; of others only that there are some."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from patients.models import Patient
from records.models import CounselingNote


def own_counseling_notes(user: User, patient: Patient) -> QuerySet[CounselingNote]:
    """What this person wrote, the newest session first. The text is fetched only where it is read."""
    rows = CounselingNote.objects.filter(author=user, patient__in=patient.same_person)
    return rows.defer("text").order_by("-session_at", "-pk")


def counseling_note_of(user: User, patient: Patient, pk: UUID) -> CounselingNote:
    """One of them, with its text. Raises Http404."""
    note = CounselingNote.objects.filter(author=user, patient__in=patient.same_person, uuid=pk).first()
    if note is None:
        raise Http404
    return note


def counseling_count(patient: Patient, *, without: User | None = None) -> int:
    """How many signed notes exist, all authors together; `without` leaves out one's own."""
    rows = CounselingNote.objects.filter(
        patient__in=patient.same_person, signed_at__isnull=False, entered_in_error=False
    )
    return rows.exclude(author=without).count() if without else rows.count()
