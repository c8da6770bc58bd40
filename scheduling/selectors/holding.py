"""The time that somebody holds while talking."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from core.labels import when_label
from scheduling.models import Hold
from scheduling.selectors.appointments import Row


def open_holds(user: User, facility: Facility) -> QuerySet[Hold]:
    """What the person holds there now, for nobody's move."""
    rows = Hold.objects.filter(held_by=user, facility=facility, released_at__isnull=True, appointment__isnull=True)
    rows = rows.filter(expires_at__gt=timezone.now()).order_by("-pk")
    return rows.select_related("type", "practitioner", "location", "interpreter", "equipment")


def open_hold(user: User, facility: Facility) -> Row | None:
    """The latest of them, with what `appointment_book` wants. One query."""
    hold = open_holds(user, facility).first()
    if hold is None:
        return None
    named = {"practitioner": hold.practitioner, "location": hold.location}
    named |= {"interpreter": hold.interpreter, "equipment": hold.equipment}
    return {name: str(row.uuid) if row else "" for name, row in named.items()} | {
        "uuid": str(hold.uuid),
        "value": hold.starts_at.isoformat(),
        "label": when_label(hold.starts_at, facility.tz),
        "until": f"{hold.expires_at.astimezone(facility.tz):%H:%M}",
        "type": str(hold.type.uuid),
        "what": str(hold.type),
        "who": " · ".join(str(row) for row in named.values() if row),
    }
