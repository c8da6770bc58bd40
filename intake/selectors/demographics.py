"""What the demographics page begins with."""

from typing import Any

from patients.models import ContactPoint, Patient, RelatedPerson
from patients.selectors import contact_points, current_address, related_people


def first_contact(patient: Patient, system: str) -> ContactPoint | None:
    """The number or address that is tried first; text-message numbers count as telephones."""
    systems = [system] if system == ContactPoint.System.EMAIL else [ContactPoint.System.PHONE, ContactPoint.System.SMS]
    return contact_points(patient).filter(system__in=systems).first()


def emergency_contact(patient: Patient) -> RelatedPerson | None:
    return related_people(patient).filter(is_emergency_contact=True).first()


def demographics_of(patient: Patient) -> dict[str, Any]:
    """Field name → what the record says now, for the fields that are not the patient row's own."""
    phone = first_contact(patient, ContactPoint.System.PHONE)
    email = first_contact(patient, ContactPoint.System.EMAIL)
    home, emergency = current_address(patient), emergency_contact(patient)
    return {
        "phone": phone.value if phone else "",
        "leave_no_message": phone.leave_no_message if phone else False,
        "email": email.value if email else "",
        **{name: getattr(home, name, "") for name in ("line", "city", "state", "postal_code")},
        "emergency_name": emergency.name if emergency else "",
        "emergency_relationship": emergency.relationship if emergency else "",
        "emergency_phone": emergency.phone if emergency else "",
    }
