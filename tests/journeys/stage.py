"""A facility with one person in each role of the story, and what can be booked there."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from email.message import EmailMessage

from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from activities.models import Program
from episodes.models import EpisodeStep
from records.services import ensure_default_forms
from scheduling.models import Appointment
from staff.models import Practitioner
from tests import factories
from tests.scheduling.stage import at, hours, rule, saved, visit, visit_type

NAMES = {
    Role.CLINICAL_COORDINATOR: ("Amara", "Nwosu"),
    Role.INTAKE: ("Ines", "Castillo"),
    Role.PATIENT_CARE: ("Petra", "Lindqvist"),
    Role.TREATMENT: ("Tomas", "Berger"),
    Role.ACTIVITIES: ("Akira", "Sato"),
    Role.PHYSICIAN_SERVICES: ("Farah", "Haddad"),
    Role.CLERK: ("Clara", "Boateng"),
    Role.CLINICIAN: ("Daniel", "Okafor"),
    Role.PRIVACY_OFFICER: ("Olga", "Petrova"),
    Role.TECHNICAL: ("Tariq", "Aziz"),
}
DAYS_AHEAD = 4  # the physician's first free day, so that a reminder falls between booking and visit


@dataclass
class House:
    facility: Facility
    people: dict[Role, User]
    physician: Practitioner


def house() -> House:
    """Physician, therapist, two rooms, a visit that asks for a signed option, a group, a reminder the day before."""
    facility = factories.FacilityFactory(code="main", name="Harbor House")
    people = {
        role: factories.person(role, facility, given_name=given, family_name=family)
        for role, (given, family) in NAMES.items()
    }
    physician = _employed(people[Role.CLINICIAN], facility, Practitioner.Kind.PHYSICIAN)
    hours(physician, facility, time(9), time(17), valid_from=timezone.localdate() + timedelta(days=DAYS_AHEAD))
    therapist = _employed(people[Role.ACTIVITIES], facility, Practitioner.Kind.THERAPIST)
    factories.LocationFactory(facility=facility, name="Room 1")
    factories.LocationFactory(facility=facility, name="Studio", seats=14)
    visit_type(
        facility, code="physician-visit", name="Physician visit", practitioner_kind="physician",
        required_credential="license", required_steps=[EpisodeStep.Kind.OPTION_ACCEPTED],
    )  # fmt: skip
    visit_type(facility, code="group", name="Group session", minutes=60, is_group=True)
    rule(facility, days_before=1, asks_confirmation=True)
    saved(Program(facility=facility, name="Open studio", modality=Program.Modality.ART, leader=therapist))
    ensure_default_forms(facility=facility, by=None)
    return House(facility, people, physician)


def _employed(user: User, facility: Facility, kind: str) -> Practitioner:
    return factories.practitioner(
        facility, user=user, given_name=user.given_name, family_name=user.family_name, kind=kind
    )


def visit_ahead(house: House) -> Appointment:
    """An appointment with the physician on the first day with hours, at two."""
    person = factories.patient(house.facility)
    factories.episode(person, house.facility, by=house.people[Role.INTAKE])
    type = visit_type(house.facility, code="talk", name="First talk", practitioner_kind="physician")
    starts_at = at(DAYS_AHEAD + 1, facility=house.facility)
    return visit(person, house.physician, type, by=house.people[Role.TREATMENT], starts_at=starts_at)


def link_in(mail: EmailMessage) -> str:
    """The address in the mail under which the person answers."""
    return re.search(r"http://\S+/a/[\w-]+/", mail.get_body(("plain",)).get_content()).group()
