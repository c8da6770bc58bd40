"""Who and what a booking takes, locked in one fixed order."""

from accounts.models import Location
from patients.models import Patient
from scheduling.models import Appointment
from staff.models import Practitioner


def lock(practitioner: Practitioner | None, location: Location | None, patient: Patient | None) -> Patient | None:
    """Lock practitioner, room, patient, always in this order; answers the patient as he or she is now.

    Without it, several inserts that arrive at one slot at once wait for each other inside the exclusion
    constraints and PostgreSQL kills all but one as a deadlock. NO KEY, so that the read log and other rows that
    refer to them are not held up.
    """
    if practitioner:
        Practitioner.objects.select_for_update(no_key=True).get(pk=practitioner.pk)
    if location:
        Location.objects.select_for_update(no_key=True).get(pk=location.pk)
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk) if patient else None


def locked(appointment: Appointment) -> Appointment:
    """The appointment as it is now, held until the transaction ends."""
    rows = Appointment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("facility", "type", "patient", "practitioner", "location", "episode").get(
        pk=appointment.pk
    )
