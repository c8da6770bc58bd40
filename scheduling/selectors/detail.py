"""What belongs to one appointment beside its row."""

from django.utils import timezone

from core.labels import when_label
from scheduling.models import Appointment, WaitlistOffer
from scheduling.selectors.appointments import Row


def overrides_of(appointment: Appointment) -> list[Row]:
    """The rules that were set aside for it, with the reason. One query."""
    tz = appointment.facility.tz
    return [
        {"rule": row.get_rule_display(), "reason": row.reason, "who": str(row.by), "when": when_label(row.at, tz)}
        for row in appointment.overrides.select_related("by").order_by("at")
    ]


def offered_until(appointment: Appointment) -> str:
    """Until when a proposed time may be accepted; "" if it is none, or nobody waits for an answer. One query."""
    if appointment.status != Appointment.Status.PROPOSED:
        return ""
    offer = WaitlistOffer.objects.filter(appointment=appointment, status=WaitlistOffer.Status.OFFERED).first()
    return when_label(offer.expires_at, appointment.facility.tz) if offer else ""


def held_for(appointment: Appointment) -> str:
    """The time that is held for moving this appointment, with when the hold ends; "" without one. One query."""
    hold = appointment.holds.filter(released_at__isnull=True, expires_at__gt=timezone.now()).first()
    if hold is None:
        return ""
    tz = appointment.facility.tz
    return f"{when_label(hold.starts_at, tz)}, until {hold.expires_at.astimezone(tz):%H:%M}"


def joinable(appointment: Appointment) -> bool:
    """Whether there is a video call that can still be joined."""
    open_statuses = (*Appointment.UPCOMING, Appointment.Status.ARRIVED, Appointment.Status.CHECKED_IN)
    return bool(appointment.video_url) and appointment.status in open_statuses
