"""A patient in intake, the people around, and a paper."""

import pytest

from accounts.roles import Role
from records import services
from records.models import Document
from tests import factories

TEXT = "INTAKE PACKET\n\nThe person asked for help with sleep.\n"


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def clerk(facility):
    return factories.person(Role.CLERK, facility)


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def episode(patient, facility, intake):
    return factories.episode(patient, facility, by=intake)


@pytest.fixture
def write(patient, facility):
    """Write a paper of the patient."""

    def _write(by, text=TEXT, **fields):
        fields = {"kind": Document.Kind.INTAKE_PACKET, "title": "Intake packet", **fields}
        return services.create_document(patient=patient, facility=facility, text=text, by=by, **fields)

    return _write


@pytest.fixture
def submit(patient, facility, intake, write):
    """Submit an envelope with one paper."""

    def _submit(by=intake, **fields):
        fields = {"documents": [write(by)], "page_count": 1, **fields}
        return services.submit_record(patient=patient, facility=facility, by=by, **fields)

    return _submit
