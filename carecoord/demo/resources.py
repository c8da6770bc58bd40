"""What takes or gives time beside people and rooms: an interpreter, equipment, leave and a closure ahead."""

from datetime import date, datetime, time, timedelta

from accounts.models import Location
from accounts.roles import Role
from carecoord.demo.house import REASON, House
from core import audit
from core.times import day_bounds, day_of
from scheduling import services as scheduling
from scheduling.models import Appointment, AppointmentType, AvailabilityException, AvailabilityRule
from staff.models import Credential, Practitioner, PractitionerRole

Kind = AvailabilityException.Kind


def add_interpreter(house: House, today: date) -> Practitioner:
    """Spanish, on weekdays; not on the staff, so without an account."""
    row = Practitioner(given_name="Lucía", family_name="Prado", kind=Practitioner.Kind.INTERPRETER)
    row.specialty, row.email = "Spanish", "lucia.prado@interpreters.example.org"
    audit.save(row, by=None, reason=REASON)
    audit.save(PractitionerRole(practitioner=row, facility=house.facility, title="Interpreter"), by=None, reason=REASON)
    for weekday in range(5):
        hours = AvailabilityRule(practitioner=row, facility=house.facility, weekday=weekday, starts=time(9))
        hours.ends, hours.valid_from = time(16), today - timedelta(days=365)
        audit.save(hours, by=None, reason=REASON)
    return row


def add_equipment(house: House) -> AppointmentType:
    """An ECG machine, and the visit with the nurse that needs one."""
    machine = Location(facility=house.facility, kind=Location.Kind.EQUIPMENT, name="ECG machine")
    audit.save(machine, by=None, reason=REASON)
    row = AppointmentType(facility=house.facility, code="ecg", name="ECG with the nurse", minutes=20, buffer_minutes=10)
    row.practitioner_kind, row.required_credential = Practitioner.Kind.NURSE, Credential.Kind.LICENSE
    row.tone = "info"
    house.types["ecg"] = audit.save(row, by=None, reason=REASON)
    row.equipment.add(machine)
    return row


def plan_absences(house: House, now: datetime) -> None:
    """A physician's leave in which visits are booked already, and a day on which the house is closed."""
    by, tz = house.staff[Role.TREATMENT][0], house.facility.tz
    coming = Appointment.objects.filter(facility=house.facility, practitioner__in=house.physicians, status="booked")
    visit = coming.filter(starts_at__gt=now).order_by("-starts_at").first()
    day = day_of(visit.starts_at if visit else now + timedelta(days=10), tz)
    starts_at, ends_at = day_bounds(day, tz)
    scheduling.add_exception(
        kind=Kind.LEAVE, practitioner=visit.practitioner if visit else house.physicians[0], starts_at=starts_at,
        ends_at=ends_at, facility=house.facility, by=by,
    )  # fmt: skip
    starts_at, ends_at = day_bounds(day_of(now + timedelta(days=23), tz), tz)
    scheduling.add_exception(
        kind=Kind.CLOSED, starts_at=starts_at, ends_at=ends_at, facility=house.facility, by=by,
        note="Staff training day",
    )  # fmt: skip
