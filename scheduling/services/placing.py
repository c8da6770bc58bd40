"""What booking, moving and proposing share: what a visit is furnished with, and its writing under the locks."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Location, User
from core import audit
from core.errors import DomainError
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType
from scheduling.services import guards, overrides, rules


def draft(*, type: AppointmentType, patient: Patient, starts_at: datetime, **fields: Any) -> Appointment:
    """An appointment of the type at that time, not saved. By video no room is taken, and the link is private."""
    appointment = Appointment(facility=type.facility, type=type, patient=patient, **fields)
    appointment.set_time(starts_at, starts_at + timedelta(minutes=type.minutes), type.facility.tz)
    appointment.episode = appointment.episode or patient.episodes.open().filter(facility=type.facility).first()
    if type.is_telehealth:
        appointment.location = None
        appointment.video_url = appointment.video_url or private_link(type.facility.video_base_url)
    return appointment


def private_link(base_url: str) -> str:
    """An address nobody can guess: 128 random bits after the video service's; "" without a service."""
    return f"{base_url.rstrip('/')}/{secrets.token_urlsafe(16)}" if base_url else ""


def candidates(type: AppointmentType, named: Location | None) -> list[Location]:
    """The pieces of equipment of which one is taken: any that the type needs, the named one first.

    One that the type does not speak of is taken by itself. Raises DomainError if the named one is no equipment.
    """
    if named and named.kind != Location.Kind.EQUIPMENT:
        raise DomainError(f"{named} is no equipment.", code="equipment", field="equipment")
    rows = list(type.equipment.order_by("name", "pk"))
    return rows if named is None else [named]


def place(
    appointment: Appointment,
    *,
    spare: Sequence[Location],
    by: User | None,
    reason: str = "",
    override_reason: str = "",
    letting_go: Iterable[int] = (),
    steps: bool = True,
) -> Appointment:
    """Write an appointment and all that it takes, instead of what it took before; under the locks of all of it.

    Raises DomainError as `rules` do, unless what is broken is set aside; that is then kept.
    """
    rules.require_future(appointment)
    rules.require_staff(appointment)
    found = rules.against(appointment, candidates=spare, letting_go=letting_go, steps=steps)
    overrides.require_none(found.refusals, reason=override_reason, by=by, facility=appointment.facility)
    moves = appointment.pk is not None
    audit.save(appointment, by=by, reason=reason)
    if moves:
        guards.free(appointment, by, reason=reason)
    guards.take(appointment, by, reason=reason, permitted=found.overlapping)
    overrides.keep(appointment, found.refusals, reason=override_reason, by=by)
    return appointment
