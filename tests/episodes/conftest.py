"""An intake coordinator who holds the baton, a care coordinator who will."""

import pytest

from accounts.roles import Role
from episodes import services
from tests import factories


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility, given_name="Ines", family_name="Intake")


@pytest.fixture
def care(facility):
    return factories.person(Role.PATIENT_CARE, facility, given_name="Cara", family_name="Care")


@pytest.fixture
def boss(facility):
    return factories.person(Role.CLINICAL_COORDINATOR, facility)


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def episode(patient, facility, intake):
    return factories.episode(patient, facility, by=intake)


@pytest.fixture
def handoff(episode, intake):
    return services.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Write the care plan", by=intake
    )
