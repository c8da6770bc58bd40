"""Where people belong, as far as it concerns who works on them."""

from accounts.access import current_facility, facilities
from accounts.models import Facility, User
from patients.models import Patient


def working_facility(user: User, patient: Patient) -> Facility:
    """Where the person works on this patient: the current facility if the patient belongs there, else the first.

    Ask the door first: it lets nobody through without a facility in common.
    """
    belongs = set(patient.facilities.filter(ends_at__isnull=True).values_list("facility_id", flat=True))
    current = current_facility(user)
    shared = [facility for facility in facilities(user) if facility.pk in belongs]
    return current if current.pk in belongs or not shared else shared[0]
