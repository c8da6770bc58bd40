"""The packet, the hand-over, and what the desks show of it."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Perm, Role
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep, Handoff
from intake import selectors, services
from patients.access import get_patient
from records import services as records
from records.models import Document
from tests import factories
from tests.intake import rows
from tests.records import consent_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def ready(facility, intake):
    return rows.ready_to_hand_over(facility, intake)


def test_an_unfinished_intake_is_refused_with_the_list_of_what_is_missing(facility, intake):
    found = rows.referral(facility, intake, phone="")
    patient = found.patient
    with pytest.raises(DomainError, match="Accept the referral first"):
        services.hand_over(patient=patient, by=intake)
    services.accept_referral(referral=found, by=intake)
    with pytest.raises(DomainError) as refusal:
        services.hand_over(patient=patient, by=intake)
    assert refusal.value.message == (
        "Complete these first: demographics, coverage, notice and consent, reminder channel, interview, screening, "
        "level of care."
    )
    assert not Document.objects.exists()


def test_the_handover_sends_a_paper_and_the_baton_stays_until_accepted(facility, intake, ready):
    handoff = services.hand_over(patient=ready, message="Sleeps badly.", by=intake)
    paper = Document.objects.get(kind="intake-packet")
    assert "Wants to sleep again." in paper.text
    assert "2.1 Intensive outpatient" in paper.text
    assert len(paper.sha256) == 64
    episode = handoff.episode
    episode.refresh_from_db()
    assert (episode.status, episode.owner) == ("active", intake)
    assert episode.steps.filter(kind=EpisodeStep.Kind.HANDED_OVER).exists()
    care = factories.person(Role.PATIENT_CARE, facility)
    assert get_patient(care, ready.uuid, Perm.INTAKE_VIEW) == ready
    episodes.accept_handoff(handoff=handoff, by=care)
    episode.refresh_from_db()
    assert (episode.owner, episode.next_step) == (care, "Write the care plan")


def test_the_packet_names_no_payer_and_no_member_id(facility, intake, ready):
    rows.coverage(ready, intake, payer_name="Blue Plan", member_id="XQ-77812", order=2)
    text = selectors.packet_text(selectors.packet_of(ready, selectors.current_episode(ready)))
    assert "Coverage 2: Not yet checked" in text
    assert "Blue Plan" not in text
    assert "XQ-77812" not in text


def test_sent_twice_is_refused_and_a_returned_packet_goes_again(facility, intake, ready):
    handoff = services.hand_over(patient=ready, by=intake)
    with pytest.raises(DomainError, match="open hand-off"):
        services.hand_over(patient=ready, by=intake)
    care = factories.person(Role.PATIENT_CARE, facility)
    episodes.return_handoff(handoff=handoff, reason="The address is missing.", by=care)
    services.hand_over(patient=ready, to_user=care, by=intake)
    assert Handoff.objects.get(status="requested").to_user == care
    assert sorted(Document.objects.filter(kind="intake-packet").values_list("status", flat=True)) == [
        "current",
        "superseded",
    ]
    assert not ready.tasks.open().filter(kind="handoff-returned").exists()


def test_only_who_holds_the_baton_hands_over(facility, intake, ready):
    other = factories.person(Role.INTAKE, facility)
    with pytest.raises(DomainError, match="holds the baton"):
        services.hand_over(patient=ready, by=other)
    assert not Document.objects.filter(kind="intake-packet").exists()


def test_the_packet_page_hands_over(facility, intake, ready, sign_in):
    care = factories.person(Role.PATIENT_CARE, facility)
    browser, url = sign_in(intake), reverse("intake:packet_detail", args=[ready.uuid])
    assert "Hand over to patient care" in browser.get(url).content.decode()
    assert browser.post(url, {"to_user": str(care.pk), "message": ""}).status_code == 302
    assert Handoff.objects.get().to_user == care
    assert "On its way to patient care" in browser.get(url).content.decode()


def test_where_intake_does_not_interview_the_packet_goes_without(facility, intake):
    facility.intake_interviews = False
    audit.save(facility, by=None, reason="test")
    patient = rows.referral(facility, intake, birth_date=date(1990, 5, 17)).patient
    services.accept_referral(referral=patient.referrals.get(), by=intake)
    rows.coverage(patient, intake, is_self_pay=True)
    episode = selectors.current_episode(patient)
    for kind in (EpisodeStep.Kind.NOTICE_GIVEN, EpisodeStep.Kind.CHANNEL_CONSENTED):
        episodes.reach_step(episode=episode, kind=kind, by=intake)
    services.decide_level(patient=patient, ratings=[1] * 5, by=intake)
    assert services.hand_over(patient=patient, by=intake).status == "requested"


def test_the_checklist_leads_from_step_to_step(facility, intake, sign_in):
    patient = rows.referral(facility, intake).patient
    page = sign_in(intake).get(reverse("intake:intake_detail", args=[patient.uuid]))
    steps = {step.label: step for step in page.context["steps"]}
    assert steps["Demographics"].state == "current"
    assert steps["Demographics"].missing == "Missing: birth date."
    assert steps["Reminder channel"].url == reverse("scheduling:channel_edit", args=[patient.uuid])
    assert reverse("intake:demographics_edit", args=[patient.uuid]) in page.content.decode()


def test_who_may_only_read_is_led_to_no_form(facility, ready, intake, sign_in):
    reader = factories.person(Role.PATIENT_CARE, facility)
    services.hand_over(patient=ready, by=intake)
    page = sign_in(reader).get(reverse("intake:intake_detail", args=[ready.uuid]))
    urls = [step.url for step in page.context["steps"] if step.url]
    assert len(urls) == 3
    assert [url for url in urls if sign_in(reader).get(url).status_code != 200] == []


def test_incomplete_intakes_say_what_is_missing(facility, intake, ready, django_assert_num_queries):
    begun = rows.referral(facility, intake, family_name="Begun", phone="")
    services.accept_referral(referral=begun, by=intake)
    rows.referral(facility, intake, family_name="Unanswered", phone="")
    with django_assert_num_queries(2):
        found = {row["name"]: row for row in selectors.incomplete_intakes(facility)}
    assert set(found) == {"Rivera, Marisol", "Begun, Marisol"}
    assert found["Rivera, Marisol"]["url"] == reverse("intake:packet_detail", args=[ready.uuid])
    assert found["Begun, Marisol"]["missing"][:2] == ["Demographics", "Coverage"]
    services.hand_over(patient=ready, by=intake)
    assert [row["name"] for row in selectors.incomplete_intakes(facility)] == ["Begun, Marisol"]


def test_the_desk_lists_show_one_facility_only(facility, other_facility, intake):
    rows.referral(facility, intake)
    assert selectors.waiting_referrals(other_facility) == []
    assert selectors.incomplete_intakes(other_facility) == []
    assert selectors.coverage_attention(other_facility) == []


def test_nobody_is_handed_over_without_the_notice(facility, intake, ready):
    EpisodeStep.objects.filter(kind=EpisodeStep.Kind.NOTICE_GIVEN).delete()
    with pytest.raises(DomainError, match="notice and consent"):
        services.hand_over(patient=ready, by=intake)
    records.ensure_default_forms(facility=facility, by=intake)
    records.give_notice(
        patient=ready, facility=facility, language="en", outcome="incapacity", reason="In withdrawal", by=intake
    )
    assert services.hand_over(patient=ready, by=intake).status == "requested"


def test_the_consent_is_asked_for_and_holds_nobody_up(facility, intake, ready):
    episode = selectors.current_episode(ready)

    def line():
        return next(step for step in selectors.checklist(ready, episode) if step.label == "Notice and consent")

    assert (line().state, line().blocks, line().action) == ("todo", False, "Ask")
    assert line().url == reverse("records:consent_add", args=[ready.uuid])
    records.decline_consent(consent=consent_rows.draft(ready, facility, intake, consent_rows.TPO), by=intake)
    assert line().state == "done"
    consent_rows.active(ready, facility, intake, consent_rows.TPO)
    assert (line().state, line().missing) == ("done", "")
