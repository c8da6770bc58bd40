"""The calendar file that goes with a message (RFC 5545): UTC times, a title that tells nothing."""

from collections.abc import Iterable

from django.utils import timezone

from scheduling.contentlines import escaped, joined, utc
from scheduling.mail.hosts import neutral_host
from scheduling.models import Appointment

TITLE = "Appointment"


def calendar_file(appointment: Appointment, place: str) -> str:
    """One appointment for the patient's own calendar."""
    return calendar_of([(appointment, place)])


def calendar_of(events: Iterable[tuple[Appointment, str]]) -> str:
    """One file with an event for each appointment and its place. After a move it replaces the earlier event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Appointments//EN", "METHOD:PUBLISH"]
    stamp = utc(timezone.now())
    for appointment, place in events:
        lines += _event(appointment, place, stamp)
    lines.append("END:VCALENDAR")
    return joined(lines)


def _event(appointment: Appointment, place: str, stamp: str) -> list[str]:
    where = [f"LOCATION:{escaped(place)}"] if place else []
    return [
        "BEGIN:VEVENT",
        f"UID:{appointment.uuid}@{neutral_host()}",
        f"SEQUENCE:{appointment.schedule_version}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{utc(appointment.starts_at)}",
        f"DTEND:{utc(appointment.ends_at)}",
        f"SUMMARY:{TITLE}",
        *where,
        "END:VEVENT",
    ]
