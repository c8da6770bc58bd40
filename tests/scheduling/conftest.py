"""A physician with hours, a room, a type of visit, a patient in an open episode, and who books."""

import pytest
from django.core.cache import cache

from accounts.roles import Role
from tests import factories
from tests.scheduling import stage
from tests.scheduling.postbox import Postbox, port_of, running


@pytest.fixture(autouse=True)
def _nobody_came_too_often(request):
    cache.clear()


@pytest.fixture
def booker(facility):
    return factories.person(Role.TREATMENT, facility)


@pytest.fixture
def physician(facility):
    row = factories.practitioner(facility, user=factories.person(Role.CLINICIAN, facility))
    stage.hours(row, facility)
    return row


@pytest.fixture
def room(facility):
    return factories.LocationFactory(facility=facility, name="Room 4")


@pytest.fixture
def visit_type(facility):
    return stage.visit_type(facility, practitioner_kind="physician", required_credential="license")


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def episode(patient, facility, booker):
    return factories.episode(patient, facility, by=booker, role=Role.TREATMENT)


@pytest.fixture
def visit(patient, episode, physician, visit_type, room, booker, facility):
    """A physician visit in three days at 14:00."""
    starts_at = stage.at(3, facility=facility)
    return stage.visit(patient, physician, visit_type, by=booker, starts_at=starts_at, location=room)


@pytest.fixture
def postbox(settings):
    """Mail goes to a real server on loopback."""
    box = Postbox()
    server = running(box)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port_of(server)
    yield box
    server.stop()
