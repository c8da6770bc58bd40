"""The hand-off, the next step and the task, through their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from episodes import services
from episodes.models import EpisodeStep, Handoff, Task
from tests import factories

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")


def of(name, patient, *more):
    return reverse(f"episodes:{name}", args=[patient.uuid, *more])


def send(browser, patient, **changes):
    fields = {"to": "patient-care:", "next_step": "Write the care plan", "message": "Prefers mornings", "due_at": SOON}
    return browser.post(of("handoff_send", patient), fields | changes)


def test_from_sending_to_accepting(intake, care, episode, patient, sign_in):
    answer = send(sign_in(intake), patient)
    assert answer["Location"] == patient.get_absolute_url()
    handoff = Handoff.objects.get()
    assert (handoff.from_role, handoff.to_role, handoff.to_user) == (Role.INTAKE, Role.PATIENT_CARE, None)
    browser = sign_in(care)
    page = browser.get(of("handoff_detail", patient, handoff.uuid)).content.decode()
    assert "Prefers mornings" in page
    assert "Accept" in page
    browser.post(of("handoff_accept", patient, handoff.uuid))
    episode.refresh_from_db()
    assert (episode.owner, episode.next_step) == (care, "Write the care plan")


def test_the_packet_says_what_is_there_and_what_is_missing(intake, care, handoff, episode, patient, sign_in):
    services.reach_step(episode=episode, kind=EpisodeStep.Kind.SCREENED, by=intake)
    page = sign_in(care).get(of("handoff_detail", patient, handoff.uuid)).content.decode()
    assert page.count("is-there") == 1
    assert page.count("is-missing") == 5


def test_a_person_can_be_chosen_instead_of_a_desk(intake, care, episode, patient, sign_in):
    send(sign_in(intake), patient, to=f"patient-care:{care.pk}")
    assert Handoff.objects.get().to_user == care


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ""},
        {"to": "clerk:"},
        {"to": "patient-care:999999"},
        {"to": "x"},
        {"next_step": ""},
        {"due_at": "2020-01-01T10:00"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(changes, intake, care, episode, patient, sign_in):
    answer = send(sign_in(intake), patient, **changes)
    assert answer.status_code == 422
    assert "Prefers mornings" in answer.content.decode()
    assert not Handoff.objects.exists()


def test_a_second_handoff_to_the_desk_is_refused_in_the_form(intake, care, handoff, patient, sign_in):
    answer = send(sign_in(intake), patient)
    assert answer.status_code == 422
    assert "open hand-off" in answer.content.decode()


def test_only_the_holder_finds_the_form(boss, episode, patient, sign_in):
    page = sign_in(boss).get(of("handoff_send", patient)).content.decode()
    assert "Somebody else holds the baton" in page
    assert "<textarea" not in page


def test_without_an_open_episode_the_page_says_so(intake, facility, sign_in):
    page = sign_in(intake).get(of("handoff_send", factories.patient(facility))).content.decode()
    assert "No open episode of care" in page


def test_returning_asks_what_is_missing_and_leads_home(intake, care, handoff, patient, sign_in):
    browser = sign_in(care)
    assert browser.post(of("handoff_return", patient, handoff.uuid), {"reason": ""}).status_code == 422
    answer = browser.post(of("handoff_return", patient, handoff.uuid), {"reason": "The consent is missing."})
    assert answer["Location"] == "/"
    assert browser.get(of("handoff_detail", patient, handoff.uuid)).status_code == 404
    page = sign_in(intake).get(of("handoff_detail", patient, handoff.uuid)).content.decode()
    assert "The consent is missing." in page


def test_the_sender_withdraws_and_nobody_else(intake, care, handoff, patient, sign_in):
    sign_in(care).post(of("handoff_withdraw", patient, handoff.uuid))
    handoff.refresh_from_db()
    assert handoff.status == Handoff.Status.REQUESTED
    sign_in(intake).post(of("handoff_withdraw", patient, handoff.uuid))
    handoff.refresh_from_db()
    assert handoff.status == Handoff.Status.CANCELLED


def test_a_handoff_of_somebody_else_is_not_found_under_this_person(intake, handoff, facility, sign_in):
    other = factories.patient(facility)
    assert sign_in(intake).get(of("handoff_detail", other, handoff.uuid)).status_code == 404


def test_accepting_twice_says_that_it_was_answered(care, handoff, patient, sign_in):
    browser = sign_in(care)
    browser.post(of("handoff_accept", patient, handoff.uuid))
    page = browser.post(
        of("handoff_accept", patient, handoff.uuid), headers={"Referer": "http://testserver/people/me/"}
    )
    assert "answered this hand-off already" in browser.get(page["Location"]).content.decode()


def test_changing_the_next_step(intake, episode, patient, sign_in):
    browser = sign_in(intake)
    fields = {"next_step": "Call the court", "due_at": SOON, "version": episode.version}
    assert browser.post(of("next_step_edit", patient), fields)["Location"] == patient.get_absolute_url()
    episode.refresh_from_db()
    assert (episode.next_step, episode.owner) == ("Call the court", intake)


def test_two_who_change_the_next_step_see_both_texts(intake, episode, patient, sign_in):
    services.set_next_step(episode=episode, next_step="Their text", due_at=episode.due_at, by=intake)
    fields = {"next_step": "My text", "due_at": SOON, "version": episode.version}
    answer = sign_in(intake).post(of("next_step_edit", patient), fields)
    assert answer.status_code == 409
    assert "Their text" in answer.content.decode()
    assert "My text" in answer.content.decode()


def test_the_coordinator_passes_the_baton_and_the_new_holder_sees_the_person(boss, care, episode, patient, sign_in):
    fields = {"to": f"patient-care:{care.pk}", "next_step": "Cover for Ines", "due_at": SOON}
    sign_in(boss).post(of("baton_pass", patient), fields)
    episode.refresh_from_db()
    assert (episode.owner, episode.owner_role) == (care, Role.PATIENT_CARE)
    assert sign_in(care).get(of("next_step_edit", patient)).status_code == 200


def test_a_colleague_cannot_take_the_baton(care, episode, patient, intake, sign_in, facility):
    other = factories.person(Role.TREATMENT, facility)
    fields = {"to": f"treatment:{other.pk}", "next_step": "Mine", "due_at": SOON}
    sign_in(other).post(of("baton_pass", patient), fields)
    episode.refresh_from_db()
    assert episode.owner == intake


def test_asking_a_desk(intake, episode, patient, facility, sign_in):
    factories.person(Role.TREATMENT, facility)
    fields = {"to": "treatment:", "text": "Find a morning slot", "due_at": SOON, "urgent": "on"}
    sign_in(intake).post(of("task_add", patient), fields)
    task = Task.objects.get()
    assert (task.owner_role, task.priority, task.requested_by) == (Role.TREATMENT, Task.Priority.URGENT, intake)


def test_a_request_nobody_could_see_is_refused(intake, episode, patient, facility, sign_in):
    factories.person(Role.CLINICIAN, facility)
    answer = sign_in(intake).post(of("task_add", patient), {"to": "clinician:", "text": "Look", "due_at": SOON})
    assert answer.status_code == 422
    assert "care team" in answer.content.decode()


def test_two_requests_in_ones_own_words_are_two_tasks(intake, episode, patient, facility):
    factories.person(Role.TREATMENT, facility)
    for text in ("Find a slot", "Find another"):
        services.add_task(patient=patient, text=text, role=Role.TREATMENT, due_at=episode.due_at, by=intake)
    assert Task.objects.count() == 2
