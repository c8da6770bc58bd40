"""Grants agree with what they stand for, and the command says where they do not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from episodes import services
from episodes.drift import grant_drift
from patients import services as patients
from patients.models import Relation

pytestmark = pytest.mark.django_db


def check() -> str:
    out = StringIO()
    call_command("check_grants", stdout=out)
    return out.getvalue()


def test_through_the_services_nothing_drifts(care, intake, episode, handoff, facility):
    assert "agree" in check()
    services.accept_handoff(handoff=handoff, by=care)
    back = services.send_handoff(
        episode=episode, from_role=Role.PATIENT_CARE, to_role=Role.INTAKE, to_user=intake, next_step="Ask", by=care
    )
    assert "agree" in check()
    services.return_handoff(handoff=back, reason="Not ours", by=intake)
    assert "agree" in check()


def test_a_grant_left_over_is_reported_in_ids_alone(patient, care, facility):
    patients.grant(patient=patient, user=care, facility=facility, relation=Relation.CARE_TEAM)
    with pytest.raises(CommandError, match="1 grants differ"):
        check()
    (line,) = map(str, grant_drift())
    assert f"user {care.pk}" in line
    assert f"patient {patient.pk}" in line
    assert "without its reason" in line
    assert patient.family_name not in line


def test_a_missing_grant_is_reported(patient, care, facility, handoff):
    patients.revoke_desk(patient=patient, facility=facility, role=Role.PATIENT_CARE, relation=Relation.HANDOFF)
    patients.add_care_team_member(patient=patient, user=care, facility=facility, role=Role.PATIENT_CARE, by=care)
    patients.revoke(patient=patient, user=care, relation=Relation.CARE_TEAM)
    assert [(drift.relation, drift.missing) for drift in grant_drift()] == [
        (Relation.CARE_TEAM, True),
        (Relation.HANDOFF, True),
    ]


def test_other_relations_are_not_its_business(patient, care, facility):
    patients.grant(patient=patient, user=care, facility=facility, relation=Relation.BOOKING)
    assert grant_drift() == []


def test_it_asks_six_times(handoff, django_assert_num_queries):
    with django_assert_num_queries(6):
        grant_drift()
