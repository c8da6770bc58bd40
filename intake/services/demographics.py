"""Who the person is and how to reach him or her, written in one go."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from core.errors import DomainError
from intake.selectors.demographics import emergency_contact, first_contact
from patients import services as patients
from patients.models import ContactPoint, Patient
from patients.selectors import current_address

FIRST = 1  # the rank that is tried first


@dataclass(frozen=True)
class Contact:
    """What the demographics page writes beside the names: "" means that nothing is there."""

    phone: str = ""
    leave_no_message: bool = False
    email: str = ""
    address: dict[str, str] = field(default_factory=dict)
    emergency_name: str = ""
    emergency_relationship: str = ""
    emergency_phone: str = ""


@transaction.atomic
def save_demographics(
    *, patient: Patient, identity: dict[str, Any], contact: Contact, expected_version: int, by: User
) -> Patient:
    """Write names, birth date, language, telephone, e-mail, address and emergency contact, all or nothing.

    A changed number or e-mail address is a new row: the former one is kept as former, and a consent given for it
    never passes to the new one. Raises core.errors.Conflict, DomainError.
    """
    fresh = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    saved = patients.update_patient(patient=fresh, expected_version=expected_version, by=by, **identity)
    _replace(saved, ContactPoint.System.PHONE, contact.phone, by, leave_no_message=contact.leave_no_message)
    _replace(saved, ContactPoint.System.EMAIL, contact.email, by)
    _save_address(saved, contact.address, by)
    _save_emergency_contact(saved, contact, by)
    return saved


def _replace(patient: Patient, system: str, value: str, by: User, **fields: Any) -> None:
    held = first_contact(patient, system)
    if held and held.value == value:
        if any(getattr(held, name) != wanted for name, wanted in fields.items()):
            patients.change_contact_point(contact=held, expected_version=held.version, by=by, **fields)
        return
    if held:
        patients.retire_contact_point(contact=held, by=by)
    if value:
        _put_first(patient, system, value, by, fields)


def _put_first(patient: Patient, system: str, value: str, by: User, fields: dict[str, Any]) -> None:
    """A former number that is used again is the same row, in use again."""
    known = patient.telecoms.filter(system=system, value=value).first()
    fields = {"rank": FIRST, "use": "", **fields}
    if known:
        patients.change_contact_point(contact=known, expected_version=known.version, by=by, **fields)
        return
    patients.add_contact_point(patient=patient, system=system, value=value, by=by, **fields)


def _save_address(patient: Patient, wanted: dict[str, str], by: User) -> None:
    held = current_address(patient)
    if held is None:
        if any(value for name, value in wanted.items() if name != "country"):
            patients.add_address(patient=patient, by=by, **wanted)
    elif any(getattr(held, name) != value for name, value in wanted.items()):
        patients.change_address(address=held, expected_version=held.version, by=by, **wanted)


def _save_emergency_contact(patient: Patient, contact: Contact, by: User) -> None:
    held = emergency_contact(patient)
    if not contact.emergency_name:
        if contact.emergency_phone:
            raise DomainError("Give the emergency contact's name.", field="emergency_name")
        if held:
            held.is_active = False
            audit.save(held, by=by)
        return
    wanted = {
        "name": contact.emergency_name,
        "relationship": contact.emergency_relationship,
        "phone": contact.emergency_phone,
    }
    if held is None:
        _add_emergency_contact(patient, wanted, by)
    elif any(getattr(held, name) != value for name, value in wanted.items()):
        vars(held).update(wanted)
        audit.save(held, by=by)


def _add_emergency_contact(patient: Patient, wanted: dict[str, str], by: User) -> None:
    if not wanted["phone"]:
        raise DomainError("An emergency contact needs a telephone number.", field="emergency_phone")
    patients.add_related_person(patient=patient, is_emergency_contact=True, by=by, **wanted)
