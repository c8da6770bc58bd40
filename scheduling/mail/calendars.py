"""The calendar file that goes with a message (RFC 5545): UTC times, a title that tells nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone
from icalendar import vText
from icalendar.parser import Contentline

from scheduling.mail.hosts import neutral_host
from scheduling.models import Appointment

TITLE = "Appointment"
LONGEST_LINE = 75  # octets


def calendar_file(appointment: Appointment, place: str) -> str:
    """One appointment for the patient's own calendar."""
    return calendar_of([(appointment, place)])


def calendar_of(events: Iterable[tuple[Appointment, str]]) -> str:
    """One file with an event for each appointment and its place. After a move it replaces the earlier event."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Appointments//EN", "METHOD:PUBLISH"]
    stamp = _utc(timezone.now())
    for appointment, place in events:
        lines += _event(appointment, place, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(appointment: Appointment, place: str, stamp: str) -> list[str]:
    where = [f"LOCATION:{vText(place).to_ical().decode()}"] if place else []
    return [
        "BEGIN:VEVENT",
        f"UID:{appointment.uuid}@{neutral_host()}",
        f"SEQUENCE:{appointment.schedule_version}",
        f"DTSTAMP:{stamp}",
        f"DTSTART:{_utc(appointment.starts_at)}",
        f"DTEND:{_utc(appointment.ends_at)}",
        f"SUMMARY:{TITLE}",
        *where,
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    return line if len(line.encode()) <= LONGEST_LINE else Contentline(line).to_ical().decode()
