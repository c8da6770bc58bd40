"""The activities desk, a program and somebody to take part."""

import pytest

from accounts.roles import Role
from tests import factories
from tests.activities import scene


@pytest.fixture
def desk(facility):
    return factories.person(Role.ACTIVITIES, facility)


@pytest.fixture
def program(facility, desk):
    return scene.program(facility, by=desk)


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def session(program, patient, desk):
    """Tomorrow at ten, with one person expected."""
    scene.enrol(program, patient, desk)
    return scene.session(program, desk)


@pytest.fixture
def held(session):
    """The same, seen from noon of its day."""
    return session.appointment.ends_at
