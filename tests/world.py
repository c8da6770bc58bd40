"""Two facilities with a person in every role, and one patient: the stage of the access matrix."""

from dataclasses import dataclass, field

from accounts.models import Facility, User
from accounts.roles import Role
from episodes.models import EpisodeOfCare
from patients import services as patients
from patients.models import Patient, Relation
from tests import factories

ON_THE_TEAM = (Role.PATIENT_CARE, Role.CLINICIAN, Role.ACTIVITIES)


@dataclass
class World:
    """`people` work at `facility`, `strangers` in the same roles at another. The patient is of `facility`."""

    facility: Facility
    elsewhere: Facility
    people: dict[str, User] = field(default_factory=dict)
    strangers: dict[str, User] = field(default_factory=dict)
    patient: Patient = None  # type: ignore[assignment]
    episode: EpisodeOfCare = None  # type: ignore[assignment]


def build() -> World:
    world = World(
        facility=factories.FacilityFactory(code="main", name="Harbor House"),
        elsewhere=factories.FacilityFactory(code="other", name="Willow House"),
    )
    world.people = {role: factories.person(role, world.facility) for role in Role.values}
    world.strangers = {role: factories.person(role, world.elsewhere) for role in Role.values}
    world.patient = factories.patient(world.facility)
    intake = world.people[Role.INTAKE]
    world.episode = factories.episode(world.patient, world.facility, by=intake)
    for role in ON_THE_TEAM:
        patients.add_care_team_member(
            patient=world.patient, user=world.people[role], facility=world.facility, role=role, by=intake
        )
    patients.grant_desk(patient=world.patient, facility=world.facility, role=Role.CLERK, relation=Relation.REQUEST)
    return world
