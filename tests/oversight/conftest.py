import pytest

from accounts.roles import Role
from tests import factories


@pytest.fixture
def coordinator(facility):
    return factories.person(Role.CLINICAL_COORDINATOR, facility)


@pytest.fixture
def technical(facility):
    return factories.person(Role.TECHNICAL, facility)


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def care(facility):
    return factories.person(Role.PATIENT_CARE, facility)


@pytest.fixture
def board(coordinator, sign_in):
    return sign_in(coordinator)
