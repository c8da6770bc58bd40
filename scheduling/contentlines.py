"""Lines of a calendar file (RFC 5545): UTC times, escaped text, folded at 75 octets."""

from collections.abc import Iterable
from datetime import UTC, datetime

from icalendar import vText
from icalendar.parser import Contentline

LONGEST_LINE = 75  # octets


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    return vText(text).to_ical().decode()


def joined(lines: Iterable[str]) -> str:
    """The lines as one text, each folded and ended as the standard asks."""
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    fits = line.isascii() and len(line) <= LONGEST_LINE  # ASCII has as many octets as letters
    return line if fits else Contentline(line).to_ical().decode()
