"""A program, people in it and a session, made the way the desk makes them."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from activities import services
from activities.models import Attendance, Enrolment, Program, Session
from core import audit
from patients.models import Patient
from scheduling.models import AppointmentType
from staff.models import Practitioner
from tests import factories
from tests.world import World

NAMES = "Ada Ben Cleo Dan Eva Finn Gus Hana Ivo Jan Kim Lea Max Nia".split()


def group_type(facility: Facility) -> AppointmentType:
    found = AppointmentType.objects.filter(facility=facility, is_group=True).first()
    fields = {"facility": facility, "code": "group", "name": "Group", "minutes": 60, "is_group": True}
    return found or audit.save(AppointmentType(**fields), by=None, reason="test")


def program(facility: Facility, *, by: User, **fields: Any) -> Program:
    group_type(facility)
    fields = {"facility": facility, "name": "Art studio", "modality": Program.Modality.ART, **fields}
    return services.save_program(program=Program(**fields), by=by)


def leader(facility: Facility) -> Practitioner:
    return factories.practitioner(facility, family_name="Marsh", kind=Practitioner.Kind.THERAPIST)


def day(facility: Facility, days: int = 1) -> date:
    return timezone.now().astimezone(facility.tz).date() + timedelta(days=days)


def enrol(of: Program, patient: Patient, by: User, **fields: Any) -> Enrolment:
    fields = {"starts_on": day(of.facility, -30), "times_per_week": None, **fields}
    return services.enrol(program=of, patient=patient, by=by, **fields)


def crowd(of: Program, by: User, size: int) -> list[Patient]:
    """So many people, enrolled."""
    people = [factories.patient(of.facility, given_name=NAMES[n % 14], family_name=f"Lund{n}") for n in range(size)]
    for person in people:
        enrol(of, person, by)
    return people


def session(of: Program, by: User, *, days: int = 1, hour: int = 10, with_: Practitioner | None = None) -> Session:
    """On a coming day at ten."""
    [row] = services.plan_sessions(
        program=of, day=day(of.facility, days), starts=time(hour), ends=time(hour + 1),
        leader=with_ or leader(of.facility), location=None, by=by,
    )  # fmt: skip
    return row


def mark_all(of: Session, by: User, status: str = Attendance.Status.PRESENT) -> None:
    marks = {row.pk: services.Mark(status) for row in of.attendances.all()}
    services.record_attendance(session=of, marks=marks, by=by)


# For the access matrix.
def world_program(world: World) -> Program:
    return program(world.facility, by=world.people[Role.ACTIVITIES])


def world_enrolment(world: World) -> Enrolment:
    return enrol(world_program(world), world.patient, world.people[Role.ACTIVITIES])


def world_session(world: World) -> Session:
    of = world_enrolment(world).program
    return session(of, world.people[Role.ACTIVITIES])
