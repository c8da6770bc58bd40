"""Who came, the shared note, a line per person, the signature."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from activities.models import Attendance, ParticipationNote, Session
from activities.selectors.sheet import shown_value
from activities.services.locks import open_session
from core import audit
from core.errors import Conflict, DomainError
from core.models import Record
from scheduling import services as scheduling
from scheduling.models import Appointment

EARLIEST = timedelta(minutes=30)


@dataclass(frozen=True)
class Mark:
    """What was tapped: `seen` is the version of the row that the person had before the eyes, None to overrule."""

    status: str
    minutes: int | None = None
    seen: int | None = None


@dataclass(frozen=True)
class Line:
    """What was written about one person; `seen` as in Mark, 0 for a line that was not there yet."""

    text: str
    seen: int | None = None


@transaction.atomic
def record_attendance(*, session: Session, marks: dict[int, Mark], by: User) -> int:
    """Record how each person took part (attendance id → mark); answers how many rows changed.

    Who came without minutes gets the length of the session, who did not come gets 0.
    Raises Conflict if somebody else has marked a person otherwise since, DomainError if the session is signed,
    cancelled or begins in more than half an hour.
    """
    session = open_session(session)
    rows = session.attendances.filter(pk__in=marks).order_by("pk")
    return sum(_mark(row, marks[row.pk], session, by) for row in rows)


def _mark(row: Attendance, mark: Mark, session: Session, by: User) -> bool:
    minutes = _minutes(mark, session)
    if not changes(row, mark.seen, status=mark.status, minutes=minutes):
        return False
    if session.appointment.starts_at - EARLIEST > timezone.now():
        raise DomainError("Attendance can be recorded half an hour before the session begins.", code="session.early")
    row.status, row.minutes = mark.status, minutes
    row.recorded_at, row.recorded_by = timezone.now(), by
    audit.save(row, by=by)
    return True


def _minutes(mark: Mark, session: Session) -> int | None:
    if mark.status == Attendance.Status.EXPECTED:
        return None
    if mark.status not in Attendance.CAME:
        return 0
    return min(mark.minutes or session.minutes, session.minutes)


@transaction.atomic
def save_notes(*, session: Session, shared_note: str, lines: dict[int, Line], by: User, seen: int | None = None) -> int:
    """Save the shared note and the line of each person (attendance id → line); answers how many texts changed.

    A line is the person's own record. Raises Conflict if somebody else wrote something else meanwhile (nothing is
    saved then), DomainError if the session is signed or cancelled.
    """
    session = open_session(session)
    changed = changes(session, seen, shared_note=shared_note)
    if changed:
        session.shared_note = shared_note
        audit.save(session, by=by)
    rows = session.attendances.filter(pk__in=lines).select_related("note").order_by("pk")
    return changed + sum(_write(row, lines[row.pk], by) for row in rows)


def _write(row: Attendance, line: Line, by: User) -> bool:
    note = getattr(row, "note", None) or ParticipationNote(attendance=row, author=by, version=0)
    if not changes(note, line.seen, text=line.text):
        return False
    note.text, note.author, note.written_at = line.text, by, timezone.now()
    if not note.pk:
        note.version = 1
    audit.save(note, by=by)
    return True


@transaction.atomic
def save_sheet(
    *, session: Session, marks: dict[int, Mark], shared_note: str, lines: dict[int, Line], by: User,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Attendance and notes together, all or nothing; raises what the two raise."""
    marked = record_attendance(session=session, marks=marks, by=by)
    return marked + save_notes(session=session, shared_note=shared_note, lines=lines, seen=seen, by=by)


@transaction.atomic
def sign_session(*, session: Session, by: User) -> Session:
    """Sign the shared note and every line. From then on PostgreSQL refuses any change to them and to attendance.

    Raises DomainError before the session has begun, while somebody is unmarked or the shared note is empty.
    """
    session = open_session(session)
    _require_complete(session)
    now = timezone.now()
    for note in ParticipationNote.objects.filter(attendance__session=session, signed_at__isnull=True):
        note.signed_at = now
        audit.save(note, by=by)
    if session.appointment.status != Appointment.Status.FULFILLED:
        scheduling.set_status(appointment=session.appointment, status=Appointment.Status.FULFILLED, by=by)
    session.note_signed_at, session.note_signed_by = now, by
    return audit.save(session, by=by)


def _require_complete(session: Session) -> None:
    if session.appointment.starts_at > timezone.now():
        raise DomainError("The session has not begun yet.", code="session.early")
    unmarked = session.attendances.filter(status=Attendance.Status.EXPECTED).count()
    if unmarked:
        who = "1 person has" if unmarked == 1 else f"{unmarked} people have"
        raise DomainError(f"{who} no attendance mark yet.", code="session.unmarked")
    if not session.shared_note.strip():
        raise DomainError("Write the shared note before you sign.", code="session.note")


def changes(record: Record, seen: int | None, **values: Any) -> bool:
    """Whether these values have to be written: not if they stand already, nor if the person left them as shown.

    `seen` is the version shown to the person, None to overrule. Raises Conflict if both changed them.
    """
    if all(getattr(record, name) == value for name, value in values.items()):
        return False
    if seen is None or seen == record.version:
        return True
    if all(shown_value(record, seen, name) == value for name, value in values.items()):
        return False
    raise Conflict(record)
