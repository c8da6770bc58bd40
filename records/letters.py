"""What stands at the head and foot of every paper that is printed: the facility, the person, when."""

from typing import Any

from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Perm
from core.labels import when_label
from patients.models import Patient


def letter(patient: Patient, facility: Facility, title: str, **more: Any) -> dict[str, Any]:
    """The data that `templates/_pdf/letter.typ` asks for. Ask the door first: it fills `patient.held`."""
    data = {"title": title, "facility": letterhead(facility), "person": person(patient)}
    return data | {"printed": when_label(timezone.now(), facility.tz)} | more


def letterhead(facility: Facility) -> dict[str, Any]:
    """Name, address and telephone of the facility."""
    place = " ".join(part for part in (facility.state, facility.postal_code) if part)
    lines = [facility.line, ", ".join(part for part in (facility.city, place) if part), facility.phone]
    return {"name": facility.name, "lines": [line for line in lines if line]}


def person(patient: Patient) -> dict[str, Any]:
    """Whose paper it is, as far as the reader may know the person."""
    if Perm.IDENTITY_VIEW not in patient.held:
        return {"name": patient.name_used if Perm.NAME_VIEW in patient.held else f"Chart {patient.pk}", "facts": []}
    born = f"{patient.birth_date:%b} {patient.birth_date.day}, {patient.birth_date.year}" if patient.birth_date else ""
    facts = [("Born", born), ("Record", patient.record_number)]
    return {"name": patient.legal_name, "facts": [fact for fact in facts if fact[1]]}
