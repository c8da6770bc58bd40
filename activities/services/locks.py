"""The one order of locks here: program, its sessions, then what scheduling locks (people, appointment)."""

from django.utils import timezone

from activities.models import Program, Session
from core.errors import DomainError
from scheduling.models import Appointment


def locked_program(program: Program) -> Program:
    """The program as it is now, held until the transaction ends: who decides on its last place waits here."""
    rows = Program.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("facility", "leader").get(pk=program.pk)


def coming_sessions(program: Program) -> list[Session]:
    """The sessions that have not begun, held, the earliest first."""
    rows = Session.objects.select_for_update(no_key=True, of=("self",)).filter(
        program=program, appointment__status__in=Appointment.UPCOMING, appointment__starts_at__gt=timezone.now()
    )
    held = list(rows.select_related("appointment__facility", "program").order_by("pk"))
    return sorted(held, key=lambda session: session.appointment.starts_at)


def open_session(session: Session) -> Session:
    """The session as it is now, held. Raises DomainError once it is signed or cancelled."""
    rows = Session.objects.select_for_update(no_key=True, of=("self",))
    session = rows.select_related("appointment__facility", "program").get(pk=session.pk)
    if session.note_signed_at:
        raise DomainError(
            "This session is signed and can no longer be changed. "
            "Write what is to be added as an addendum in the person’s chart.",
            code="session.signed",
        )
    if session.appointment.status == Appointment.Status.CANCELLED:
        raise DomainError("This session is cancelled. Plan another one.", code="session.cancelled")
    return session
