"""Moving what somebody looked at a while ago."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from core.labels import when_label
from scheduling.models import Appointment
from scheduling.services.booking import move_appointment

MOVED = "moved-meanwhile"


@transaction.atomic
def move_seen(*, appointment: Appointment, seen: int | None, starts_at: datetime, by: User, **to: Any) -> Appointment:
    """Move it, unless somebody has moved it since the person saw it as its `seen`th schedule version.

    Raises DomainError with the code MOVED then, and as `move_appointment` does; nothing is changed.
    """
    moved = move_appointment(appointment=appointment, starts_at=starts_at, by=by, **to)
    if seen is not None and moved.schedule_version != seen + 1:
        raise moved_meanwhile(appointment)
    return moved


def moved_meanwhile(appointment: Appointment) -> DomainError:
    """Says where it is now."""
    now = Appointment.objects.select_related("facility", "practitioner").get(pk=appointment.pk)
    who = f" with {now.practitioner}" if now.practitioner else ""
    said = f"Somebody has moved this appointment meanwhile: it is on {when_label(now.starts_at, now.facility.tz)}{who}."
    return DomainError(f"{said} Look again whether you still want to move it.", code=MOVED)
