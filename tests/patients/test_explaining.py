"""The explainer says what the door does, for every role and right, and names the rule that stops."""

import pytest
from django.urls import reverse

from accounts import services as accounts
from accounts.roles import Perm, Role
from episodes import services as episodes
from patients import services
from patients.access import permissions
from patients.explaining import CLASSES, explain, what
from tests import factories
from tests import world as stage
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
WHY = "Covering for a colleague on leave"


@pytest.fixture
def world(db):
    return stage.build()


def rule(world, user, perm, patient=None):
    return explain(user, patient or world.patient, perm).verdict


def test_it_agrees_with_the_door_for_everybody_and_everything(world):
    for people in (world.people, world.strangers):
        for user in people.values():
            held = permissions(user, world.patient)
            wanted = {Perm.NAME_VIEW, Perm.PLAN_VIEW, Perm.IDENTITY_EDIT, Perm.RESTRICTED_EDIT}
            assert {perm for perm in wanted if explain(user, world.patient, perm).allowed} == held & wanted


def test_it_names_role_relation_facility_and_account(world):
    clinician = world.people[Role.CLINICIAN]
    assert rule(world, clinician, Perm.PLAN_VIEW) == "Yes"
    assert rule(world, clinician, Perm.COVERAGE_VIEW) == "No: role"
    other = factories.person(Role.CLINICIAN, world.facility)
    assert rule(world, other, Perm.PLAN_VIEW) == "No: relation"
    assert rule(world, world.strangers[Role.INTAKE], Perm.NAME_VIEW) == "No: facility"
    other.is_active = False
    accounts.save_user(user=other, by=None, reason="test")
    assert rule(world, other, Perm.PLAN_VIEW) == "No: account"


def test_it_names_restriction_break_glass_and_merge(world):
    boss, clinician = world.people[Role.CLINICAL_COORDINATOR], world.people[Role.CLINICIAN]
    services.restrict_chart(patient=world.patient, facility=world.facility, words="A nurse here", by=boss)
    assert rule(world, clinician, Perm.PLAN_VIEW) == "No: restriction"
    why = {"facility": world.facility, "reason": "covering", "words": WHY}
    episodes.open_emergency_access(patient=world.patient, by=clinician, **why)
    found = explain(clinician, world.patient, Perm.PLAN_VIEW)
    assert found.verdict == "Yes"
    assert "In force until" in next(check.words for check in found.checks if check.rule == "Break-glass")
    stranger = factories.person(Role.CLINICIAN, world.facility)
    found = explain(stranger, world.patient, Perm.PLAN_VIEW)
    assert found.verdict == "No: relation"
    assert next(check.passes for check in found.checks if check.rule == "Restriction") is None
    other = factories.patient(world.facility, family_name="Other")
    episodes.open_emergency_access(patient=other, by=stranger, **why)
    assert rule(world, stranger, Perm.PLAN_VIEW, other) == "Yes, by break-glass"
    assert rule(world, stranger, Perm.COUNSELING_OWN, other) == "No: relation"
    third = factories.patient(world.facility, family_name="Third")
    services.merge(survivor=other, duplicate=third, reason="Same card", by=world.people[Role.INTAKE])
    third.refresh_from_db()
    assert rule(world, world.people[Role.INTAKE], Perm.NAME_VIEW, third) == "No: facility"


def test_every_right_about_patients_has_words():
    assert {perm.value.split(".")[0] for perm in Perm if perm.about_patients} == CLASSES.keys()
    assert all(what(perm) for perm in Perm if perm.about_patients)


def test_the_page_answers_by_record_number_and_logs_the_question(world):
    client, path = signed_in(world.people["privacy"]), reverse("patients:access_explain")
    asked = {"person": world.people[Role.TREATMENT].pk, "perm": "intake.view", "number": "CC-NOBODY"}
    assert client.post(path, asked).status_code == 422
    page = client.post(path, asked | {"number": world.patient.record_number}).content.decode()
    assert "No: role" in page
    assert "Rivera" not in page


def test_a_refusal_inside_a_patient_names_its_rule(world):
    client = signed_in(world.people[Role.CLERK])
    page = client.get(reverse("patients:patient_edit", args=[world.patient.uuid]))
    assert page.status_code == 403
    assert "As health information clerk you may not change legal name" in page.content.decode()
    assert "intake coordinator" in page.content.decode()
