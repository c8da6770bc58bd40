"""The facility that is measured: bulk people, and practitioners who can be booked."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from carecoord.audit.rights import as_owner
from carecoord.demo.bulk import REASON, add_people
from core import audit
from patients.models import Patient
from scheduling.models import AppointmentType, AvailabilityRule, ReminderRule
from staff.models import Practitioner, PractitionerRole

DOCTORS = 50
FAR = 400  # days ahead: where nothing of the bulk stands


@dataclass
class Scene:
    """What the figures ask for; `fresh_slot` never gives the same time twice."""

    facility: Facility
    booker: User
    doctors: list[Practitioner]
    kind: AppointmentType
    patients: list[Patient]
    taken: count = field(default_factory=count)
    asked: count = field(default_factory=count)

    def fresh_slot(self) -> tuple[Practitioner, datetime]:
        """Half an hour of a practitioner, far ahead, that nobody has."""
        number = next(self.taken)
        doctor, rest = self.doctors[number % DOCTORS], number // DOCTORS
        return doctor, self.moment(FAR + rest // 20, rest % 20)

    def number_of_next_patient(self) -> int:
        """Another person each time, so that nobody is wanted in two places."""
        return next(self.asked)

    def moment(self, days: int, half_hours: int) -> datetime:
        """So many days ahead, half hours after 08:00 on the facility's clock."""
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(8), self.facility.tz) + timedelta(minutes=30 * half_hours)

    @property
    def today(self) -> date:
        return timezone.now().astimezone(self.facility.tz).date()


def set_up() -> Scene:
    """The demo's first facility with fifty more practitioners, open all day, and a visit that needs no room."""
    facility = Facility.objects.get(code="harbor", is_demo=True)
    kind = AppointmentType.objects.filter(facility=facility, code="bench").first() or _kind(facility)
    doctors = list(Practitioner.objects.filter(family_name="Bench").order_by("pk")) or _doctors(facility)
    booker = User.objects.filter(memberships__facility=facility, memberships__role=Role.TREATMENT).order_by("pk")[0]
    patients = list(Patient.objects.filter(record_number__startswith="BULK-").order_by("pk")[:6400])
    taken = kind.appointments.filter(starts_at__gt=timezone.now() + timedelta(days=FAR - 1), patient__isnull=False)
    return Scene(facility, booker, doctors, kind, patients, count(taken.count()))


def grow(facility: Facility, *, people: int) -> None:
    """Add people by SQL until there are so many."""
    there = Patient.objects.filter(record_number__startswith="BULK-").count()
    if there < people:
        with as_owner():
            add_people(facility=facility, number=people - there)


def _kind(facility: Facility) -> AppointmentType:
    for days in (7, 2):
        audit.save(ReminderRule(facility=facility, days_before=days), by=None, reason=REASON)
    row = AppointmentType(facility=facility, code="bench", name="Measured visit", minutes=30, place_of_service="10")
    return audit.save(row, by=None, reason=REASON)


def _doctors(facility: Facility) -> list[Practitioner]:
    return [_doctor(facility, number) for number in range(DOCTORS)]


def _doctor(facility: Facility, number: int) -> Practitioner:
    row = Practitioner(given_name=f"{number:02}", family_name="Bench", kind=Practitioner.Kind.COUNSELOR)
    audit.save(row, by=None, reason=REASON)
    audit.save(PractitionerRole(practitioner=row, facility=facility), by=None, reason=REASON)
    for weekday in range(7):
        hours = AvailabilityRule(practitioner=row, facility=facility, weekday=weekday, starts=time(8), ends=time(18))
        hours.valid_from = date(2020, 1, 1)
        audit.save(hours, by=None, reason=REASON)
    return row
