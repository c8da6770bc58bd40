"""The preview of roles says what the roles then do, and names nobody."""

import pytest
from django.urls import reverse

from accounts import services as accounts
from accounts.roles import Perm, Role
from desks import navigation
from desks.selectors.preview import preview
from patients.access import visible_patients
from tests import factories
from tests import world as stage
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return stage.build()


def test_it_foretells_what_a_new_role_brings(world, django_assert_num_queries):
    activities = world.people[Role.ACTIVITIES]
    factories.patient(world.facility, family_name="Unrelated")
    with django_assert_num_queries(5):  # memberships, people four times
        shown = preview(activities, world.facility, [Role.ACTIVITIES, Role.INTAKE])
    assert shown.people == {"before": 1, "after": 2, "gained": 1, "lost": 0}
    gained = {row["what"]: row for row in shown.rights}
    assert gained["change legal name, birth date and numbers"]["change"] == "Gained"
    assert gained["read the name and alerts"]["change"] == "Changed"
    accounts.begin_membership(user=activities, facility=world.facility, role=Role.INTAKE, by=None, reason="test")
    assert visible_patients(activities, Perm.NAME_VIEW, world.facility).count() == 2
    offered = [row.label for row in navigation.items(activities, world.facility) if row.in_sidebar]
    assert [row["label"] for row in shown.screens if row["change"] != "Gone"] == offered


def test_it_foretells_what_is_lost(world):
    intake = world.people[Role.INTAKE]
    shown = preview(intake, world.facility, [])
    assert (shown.people["lost"], shown.people["after"]) == (1, 0)
    assert {row["change"] for row in shown.rights} == {"Lost"}
    assert {row["change"] for row in shown.screens} == {"Gone"}


def test_nothing_is_changed_and_nobody_is_named(world):
    technical, clerk = world.people[Role.TECHNICAL], world.people[Role.CLERK]
    client, path = signed_in(technical), reverse("desks:roles_preview")
    answer = client.get(path, {"person": clerk.uuid, "roles": [Role.CLINICIAN]})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Lost" in page
    assert world.patient.family_name not in page
    assert list(clerk.memberships.values_list("role", flat=True)) == [Role.CLERK]
    assert client.get(path, {"person": ""}).status_code == 422
