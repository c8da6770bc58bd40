"""Interview, screenings, level of care."""

import json
import os
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Perm, Role
from core import audit
from core.errors import Conflict, DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep, LevelOfCare, Task
from intake import selectors, services
from intake.instruments import INSTRUMENTS
from intake.levels import RULES, recommend
from intake.models import IntakeInterview, LevelOfCareDetermination, SubstanceUse
from patients.access import get_patient
from tests import factories
from tests.intake import rows

pytestmark = pytest.mark.django_db
SHARED = os.environ.get("CARECOORD_SHARED_DATA", "")
needs_shared_data = pytest.mark.skipif(not SHARED, reason="needs CARECOORD_SHARED_DATA")
LINES = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def patient(facility, intake):
    found = factories.patient(facility, gender="female")
    factories.episode(found, facility, by=intake)
    return found


@pytest.fixture
def browser(intake, sign_in):
    return sign_in(intake)


def interview(browser, patient, **changes):
    return browser.post(reverse("intake:interview_edit", args=[patient.uuid]), LINES | changes)


def test_a_draft_may_be_all_but_empty(browser, patient):
    assert interview(browser, patient, action="draft", presenting_concern="Sleep").status_code == 302
    assert IntakeInterview.objects.get().status == "in-progress"
    assert not EpisodeStep.objects.exists()


def test_completing_asks_for_the_minimum_and_keeps_what_is_typed(browser, patient):
    answer = interview(browser, patient, action="complete", presenting_concern="Sleep", medications="Sertraline 50 mg")
    assert answer.status_code == 422
    assert "Needed to complete the interview." in answer.content.decode()
    assert "Sertraline 50 mg" in answer.content.decode()
    assert not IntakeInterview.objects.exists()


def test_a_complete_interview_reaches_the_step(browser, patient):
    line = {f"form-0-{name}": value for name, value in rows.ALCOHOL.items()}
    assert interview(browser, patient, action="complete", **rows.ANSWERED, **line).status_code == 302
    assert IntakeInterview.objects.get().status == "completed"
    assert EpisodeStep.objects.get().kind == EpisodeStep.Kind.INTERVIEW_DONE
    assert SubstanceUse.objects.get().substance == "alcohol"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"form-0-substance": "alcohol", "form-0-age_first_use": "99"}, "Not above the person"),
        ({"form-0-substance": "alcohol", "form-1-substance": "alcohol"}, "named once"),
        ({"form-0-route": "oral"}, "Name the substance"),
        ({"form-0-substance": "alcohol", "form-0-age_first_use": "-1"}, "greater than or equal to 0"),
        ({"form-0-substance": "soup"}, "valid choice"),
    ],
)
def test_impossible_substances_are_refused_beside_the_field(line, says, browser, patient):
    answer = interview(browser, patient, action="draft", **line)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def save(patient, by, substances=(), complete=False, version=None, **answers):
    return services.save_interview(
        patient=patient,
        answers=answers,
        substances=list(substances),
        complete=complete,
        expected_version=version,
        by=by,
    )


def test_substances_close_up_and_their_history_keeps_who_took_one_away(patient, intake):
    cannabis = {"substance": "cannabis", "route": "smoking", "frequency": "some", "age_first_use": 15}
    first = save(patient, intake, [rows.ALCOHOL, cannabis])
    save(patient, intake, [cannabis], version=first.version)
    assert list(SubstanceUse.objects.values_list("rank", "substance")) == [(1, "cannabis")]
    assert SubstanceUse.history.filter(history_type="-").get().history_user == intake


def test_two_writers_never_overwrite_each_other(patient, intake, browser):
    first = save(patient, intake, [rows.ALCOHOL], presenting_concern="Theirs")
    with pytest.raises(Conflict):
        save(patient, intake, presenting_concern="Mine")
    save(patient, intake, [rows.ALCOHOL], version=first.version, presenting_concern="Theirs again")
    stale = {"version": first.version, "form-0-substance": "cannabis", "presenting_concern": "Mine"}
    answer = interview(browser, patient, action="draft", **stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(
        text in page for text in ("Theirs again", "Mine", "Primary substance: substance", 'name="form-TOTAL_FORMS"')
    )


def hand_over_and_accept(facility, intake):
    patient = rows.ready_to_hand_over(facility, intake)
    care = factories.person(Role.PATIENT_CARE, facility)
    handoff = services.hand_over(patient=patient, by=intake)
    episodes.accept_handoff(handoff=handoff, by=care)
    return patient, care


def test_after_the_handover_the_intake_is_read_only_and_says_why(facility, intake, sign_in):
    patient, care = hand_over_and_accept(facility, intake)
    page = sign_in(intake).get(reverse("intake:interview_edit", args=[patient.uuid]))
    assert page.status_code == 200
    assert "accepted the hand-over" in page.content.decode()
    with pytest.raises(DomainError, match="accepted the hand-over"):
        save(patient, intake, version=1, presenting_concern="Later")
    with pytest.raises(DomainError, match="accepted the hand-over"):
        services.decide_level(patient=patient, ratings=[0] * 5, by=intake)
    colleague = factories.person(Role.INTAKE, facility)
    assert sign_in(colleague).get(reverse("intake:interview_edit", args=[patient.uuid])).status_code == 403
    assert sign_in(care).get(reverse("intake:interview_edit", args=[patient.uuid])).status_code == 200


def test_who_handed_over_reads_for_thirty_days(facility, intake, sign_in):
    patient, _ = hand_over_and_accept(facility, intake)
    handoff = selectors.accepted_handover(selectors.current_episode(patient))
    url = reverse("intake:screening_list", args=[patient.uuid])
    assert sign_in(intake).get(url).status_code == 200
    handoff.answered_at -= timedelta(days=31)
    audit.save(handoff, by=None, reason="test")
    assert sign_in(intake).get(url).status_code == 403


def test_patient_care_interviews_where_intake_does_not(facility, intake):
    facility.intake_interviews = False
    audit.save(facility, by=None, reason="test")
    patient = factories.patient(facility)
    care = factories.person(Role.PATIENT_CARE, facility)
    episode = factories.episode(patient, facility, by=intake)
    assert selectors.lock_reason(care, episode) == ""
    optional = [step.label for step in selectors.checklist(patient, episode) if step.optional]
    assert optional == ["Interview", "Screening"]


@pytest.mark.parametrize(
    ("slug", "answers", "gender", "score", "band"),
    [
        ("audit-c", [1, 1, 1], "female", 3, "Positive"),
        ("audit-c", [1, 1, 1], "male", 3, "Negative"),
        ("audit-c", [2, 1, 1], "male", 4, "Positive"),
        ("audit-c", [1, 1, 1], "unknown", 3, "Positive"),
        ("dast-10", [0] * 10, "male", 0, "No problems reported"),
        ("dast-10", [0, 0, 1] + [0] * 7, "male", 1, "Low level"),
        ("dast-10", [1] * 9 + [0], "male", 9, "Severe level"),
        ("phq-9", [0] * 9, "male", 0, "Minimal"),
        ("phq-9", [3] * 9, "male", 27, "Severe"),
        ("gad-7", [3] * 5 + [0, 0], "male", 15, "Severe"),
    ],
)
def test_scores_and_bands(slug, answers, gender, score, band):
    result = INSTRUMENTS[slug].score(answers, gender)
    assert (result.score, result.band) == (score, band)


@pytest.mark.parametrize(
    ("slug", "starts"),
    [("phq-9", [0, 5, 10, 15, 20]), ("gad-7", [0, 5, 10, 15]), ("dast-10", [0, 1, 3, 6, 9]), ("audit-c", [0, 3])],
)
def test_the_published_cut_offs(slug, starts):
    assert [band.start for band in INSTRUMENTS[slug].bands] == starts


def test_the_third_dast_item_is_reversed():
    assert dict(INSTRUMENTS["dast-10"].items[2].choices) == {1: "No", 0: "Yes"}


def test_the_totals_have_their_loinc_codes():
    codes = {slug: tool.loinc for slug, tool in INSTRUMENTS.items()}
    assert codes == {"audit-c": "75626-2", "dast-10": "82667-7", "phq-9": "44261-6", "gad-7": "70274-6"}


@needs_shared_data
@pytest.mark.parametrize(("slug", "theirs"), [("audit-c", "AUDC"), ("phq-9", "PHQ9"), ("gad-7", "GAD-7")])
def test_our_scoring_is_the_official_one_and_our_words_are_ours(slug, theirs):
    official = json.loads((Path(SHARED) / "questionnaires/va_mha_instruments.json").read_text())[theirs]
    scored = [question for question in official["questions"] if question.get("scoring")]
    tool = INSTRUMENTS[slug]
    assert len(scored) == len(tool.items)
    assert int(official["scalegroups"][0][7]) == tool.highest
    for question, item in zip(scored, tool.items, strict=True):
        given = {int(key) for answers in question["scoring"].values() for _, key in answers}
        assert given | {0} == {score for score, _ in item.choices}
        assert item.label.lower() not in question["text"].lower()


@pytest.mark.parametrize("answers", [[1] * 8, [4] + [0] * 8, [-1] + [0] * 8])
def test_a_missing_or_unknown_answer_is_refused(answers, patient, intake):
    with pytest.raises(DomainError, match="every item"):
        rows.screening(patient, intake, answers)


def test_a_positive_safety_answer_asks_two_desks_at_once(facility, patient, intake, browser):
    data = {f"item_{n}": "0" for n in range(1, 9)} | {"item_9": "1"}
    answer = browser.post(reverse("intake:screening_add", args=[patient.uuid, "phq-9"]), data, follow=True)
    assert "act now" in answer.content.decode()
    tasks = Task.objects.open().filter(kind="safety-screen")
    assert {task.owner_role for task in tasks} == {Role.PATIENT_CARE, Role.CLINICAL_COORDINATOR}
    assert all(task.priority == "urgent" and task.due_at - task.created_at <= timedelta(minutes=15) for task in tasks)
    care = factories.person(Role.PATIENT_CARE, facility)
    assert get_patient(care, patient.uuid, Perm.INTAKE_VIEW) == patient


def test_a_safety_answer_of_none_asks_nobody(patient, intake):
    screening = rows.screening(patient, intake, [3] * 8 + [0])
    assert not screening.safety_positive
    assert not Task.objects.exists()


def test_scores_over_time_are_drawn_and_listed(patient, intake, browser, django_assert_num_queries):
    rows.screening(patient, intake, [2] * 8 + [0])
    rows.screening(patient, intake, [1] * 8 + [0])
    with django_assert_num_queries(1):
        found = selectors.screening_rows(patient, UTC)
    assert [row["score"] for row in found] == [8, 16]
    page = browser.get(reverse("intake:screening_list", args=[patient.uuid])).content.decode()
    assert "<polyline" in page


@pytest.mark.parametrize(
    ("ratings", "code"),
    [
        ([0, 0, 0, 0, 0], "1.0"),
        ([0, 1, 0, 0, 0], "1.5"),
        ([2, 0, 0, 0, 0], "1.7"),
        ([0, 0, 2, 0, 0], "2.1"),
        ([0, 0, 3, 0, 0], "2.5"),
        ([2, 0, 2, 0, 0], "2.7"),
        ([0, 0, 0, 0, 3], "3.1"),
        ([0, 0, 0, 3, 3], "3.5"),
        ([3, 0, 0, 0, 0], "3.7"),
        ([0, 4, 0, 0, 0], "4"),
    ],
)
def test_what_the_ratings_recommend(ratings, code):
    found = recommend(ratings)
    assert found.code == code
    assert found.reasons


def test_every_rule_names_a_level_we_have_and_can_be_reached():
    assert {code for code, _ in RULES} <= set(LevelOfCare.objects.filter(edition=4).values_list("code", flat=True))
    for code, needs in RULES:
        assert code in {recommend([needs.get(d, 0) for d in range(1, 6)]).code}, needs


def test_reasons_name_the_ratings():
    assert "Dimension 4 (substance-use-related risks) is rated 3" in recommend([0, 0, 0, 3, 3]).reasons[0]


def test_a_different_decision_needs_its_reason_in_the_service_and_in_the_database(patient, intake):
    other = LevelOfCare.objects.get(edition=4, code="3.1")
    with pytest.raises(DomainError, match="differs"):
        services.decide_level(patient=patient, ratings=[0] * 5, decided=other, by=intake)
    row = services.decide_level(
        patient=patient, ratings=[0] * 5, decided=other, difference_reason="Has no home.", by=intake
    )
    assert selectors.current_episode(patient).level_of_care == other
    assert EpisodeStep.objects.get().kind == EpisodeStep.Kind.LEVEL_DETERMINED
    with pytest.raises(IntegrityError, match="level_difference_has_reason"), transaction.atomic():
        LevelOfCareDetermination.objects.filter(pk=row.pk).update(difference_reason="")


RATED = {f"rating_{n}": "2" for n in range(1, 6)}


def test_without_a_script_the_recommendation_comes_first_and_then_the_decision(browser, patient):
    url = reverse("intake:level_edit", args=[patient.uuid])
    unseen = browser.post(url, RATED | {"action": "decide"})
    assert unseen.status_code == 422
    assert "Read the recommendation" in unseen.content.decode()
    shown = browser.post(url, RATED | {"action": "recommend"})
    assert 'name="seen" value="2.7"' in shown.content.decode()
    assert browser.post(url, RATED | {"action": "decide", "seen": "2.7"}).status_code == 302


def test_the_preview_is_a_fragment(browser, patient):
    url = reverse("intake:level_edit", args=[patient.uuid])
    answer = browser.post(url, RATED, headers={"HX-Request": "true", "HX-Target": "recommendation"})
    assert answer.content.decode().lstrip().startswith('<div id="recommendation"')
    assert not LevelOfCareDetermination.objects.exists()
