"""Patients move their own appointment, behind the link: hold a free time, look at it, take it."""

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from scheduling.links import digest, new_token
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse, Hold
from scheduling.selectors.slots import Slot
from scheduling.services.answers import record_answer
from scheduling.services.booking import move_appointment
from scheduling.services.holds import hold_time, release_hold

KEPT_MINUTES = 10


def hold_other_time(*, appointment: Appointment, slot: Slot) -> Hold:
    """Keep a time for the patient who looks at it, ten minutes; one kept earlier is free again.

    Raises DomainError if it is taken.
    """
    return hold_time(
        type=appointment.type, practitioner=slot.practitioner, location=slot.location, starts_at=slot.starts_at,
        facility=appointment.facility, by=None, interpreter=slot.interpreter, equipment=slot.equipment,
        appointment=appointment, minutes=KEPT_MINUTES,
    )  # fmt: skip


@transaction.atomic
def let_other_time_go(*, appointment: Appointment) -> None:
    """The time kept for the patient is free again. Harmless without one."""
    for hold in appointment.holds.filter(released_at__isnull=True, held_by__isnull=True):
        release_hold(hold=hold, by=None)


@transaction.atomic
def take_other_time(*, link: AppointmentLink) -> str:
    """Move to the time kept, confirmed by taking it; answers the token of the link that goes on from there.

    The link used is void from then on, as after any move. A time kept too long ago is taken if it is still free.
    Raises DomainError if none is kept, it is taken, or somebody has changed the appointment since.
    """
    hold = _held(link.appointment)
    moved = move_appointment(
        appointment=link.appointment, starts_at=hold.starts_at, practitioner=hold.practitioner, location=hold.location,
        interpreter=hold.interpreter, by=None, hold=hold, reason="link",
    )  # fmt: skip
    if moved.schedule_version != link.schedule_version + 1:
        raise DomainError("Somebody has just changed this appointment.", code="changed")
    record_answer(
        appointment=moved, reply=Appointment.Reply.ACCEPTED, via=AppointmentResponse.Via.LINK, by=None,
        moved_to=moved.starts_at,
    )  # fmt: skip
    token = new_token()
    AppointmentLink.objects.create(
        appointment=moved, schedule_version=moved.schedule_version, purpose=link.purpose, token_sha256=digest(token)
    )
    return token


def _held(appointment: Appointment) -> Hold:
    hold = appointment.holds.filter(released_at__isnull=True, held_by__isnull=True).order_by("-pk").first()
    if hold is None:
        raise DomainError("No time is kept.", code="hold")
    if hold.expires_at > timezone.now():
        return hold
    if hold.practitioner is None:
        raise DomainError("No time is kept.", code="hold")
    return hold_time(
        type=hold.type, practitioner=hold.practitioner, location=hold.location, starts_at=hold.starts_at,
        facility=hold.facility, by=None, interpreter=hold.interpreter, equipment=hold.equipment,
        appointment=appointment, minutes=KEPT_MINUTES,
    )  # fmt: skip
