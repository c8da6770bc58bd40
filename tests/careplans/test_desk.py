"""The rows other people's home pages are made of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from careplans import services
from careplans.models import PlanPresentation
from careplans.selectors import desk
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeStep, Handoff
from tests import factories
from tests.careplans import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_over(patient, facility, care):
    """As if intake had handed the person over two days ago."""
    now = timezone.now()
    handoff = Handoff(episode=patient.episodes.get(), patient=patient, facility=facility, from_user=care)
    handoff.from_role, handoff.to_role, handoff.next_step = Role.INTAKE, Role.PATIENT_CARE, "Write the plan"
    handoff.due_at, handoff.status, handoff.answered_at = now, "accepted", now - timedelta(days=2)
    return audit.save(handoff, by=care)


def test_a_plan_is_due_a_day_after_the_person_was_taken_over(handed_over, facility, care):
    (row,) = desk.plans_due(care, facility)
    assert (row["what"], row["due"].tone, row["action"]) == ("No care plan yet", "danger", "Write the plan")


def test_a_draft_is_still_due_and_a_shared_plan_is_not(handed_over, plan, facility, care):
    assert desk.plans_due(care, facility)[0]["what"] == "Draft, not shared yet"
    services.share_plan(plan=plan, by=care)
    assert desk.plans_due(care, facility) == []


@pytest.mark.parametrize(("days", "count"), [(-3, 1), (7, 1), (8, 0)])
def test_reviews_overdue_or_within_seven_days(plan, facility, care, days, count):
    shared = services.share_plan(plan=plan, by=care)
    shared.review_due_on = timezone.localdate(timezone=facility.tz) + timedelta(days=days)
    audit.save(shared, by=care)
    assert len(desk.plans_due(care, facility)) == count


def test_plans_of_a_colleagues_caseload_are_not_mine(handed_over, facility):
    assert desk.plans_due(factories.person(Role.PATIENT_CARE, facility), facility) == []


def test_acknowledgements_from_both_sides(on_team, plan, facility, care, clinician):
    services.share_plan(plan=plan, by=care)
    assert str(clinician) in [row["person"] for row in desk.acknowledgements_awaited(care, facility)]
    assert [row["action"] for row in desk.my_acknowledgements(clinician)] == ["Read and acknowledge"]
    services.acknowledge_plan(plan=plan, by=clinician)
    assert desk.my_acknowledgements(clinician) == []


def test_a_former_edition_is_no_longer_awaited(on_team, plan, care, clinician):
    services.share_plan(plan=plan, by=care)
    services.add_problem(plan=plan, text="Housing", by=care)
    services.share_plan(plan=plan, by=care)
    assert [row["what"] for row in desk.my_acknowledgements(clinician)] == ["Care plan, edition 2"]


def test_packets_to_write_and_packets_arrived(patient, facility, care, clinician, treatment):
    services.request_assessment(patient=patient, clinician=clinician, by=care)
    assert [row["action"] for row in desk.packets_to_write(clinician)] == ["Write the packet"]
    packet = scene.packet(patient, clinician)
    assert desk.packets_to_write(clinician) == []
    assert [row["action"] for row in desk.packets_arrived(facility)] == ["Build options"]
    scene.option(packet, treatment)
    assert desk.packets_arrived(facility) == []


def test_from_ready_to_undecided_to_accepted_and_booked(packet, facility, treatment):
    scene.option(packet, treatment)
    assert desk.presentations_today(facility) == []
    scene.option(packet, treatment, "Another")
    assert desk.presentations_today(facility)[0]["what"] == "2 options · ready to show"
    shown = services.start_presentation(patient=packet.patient, by=treatment)
    assert "undecided" in desk.presentations_today(facility)[0]["what"]
    assert desk.undecided_presentations(facility) == []
    PlanPresentation.objects.update(presented_at=timezone.now() - timedelta(days=4))
    assert desk.presentations_today(facility) == []
    assert len(desk.undecided_presentations(facility)) == 1
    scene.accept(shown, treatment)
    assert desk.undecided_presentations(facility) == []
    assert [row["action"] for row in desk.accepted_not_booked(facility)] == ["Book a visit"]
    episodes.reach_step(episode=shown.episode, kind=EpisodeStep.Kind.VISIT_BOOKED, by=treatment)
    assert desk.accepted_not_booked(facility) == []


def test_rows_of_one_facility_are_not_seen_at_another(packet, other_facility):
    assert desk.packets_arrived(other_facility) == []


def test_lists_take_one_query(on_team, plan, care, clinician, facility, packet, django_assert_num_queries):
    services.share_plan(plan=plan, by=care)
    with django_assert_num_queries(3):  # two of them memberships, which a request asks once for all
        desk.my_acknowledgements(clinician)
    with django_assert_num_queries(1):
        desk.packets_arrived(facility)
    with django_assert_num_queries(1):
        desk.accepted_not_booked(facility)
