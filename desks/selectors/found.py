"""People found, as the search box lists them."""

from datetime import date
from typing import Any

from accounts.models import Facility, User
from core.times import today
from desks.selectors.people import age_band
from patients.selectors import search

LIMIT = 20


def person_options(user: User, facility: Facility, text: str) -> list[dict[str, Any]]:
    """Up to twenty people one may see, best first; birth date and record number only where the role may see them."""
    day = today(facility.tz)
    return [_option(patient, day) for patient in search(user, facility, text, limit=LIMIT)]


def _option(patient: Any, day: date) -> dict[str, Any]:
    parts = [patient.record_number, _born(patient, day)] if patient.shows_identity else [age_band(patient.age_on(day))]
    if patient.shows_identity and patient.preferred_name:
        parts.append(f"legal name {patient.legal_name}")
    return {
        "label": patient.list_name,
        "sub": " · ".join(part for part in parts if part),
        "url": patient.get_absolute_url(),
        "icon": "user",
        "meta": "Died" if patient.deceased else "",
    }


def _born(patient: Any, day: date) -> str:
    born = patient.birth_date
    return f"born {born:%b} {born.day}, {born.year} ({patient.age_on(day)})" if born else "birth date unknown"
