"""A practitioner's calendar as a file that other calendars subscribe to (RFC 5545).

Says when, and if permitted of what kind and in which room: never with whom, and nothing in words of ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from scheduling.contentlines import escaped, joined, utc
from scheduling.mail.hosts import neutral_host

BUSY = "Busy"


@dataclass(frozen=True)
class BusyTime:
    """One time that is taken. Without a title it is “Busy”."""

    uuid: UUID
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    moves: int
    is_tentative: bool = False
    title: str = ""
    place: str = ""


def feed_text(times: Iterable[BusyTime]) -> str:
    """The whole file; the same times always make the same text, so that its digest can say that nothing changed."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Appointments//EN", "CALSCALE:GREGORIAN"]
    lines.append("REFRESH-INTERVAL;VALUE=DURATION:PT15M")
    for busy in times:
        lines += _event(busy)
    lines.append("END:VCALENDAR")
    return joined(lines)


def event_uid(uuid: UUID) -> str:
    """The same for the same appointment always; nobody can tell which it is, or when it was made."""
    return f"{salted_hmac('scheduling.feeds', str(uuid), algorithm='sha256').hexdigest()[:32]}@{neutral_host()}"


def _event(busy: BusyTime) -> list[str]:
    changed = utc(busy.changed_at)
    return [
        "BEGIN:VEVENT",
        f"UID:{event_uid(busy.uuid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{busy.moves}",
        f"DTSTART:{utc(busy.starts_at)}",
        f"DTEND:{utc(busy.ends_at)}",
        f"SUMMARY:{escaped(busy.title or BUSY)}",
        *([f"LOCATION:{escaped(busy.place)}"] if busy.place else []),
        f"STATUS:{'TENTATIVE' if busy.is_tentative else 'CONFIRMED'}",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]
