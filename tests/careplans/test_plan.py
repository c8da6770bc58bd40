"""From the draft to everyone's acknowledgement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from careplans import services
from careplans.models import CarePlan, Goal, Intervention, Objective, Problem
from careplans.selectors import plan as selectors
from core import audit
from core.errors import Conflict, DomainError
from episodes.models import EpisodeStep, Task
from intake.models import IntakeInterview
from patients.models import AllergyIntolerance
from records.models import Document
from tests import factories
from tests.careplans.conftest import join

pytestmark = pytest.mark.django_db


def steps(patient):
    return set(EpisodeStep.objects.filter(episode__patient=patient).values_list("kind", flat=True))


def test_needs_and_precautions_come_from_intake(patient, care):
    interview = IntakeInterview(episode=patient.episodes.get(), patient=patient, interviewer=care)
    interview.presenting_concern, interview.strengths_and_wishes = "Wants to stop drinking.", "Loves her garden."
    audit.save(interview, by=care)
    audit.save(AllergyIntolerance(patient=patient, substance="Penicillin", reaction="rash"), by=care)
    plan = services.start_plan(patient=patient, by=care)
    assert plan.needs == "Wants to stop drinking.\n\nStrengths and wishes: Loves her garden."
    assert plan.precautions == "Allergy: Penicillin (rash)"
    assert plan.history.get().history_user == care


def test_an_episode_has_one_plan(plan, patient, care):
    with pytest.raises(DomainError, match="already"):
        services.start_plan(patient=patient, by=care)


def test_a_plan_that_lacks_a_part_is_not_shared(patient, care):
    plan = services.start_plan(patient=patient, by=care)
    services.add_problem(plan=plan, text="Housing", by=care)
    with pytest.raises(DomainError, match="a goal and an objective and an intervention"):
        services.share_plan(plan=plan, by=care)


def test_rows_that_have_ended_do_not_count_as_parts(plan, care):
    services.share_plan(plan=plan, by=care)
    services.remove_row(row=Goal.objects.get(), by=care)
    plan.refresh_from_db()
    assert selectors.missing_parts(selectors.problems_of(plan)) == ["a goal", "an objective", "an intervention"]


def test_sharing_makes_a_paper_and_asks_the_team(on_team, plan, care, clinician, activities):
    plan = services.share_plan(plan=plan, by=care)
    assert (plan.status, plan.edition) == (CarePlan.Status.ACTIVE, 1)
    assert plan.review_due_on == timezone.localdate(timezone=plan.facility.tz) + timedelta(days=30)
    asked = {row.user: row for row in plan.acknowledgements.all()}
    assert set(asked) == {clinician, activities}
    tasks = Task.objects.open().filter(kind="plan-acknowledge")
    assert {task.focus for task in tasks} == set(asked.values())
    assert EpisodeStep.Kind.PLAN_SHARED in steps(on_team)
    assert on_team.episodes.get().next_step == "Ask a physician for the assessment"
    assert "Counseling (Individual counseling, once a week, Clinician)" in plan.document.text
    assert "Marisol Rivera" in plan.document.text


def test_two_clinicians_get_a_task_each(on_team, plan, care, clinician, facility):
    second = factories.person(Role.CLINICIAN, facility)
    join(on_team, second, Role.CLINICIAN, care)
    services.share_plan(plan=plan, by=care)
    owners = set(Task.objects.open().filter(kind="plan-acknowledge").values_list("owner", flat=True))
    assert {clinician.pk, second.pk} <= owners


def test_who_may_not_read_the_plan_is_not_asked_to(on_team, plan, care, facility):
    intake = factories.person(Role.INTAKE, facility)
    join(on_team, intake, Role.INTAKE, care)
    plan = services.share_plan(plan=plan, by=care)
    assert not plan.acknowledgements.filter(user=intake).exists()
    assert not Task.objects.open().filter(owner=intake).exists()


def test_the_step_is_reached_with_the_last_acknowledgement(on_team, plan, care, clinician, activities):
    services.share_plan(plan=plan, by=care)
    services.acknowledge_plan(plan=plan, by=clinician)
    assert EpisodeStep.Kind.PLAN_ACKNOWLEDGED not in steps(on_team)
    services.acknowledge_plan(plan=plan, by=activities)
    assert EpisodeStep.Kind.PLAN_ACKNOWLEDGED in steps(on_team)
    assert not Task.objects.open().filter(kind="plan-acknowledge").exists()


def test_acknowledging_twice_is_harmless(on_team, plan, care, clinician):
    services.share_plan(plan=plan, by=care)
    first = services.acknowledge_plan(plan=plan, by=clinician)
    assert services.acknowledge_plan(plan=plan, by=clinician).acknowledged_at == first.acknowledged_at


def test_only_who_was_asked_acknowledges(on_team, plan, care, treatment):
    services.share_plan(plan=plan, by=care)
    with pytest.raises(DomainError, match="not been asked"):
        services.acknowledge_plan(plan=plan, by=treatment)


def test_a_changed_plan_says_so_and_its_next_edition_takes_the_former_ones_place(on_team, plan, care, clinician):
    first = services.share_plan(plan=plan, by=care)
    problems = selectors.problems_of(first)
    assert not selectors.changed_since_shared(selectors.plan_of(on_team), problems)
    services.add_problem(plan=plan, text="Housing", by=care)
    fresh = selectors.plan_of(on_team)
    assert selectors.changed_since_shared(fresh, selectors.problems_of(fresh))
    second = services.share_plan(plan=plan, by=care)
    first.document.refresh_from_db()
    assert (second.edition, first.document.status) == (2, Document.Status.SUPERSEDED)
    assert Task.objects.open().filter(kind="plan-acknowledge", owner=clinician).count() == 1


def test_an_unchanged_plan_is_not_shared_again_before_its_review(plan, care):
    services.share_plan(plan=plan, by=care)
    with pytest.raises(DomainError, match="Nothing has changed"):
        services.share_plan(plan=plan, by=care)


def test_a_review_without_a_change_makes_an_edition(plan, care):
    shared = services.share_plan(plan=plan, by=care)
    shared.review_due_on = timezone.localdate() + timedelta(days=2)
    audit.save(shared, by=care)
    assert services.share_plan(plan=plan, by=care).edition == 2


def test_before_sharing_a_row_goes_with_all_below_and_history_names_who_took_it(plan, care):
    assert services.remove_row(row=Problem.objects.get(), by=care) is True
    assert not Intervention.objects.exists()
    gone = Intervention.history.filter(history_type="-").get()
    assert gone.history_user == care


@pytest.mark.parametrize("model", [Problem, Goal, Objective, Intervention])
def test_after_sharing_a_row_stays_and_is_marked(plan, care, model):
    services.share_plan(plan=plan, by=care)
    row = model.objects.get()
    assert services.remove_row(row=row, by=care) is False
    row = model.objects.get()
    ended = {
        Problem: lambda: row.resolved_on,
        Goal: lambda: row.lifecycle_status == "rejected",
        Objective: lambda: row.status == "dropped",
        Intervention: lambda: row.ended_on,
    }
    assert ended[model]()


def test_rows_move_among_their_siblings(plan, care):
    second = services.add_problem(plan=plan, text="Housing", by=care)
    services.move_row(row=second, up=True, by=care)
    assert [row.text for row in plan.problems.all()] == ["Housing", "Drinks more than wanted"]
    services.move_row(row=second, up=True, by=care)
    assert plan.problems.first() == second


def test_two_people_editing_a_row_get_a_conflict(plan, care):
    mine, theirs = Goal.objects.get(), Goal.objects.get()
    theirs.text = "Theirs"
    services.edit_row(row=theirs, expected_version=1, by=care)
    mine.text = "Mine"
    with pytest.raises(Conflict):
        services.edit_row(row=mine, expected_version=1, by=care)


def test_the_library_inserts_a_tree_that_can_be_shared(patient, care):
    plan = services.start_plan(patient=patient, by=care)
    services.insert_from_library(plan=plan, key="opioids", by=care)
    assert services.share_plan(plan=plan, by=care).edition == 1


def test_a_closed_plan_takes_no_rows(plan, care):
    shared = services.share_plan(plan=plan, by=care)
    shared.status = CarePlan.Status.COMPLETED
    audit.save(shared, by=care)
    with pytest.raises(DomainError, match="closed"):
        services.add_problem(plan=plan, text="Late", by=care)


def test_the_extract_has_goals_and_what_that_desk_is_asked_to_do_and_no_problem(plan, care):
    scene_objective = Objective.objects.get()
    services.add_intervention(
        objective=scene_objective, text="Art evening", modality="art", responsible_role=Role.ACTIVITIES, by=care
    )
    extract = selectors.extract_of(plan)
    assert extract == [
        {
            "text": "Good evenings",
            "target_on": None,
            "asked": ["Art evening (Art therapy, Therapeutic activities coordinator)"],
        }
    ]


def test_the_tree_is_numbered_in_reading_order(plan):
    rows = selectors.tree_rows(selectors.plan_of(plan.patient), selectors.problems_of(plan))
    assert [(row["kind"], row["number"]) for row in rows] == [
        ("problem", "1"),
        ("goal", "1.1"),
        ("objective", "1.1.1"),
        ("intervention", "1.1.1.1"),
    ]
