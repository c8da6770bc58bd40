"""Who and what a booking takes, locked in one fixed order."""

from collections.abc import Iterable

from accounts.models import Location
from core.errors import DomainError
from patients.models import Patient
from patients.services import locked_patient
from scheduling.models import Appointment, Hold
from staff.models import Practitioner


def lock(
    practitioners: Iterable[Practitioner | None] = (),
    locations: Iterable[Location | None] = (),
    patient: Patient | None = None,
) -> Patient | None:
    """Lock practitioners, rooms and equipment, patient: always in this order, each by key; answers the patient anew.

    Appointments and holds are locked after them. Whoever books several times in one transaction locks all that
    they take at the beginning. Without it, several inserts that arrive at one slot at once wait for each other
    inside the exclusion constraints and PostgreSQL kills all but one as a deadlock. NO KEY, so that the read log
    and other rows that refer to them are not held up.
    """
    people, places = {row.pk for row in practitioners if row}, {row.pk for row in locations if row}
    if people:
        list(Practitioner.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    if places:
        list(Location.objects.select_for_update(no_key=True).filter(pk__in=places).order_by("pk"))
    return locked_patient(patient) if patient else None


def lock_for(appointment: Appointment, *also: Practitioner | Location | None) -> Appointment:
    """Lock all that an appointment takes, and more if named, then itself; answers it as it is now.

    Raises DomainError if somebody gave it to another practitioner or room in between: nothing of that is locked.
    """
    people = [appointment.practitioner, appointment.interpreter]
    places = [appointment.location, appointment.equipment]
    lock(
        [*people, *(row for row in also if isinstance(row, Practitioner))],
        [*places, *(row for row in also if isinstance(row, Location))],
        appointment.patient,
    )
    row = locked(appointment)
    if [row.practitioner, row.interpreter] != people or [row.location, row.equipment] != places:
        raise DomainError("Somebody has just changed this appointment. Look at it again.", code="changed")
    return row


def locked(appointment: Appointment) -> Appointment:
    """The appointment as it is now, held until the transaction ends."""
    rows = Appointment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related(
        "facility", "type", "patient", "practitioner", "location", "interpreter", "equipment", "episode"
    ).get(pk=appointment.pk)


def locked_holds(pks: Iterable[int]) -> list[Hold]:
    """Holds as they are now. Locked last of all: who has them waits for nothing more."""
    return list(Hold.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk"))
