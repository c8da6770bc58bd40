"""The first free times after an option is accepted."""

from typing import Any

from accounts.models import Facility
from patients.models import Patient
from scheduling.models import AppointmentType
from scheduling.selectors import bookable_types, offers
from staff.models import Practitioner

SHOWN = 3


def first_slots(patient: Patient, facility: Facility) -> list[dict[str, Any]]:
    """The first three free times with a physician, whoever it is, soonest first; none when nobody has hours."""
    kind = _visit_type(facility)
    found = offers(patient=patient, type=kind, facility=facility, limit=SHOWN) if kind else []
    slots = [slot | {"who": offer.name} for offer in found for slot in offer.slots]
    return sorted(slots, key=lambda slot: slot["value"])[:SHOWN]


def _visit_type(facility: Facility) -> AppointmentType | None:
    """What is booked once an option is signed: a physician's visit, the one that asks for the step first."""
    physicians = bookable_types(facility).filter(practitioner_kind=Practitioner.Kind.PHYSICIAN)
    return physicians.order_by("-required_steps", "pk").first() or bookable_types(facility).first()
