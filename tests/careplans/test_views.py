"""The pages: fragments and pages without JavaScript, refusals beside their fields, queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from careplans import services
from careplans.models import Assessment, Goal, Problem, TreatmentOption
from core import audit
from episodes.models import Task
from tests import factories
from tests.careplans import scene
from tests.careplans.conftest import join

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"careplans:{name}", args=[getattr(arg, "uuid", arg) for arg in args])


def test_the_plan_is_started_from_its_empty_page(patient, care, sign_in):
    client = sign_in(care)
    assert "Start the care plan" in client.get(url("plan_detail", patient)).text
    response = client.post(url("plan_start", patient))
    assert response.url == url("plan_detail", patient)
    assert "No problem is named yet" in client.get(response.url).text


def test_who_only_reads_gets_no_button_to_write(plan, patient, treatment, sign_in):
    page = sign_in(treatment).get(url("plan_detail", patient)).text
    assert "Good evenings" in page
    assert "/goals/add/" not in page
    assert url("plan_share", patient) not in page


def test_a_row_is_added_in_place(plan, patient, care, sign_in):
    problem = Problem.objects.get()
    response = sign_in(care).post(url("goal_add", patient, problem), {"text": "Sleep well"}, **HTMX)
    assert response.text.strip().startswith("<section") or 'id="problems"' in response.text
    assert "Sleep well" in response.text
    assert "<html" not in response.text


def test_an_invalid_row_comes_back_in_its_slot(plan, patient, care, sign_in):
    problem = Problem.objects.get()
    response = sign_in(care).post(url("goal_add", patient, problem), {"text": ""}, **HTMX)
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#slot-{problem.uuid}"


def test_without_javascript_a_row_has_a_page(plan, patient, care, sign_in):
    client, problem = sign_in(care), Problem.objects.get()
    assert "<html" in client.get(url("goal_add", patient, problem)).text
    response = client.post(url("goal_add", patient, problem), {"text": "Sleep well"})
    assert response.url.startswith(url("plan_detail", patient) + "#row-")
    assert Goal.objects.filter(text="Sleep well").exists()


@pytest.mark.parametrize("level", ["problem", "goal", "objective", "intervention"])
def test_every_level_is_edited_moved_and_removed(plan, patient, care, sign_in, level):
    client, row = sign_in(care), scene.leaf(plan)
    for parent in ["intervention", "objective", "goal", "problem"]:
        if parent == level:
            break
        row = getattr(row, {"intervention": "objective", "objective": "goal", "goal": "problem"}[parent])
    page = client.get(url(f"{level}_edit", patient, row), **HTMX)
    fields = page.context["form"].initial | {"text": "Reworded", "version": row.version}
    typed = {name: value for name, value in fields.items() if value is not None}
    assert "Reworded" in client.post(url(f"{level}_edit", patient, row), typed, **HTMX).text
    assert client.post(url(f"{level}_move", patient, row), {"direction": "up"}, **HTMX).status_code == 200
    assert "Reworded" in client.get(url(f"{level}_remove", patient, row)).text
    client.post(url(f"{level}_remove", patient, row))
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_a_silent_overwrite_becomes_a_conflict_page(plan, patient, care, sign_in):
    goal = Goal.objects.get()
    goal.text = "Theirs"
    audit.save(goal, by=care)
    typed = {"text": "Mine", "achievement_status": "improving", "version": 1}
    response = sign_in(care).post(url("goal_edit", patient, goal), typed)
    assert response.status_code == 409
    assert "Theirs" in response.text
    assert "Mine" in response.text


def test_a_row_of_another_patient_is_not_found(plan, patient, facility, care, sign_in):
    other = factories.patient(facility, given_name="Joe")
    factories.episode(other, facility, by=care, role=Role.PATIENT_CARE)
    join(other, care, Role.PATIENT_CARE, care)
    theirs = services.add_problem(plan=services.start_plan(patient=other, by=care), text="Theirs", by=care)
    client = sign_in(care)
    assert client.get(url("problem_edit", other, theirs)).status_code == 200
    assert client.get(url("problem_edit", patient, theirs)).status_code == 404


def test_the_plan_page_takes_the_same_queries_however_long(on_team, plan, care, sign_in):
    client, counts = sign_in(care), []
    for problems in (2, 27):
        for number in range(problems):
            services.insert_from_library(plan=plan, key=["housing", "mood", "work"][number % 3], by=care)
        services.share_plan(plan=plan, by=care)
        client.get(url("plan_detail", on_team))
        with CaptureQueriesContext(connection) as counted:
            client.get(url("plan_detail", on_team))
        counts.append(len(counted))
    assert counts[0] == counts[1] <= 30


def test_the_asked_person_acknowledges_from_the_page(on_team, plan, care, clinician, sign_in):
    services.share_plan(plan=plan, by=care)
    client = sign_in(clinician)
    assert "I have read edition 1" in client.get(url("plan_detail", on_team)).text
    client.post(url("plan_acknowledge", on_team))
    assert "I have read edition 1" not in client.get(url("plan_detail", on_team)).text


def test_the_activities_coordinator_reads_the_extract_and_no_problem(on_team, plan, care, activities, sign_in):
    services.share_plan(plan=plan, by=care)
    client = sign_in(activities)
    page = client.get(url("plan_extract", on_team)).text
    assert "Good evenings" in page
    assert "Drinks more than wanted" not in page
    response = client.post(url("plan_acknowledge", on_team))
    assert response.url == url("plan_extract", on_team)


def test_the_draft_of_a_plan_is_not_in_the_extract(on_team, plan, activities, sign_in):
    assert "No plan is shared yet" in sign_in(activities).get(url("plan_extract", on_team)).text


def test_lists_of_acknowledgements(on_team, plan, care, clinician, sign_in):
    services.share_plan(plan=plan, by=care)
    assert "Rivera" in sign_in(clinician).get(url("acknowledgement_list")).text
    page = sign_in(care).get(url("acknowledgement_list")).text
    assert str(clinician) in page


PACKET = {
    "findings": "Daily use.",
    "precautions": "",
    "diagnosis_1": "F10.20 Alcohol use disorder, moderate or severe",
    "plan_1_title": "Weekly counseling",
}


def test_a_packet_is_kept_as_a_draft_and_sent_later(on_team, clinician, sign_in):
    client = sign_in(clinician)
    response = client.post(url("assessment_add", on_team), PACKET | {"findings": ""})
    draft = Assessment.objects.get()
    assert response.url == url("assessment_detail", on_team, draft)
    assert "F10.20" in client.get(url("assessment_add", on_team)).text
    response = client.post(url("assessment_add", on_team), PACKET | {"version": draft.version, "send": "1"})
    assert response.url == url("assessment_detail", on_team, draft)
    draft.refresh_from_db()
    assert draft.status == Assessment.Status.COMPLETED


def test_a_packet_that_cannot_be_sent_is_kept_and_says_why(on_team, clinician, sign_in):
    response = sign_in(clinician).post(url("assessment_add", on_team), PACKET | {"plan_1_title": "", "send": "1"})
    assert response.status_code == 422
    assert "at least one plan" in response.text
    assert Assessment.objects.get().findings == "Daily use."


def test_an_unknown_code_is_shown_beside_its_field(on_team, clinician, sign_in):
    response = sign_in(clinician).post(url("assessment_add", on_team), PACKET | {"diagnosis_1": "something"})
    assert response.status_code == 422
    assert "Pick a diagnosis from the list" in response.text


def test_somebody_elses_draft_is_not_found(on_team, clinician, care, sign_in):
    draft = scene.draft(on_team, clinician)
    assert sign_in(care).get(url("assessment_detail", on_team, draft)).status_code == 404


def test_the_treatment_desk_sees_no_other_diagnosis(packet, clinician, treatment, sign_in):
    condition = packet.patient.conditions.get()
    condition.pk, condition.uuid = None, None
    other = type(condition)(patient=packet.patient, code="I10", display="Hypertension", recorder=clinician)
    audit.save(other, by=clinician)
    page = url("assessment_detail", packet.patient, packet)
    assert "Hypertension" in sign_in(clinician).get(page).text
    assert "Hypertension" not in sign_in(treatment).get(page).text


def test_an_option_is_prefilled_from_the_packet(packet, treatment, sign_in):
    plan = packet.available_plans.first()
    page = sign_in(treatment).get(url("option_add", packet.patient) + f"?plan={plan.uuid}").text
    assert plan.title in page
    assert "No cost and no appointments" in sign_in(treatment).get(url("option_add", packet.patient) + "?none=1").text


def test_without_a_packet_there_is_nothing_to_build_from(patient, treatment, sign_in):
    response = sign_in(treatment).get(url("option_add", patient))
    assert response.status_code == 302


OPTION = {
    "title": "Weekly",
    "benefits": "b",
    "risks": "r",
    "cost_total": "100",
    "cost_covered": "0",
    "instalments": "3",
}


def test_options_are_built_presented_and_signed(packet, treatment, sign_in):
    client, patient = sign_in(treatment), packet.patient
    for title in ("Weekly", "Daily"):
        assert client.post(url("option_add", patient), OPTION | {"title": title}).status_code == 302
    page = client.post(url("presentation_start", patient)).url
    assert "1 month at $33.34, then 2 months at $33.33" in client.get(page).text
    chosen = TreatmentOption.objects.get(title="Daily")
    answer = {"option": chosen.uuid, "signer_name": "Marisol Rivera", "signer_role": "patient", "confirmed": "on"}
    response = client.post(f"{page}accept/", answer)
    assert response.url == reverse("scheduling:slot_list", args=[patient.uuid])
    assert "Signed by Marisol Rivera" in client.get(page).text


@pytest.mark.parametrize("missing", ["option", "signer_name", "confirmed"])
def test_a_signature_needs_choice_name_and_tick(shown, treatment, sign_in, missing):
    option = shown.episode.treatment_options.first()
    answer = {"option": option.uuid, "signer_name": "M", "signer_role": "patient", "confirmed": "on"}
    del answer[missing]
    response = sign_in(treatment).post(shown.get_absolute_url() + "accept/", answer)
    assert response.status_code == 422
    assert not TreatmentOption.objects.filter(status="accepted").exists()


def test_covered_more_than_cost_is_said_beside_the_field(packet, treatment, sign_in):
    response = sign_in(treatment).post(url("option_add", packet.patient), OPTION | {"cost_covered": "101"})
    assert response.status_code == 422
    assert "cannot be more than the cost" in response.text


@pytest.mark.parametrize("answer", ["thinking", "all", "one"])
def test_the_other_answers(shown, treatment, sign_in, answer):
    option = shown.episode.treatment_options.first()
    typed = {"answer": str(option.uuid) if answer == "one" else answer, "reason": "Later."}
    response = sign_in(treatment).post(shown.get_absolute_url() + "decline/", typed)
    assert response.url == url("option_list", shown.patient)
    shown.refresh_from_db()
    assert (shown.declined_all_at is not None) == (answer == "all")


def test_a_presentation_page_names_nobody_in_its_title_and_shows_no_staff_navigation(shown, treatment, sign_in):
    page = sign_in(treatment).get(shown.get_absolute_url()).text
    assert "<title>Your options</title>" in page.replace("\n", "")
    assert "cc-sidebar" not in page


def test_asking_for_the_assessment(patient, plan, care, clinician, sign_in):
    response = sign_in(care).post(url("assessment_request", patient), {"clinician": clinician.pk})
    assert response.url == url("plan_detail", patient)
    assert Task.objects.open().get(kind="assessment-requested").owner == clinician
    assert sign_in(care).post(url("assessment_request", patient), {}).status_code == 422
