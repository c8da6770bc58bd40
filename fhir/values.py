"""FHIR R4 datatypes as Python values. What is absent is "" or None, never an error."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Element = dict[str, Any]


def first(items: list[Any] | None, **wanted: object) -> Element:
    """The first element with these values, else the first, else an empty one."""
    rows = [row for row in items or [] if isinstance(row, dict)]
    matching = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
    return (matching or rows or [{}])[0]


def text_of(concept: Element | None) -> str:
    """CodeableConcept: its text, else the first display or code."""
    concept = concept or {}
    coding = first(concept.get("coding"))
    return str(concept.get("text") or coding.get("display") or coding.get("code") or "")


def code_of(concept: Element | None) -> str:
    """CodeableConcept: the first code."""
    return str(first((concept or {}).get("coding")).get("code") or "")


def joined(parts: list[Any] | None) -> str:
    return " ".join(str(part) for part in parts or [] if part)


def lines(parts: list[Any] | None) -> str:
    return ", ".join(str(part) for part in parts or [] if part)


def whole_date(value: str | None) -> date | None:
    """A date, only if year, month and day are all known: we never invent a birthday."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})", value or "")
    return date.fromisoformat(match.group(1)) if match else None


def moment(value: str | None, zone: ZoneInfo) -> datetime | None:
    """A dateTime or instant; a day alone is its midnight in the zone, a bare year or month is nothing."""
    if not value:
        return None
    if "T" in value:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
    day = whole_date(value)
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day else None


def identifiers(resource: Element) -> list[str]:
    """Every Identifier as "system|value", the form a conditional reference asks for."""
    rows = resource.get("identifier") or []
    rows = rows if isinstance(rows, list) else [rows]
    return [f"{row.get('system', '')}|{row['value']}" for row in rows if row.get("value")]
