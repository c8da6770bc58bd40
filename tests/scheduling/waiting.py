"""People who wait, and times that come free."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Facility, User
from patients.models import Patient
from scheduling import services
from scheduling.models import AppointmentType, FreedTime, WaitlistEntry
from staff.models import Practitioner
from tests import factories
from tests.scheduling import stage


def entry(
    facility: Facility, type: AppointmentType, *, by: User, patient: Patient | None = None, **wishes: Any
) -> WaitlistEntry:
    """Somebody on the list, a new person if none is named."""
    row = WaitlistEntry(patient=patient or factories.patient(facility), facility=facility, type=type, **wishes)
    return services.add_to_waitlist(entry=row, by=by)


def free_time(practitioner: Practitioner, facility: Facility, starts_at: datetime, **fields: Any) -> FreedTime:
    """A time owed to the waitlist."""
    fields = {"ends_at": starts_at + timedelta(minutes=30), **fields}
    return FreedTime.objects.create(facility=facility, practitioner=practitioner, starts_at=starts_at, **fields)


def consenting(patient: Patient, facility: Facility) -> Patient:
    stage.consent(patient, facility, email=f"p{patient.pk}@example.net")
    return patient
