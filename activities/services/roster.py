"""Who is on the roster of a session. A row is never deleted, and no note is touched."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.models import Attendance, Session
from activities.services.locks import open_session
from core import audit
from core.errors import DomainError
from patients.models import Patient
from scheduling import services as scheduling

Status = Attendance.Status


@transaction.atomic
def add_to_roster(*, session: Session, patient: Patient, by: User) -> Attendance:
    """Give a person a seat and expect him or her. Harmless twice; who was removed is expected again.

    Raises DomainError if the session is full, signed or cancelled, or the person is elsewhere then.
    """
    return seat(open_session(session), patient, by)


def seat(session: Session, patient: Patient, by: User) -> Attendance:
    """The same for a session that the caller holds already."""
    row = session.attendances.filter(patient=patient).first()
    if row and row.status != Status.EXCUSED:
        return row
    if session.attendances.exclude(status=Status.EXCUSED).count() >= session.program.capacity:
        raise DomainError(f"All {session.program.capacity} places of this session are taken.", code="session.full")
    scheduling.add_seat(appointment=session.appointment, patient=patient, by=by)
    row = row or Attendance(session=session, patient=patient)
    row.status, row.minutes = Status.EXPECTED, None
    return audit.save(row, by=by)


@transaction.atomic
def remove_from_roster(*, attendance: Attendance, by: User) -> Attendance:
    """Excuse a person: the seat is free again, row and note stay. Harmless twice.

    Raises DomainError if the session is signed or cancelled.
    """
    session = open_session(attendance.session)
    return excuse(session.attendances.select_related("patient").get(pk=attendance.pk), session, by)


def excuse(row: Attendance, session: Session, by: User) -> Attendance:
    """The same for a session that the caller holds already."""
    scheduling.remove_seat(appointment=session.appointment, patient=row.patient, by=by)
    if row.status == Status.EXCUSED:
        return row
    row.status, row.minutes = Status.EXCUSED, 0
    row.recorded_at, row.recorded_by = timezone.now(), by
    return audit.save(row, by=by)
