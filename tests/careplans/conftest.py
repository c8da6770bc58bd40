"""The people of the path, and somebody on their way."""

import pytest

from accounts.roles import Role
from patients import services as patients
from tests import factories
from tests.careplans import scene


@pytest.fixture
def care(facility):
    return factories.person(Role.PATIENT_CARE, facility)


@pytest.fixture
def clinician(facility):
    return factories.person(Role.CLINICIAN, facility, suffix="MD")


@pytest.fixture
def treatment(facility):
    return factories.person(Role.TREATMENT, facility)


@pytest.fixture
def activities(facility):
    return factories.person(Role.ACTIVITIES, facility)


@pytest.fixture
def patient(facility, care):
    """In an open episode whose baton the patient care coordinator holds."""
    person = factories.patient(facility)
    factories.episode(person, facility, by=care, role=Role.PATIENT_CARE)
    join(person, care, Role.PATIENT_CARE, care)
    return person


def join(person, user, role, by):
    facility = person.episodes.get().facility
    return patients.add_care_team_member(patient=person, user=user, facility=facility, role=role, by=by)


@pytest.fixture
def on_team(patient, care, clinician, activities):
    """The clinician and the activities coordinator are on the care team."""
    join(patient, clinician, Role.CLINICIAN, care)
    join(patient, activities, Role.ACTIVITIES, care)
    return patient


@pytest.fixture
def plan(patient, care):
    return scene.plan(patient, care)


@pytest.fixture
def packet(on_team, clinician):
    return scene.packet(on_team, clinician)


@pytest.fixture
def shown(packet, treatment):
    return scene.presentation(packet, treatment)
