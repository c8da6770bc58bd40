"""The inquiry, its clock, and the answer."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.access import roles_at
from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from episodes.models import EpisodeOfCare, EpisodeStep
from intake import selectors, services
from intake.forms.referral import split_name, split_reach
from intake.models import Referral
from patients.models import Patient
from tests import factories
from tests.intake import rows

pytestmark = pytest.mark.django_db
INQUIRY = {
    "name": "Marisol Rivera",
    "reach": "555-010-4477",
    "reason": "Asks for help",
    "source": "individual",
    "priority": "routine",
}


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def browser(intake, sign_in):
    return sign_in(intake)


def post(browser, **changes):
    return browser.post(reverse("intake:referral_add"), INQUIRY | changes)


def test_three_fields_make_a_patient_an_episode_and_a_clock(browser, intake):
    assert post(browser).status_code == 302
    referral = Referral.objects.get()
    assert referral.response_due_at - referral.received_at == timedelta(minutes=30)
    assert (referral.patient.given_name, referral.patient.family_name) == ("Marisol", "Rivera")
    assert referral.patient.telecoms.get().value == "555-010-4477"
    episode = referral.episode
    assert (episode.status, episode.owner, episode.next_step) == ("planned", intake, "Respond to the referral")
    assert episode.due_at == referral.response_due_at
    assert referral.history.get().history_user == intake


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Marisol Rivera", ("Marisol", "Rivera")),
        ("Rivera, Marisol", ("Marisol", "Rivera")),
        ("Ana María O'Neill", ("Ana María", "O'Neill")),
        ("Cher", ("", "Cher")),
        (", Cher", ("", "Cher")),
    ],
)
def test_a_name_is_read_in_either_order(text, split):
    assert split_name(text) == split


def test_the_second_field_takes_a_birth_date_or_a_number():
    assert str(split_reach("5/17/1990")[0]) == "1990-05-17"
    assert split_reach("555-010-4477") == (None, "555-010-4477")
    assert split_reach("call me") == (None, "")


def test_neither_date_nor_number_is_refused_in_words(browser):
    answer = post(browser, reach="soon")
    assert answer.status_code == 422
    assert "birth date, such as 5/17/1990" in answer.content.decode()
    assert not Patient.objects.exists()


def test_a_likely_duplicate_has_to_be_settled_first(browser, facility, intake):
    known = factories.patient(facility)
    answer = post(browser, reach="5/17/1990")
    assert answer.status_code == 422
    assert "Is it one of these people?" in answer.content.decode()
    assert post(browser, reach="5/17/1990", person=str(known.uuid)).status_code == 302
    assert Referral.objects.get().patient == known
    assert Patient.objects.count() == 1


def test_a_new_person_may_share_name_and_birth_date(browser, facility):
    factories.patient(facility)
    assert post(browser, reach="5/17/1990", person="new").status_code == 302
    assert Patient.objects.count() == 2


def test_only_a_person_who_was_shown_can_be_chosen(browser, facility):
    stranger = factories.patient(facility, given_name="Zed", family_name="Quux", birth_date=None)
    factories.patient(facility)
    assert post(browser, reach="5/17/1990", person=str(stranger.uuid)).status_code == 422
    assert not Referral.objects.exists()


def test_duplicates_appear_while_typing_and_are_logged(browser, facility):
    factories.patient(facility)
    url = reverse("intake:referral_add")
    headers = {"HX-Request": "true", "HX-Target": "duplicates"}
    answer = browser.post(url, {"name": "Marisol Rivera", "reach": "5/17/1990"}, headers=headers)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div id="duplicates"')
    assert "Rivera, Marisol" in answer.content.decode()
    assert AccessEvent.objects.filter(action="search", target="intake:referral_add").exists()


def test_somebody_in_care_is_opened_instead_of_referred_again(browser, facility, intake):
    known = factories.patient(facility)
    factories.episode(known, facility, by=intake)
    answer = post(browser, reach="5/17/1990", person=str(known.uuid))
    assert answer.status_code == 422
    assert "already has an open episode" in answer.content.decode()
    assert reverse("intake:intake_detail", args=[known.uuid]) in answer.content.decode()


def test_acceptance_moves_the_baton_and_leaves_the_step(facility, intake):
    other = factories.person(Role.INTAKE, facility)
    referral = services.accept_referral(referral=rows.referral(facility, intake), by=other)
    episode = EpisodeOfCare.objects.get()
    assert (episode.status, episode.owner, episode.next_step) == ("planned", other, "Complete intake")
    assert referral.first_response_at == referral.decided_at
    assert episode.steps.get().kind == EpisodeStep.Kind.REFERRAL_ACCEPTED
    assert episode.patient.care_team.get().user == other


def test_declining_needs_a_reason_and_cancels_the_episode(facility, intake):
    referral = rows.referral(facility, intake)
    with pytest.raises(DomainError, match="why"):
        services.decline_referral(referral=referral, reason="", by=intake)
    with pytest.raises(DomainError, match="other reason"):
        services.decline_referral(referral=referral, reason="other", by=intake)
    services.decline_referral(referral=referral, reason="no-capacity", by=intake)
    assert EpisodeOfCare.objects.get().status == "cancelled"
    rows.referral(facility, intake, patient=referral.patient)


def test_only_one_answer_counts(facility, intake):
    referral = rows.referral(facility, intake)
    services.accept_referral(referral=referral, by=intake)
    with pytest.raises(DomainError, match="answered this referral already: accepted"):
        services.decline_referral(referral=referral, reason="level", by=intake)


def test_the_first_call_stops_the_clock_and_later_ones_do_not_move_it(facility, intake):
    referral = rows.referral(facility, intake)
    first = services.log_call(referral=referral, outcome="no-answer", by=intake)
    services.log_call(referral=referral, outcome="spoke", by=intake)
    referral.refresh_from_db()
    assert referral.first_response_at == first.at
    assert selectors.waiting_referrals(facility)[0]["called"]


@pytest.mark.parametrize("count", [10, 200])
def test_the_list_takes_three_queries_whatever_its_length(count, facility, intake, django_assert_num_queries):
    for number in range(count):
        rows.referral(facility, intake, family_name=f"Person{number}", phone="")
    intake.kept_memberships = []
    selectors.waiting_referrals(facility)
    roles_at(intake, facility)
    with django_assert_num_queries(3):  # how many, one page of them, the answered ones
        page, waiting = selectors.waiting_page(facility, intake, {}, "1")
        selectors.decided_rows(facility, intake, {})
    assert page.paginator.count == count
    assert len(waiting) == min(count, 50)


def test_the_waiting_list_is_read_by_its_index(facility, intake):
    rows.referral(facility, intake)
    waiting = selectors.referrals.referrals(facility).filter(status="received").order_by("received_at", "pk")[:50]
    with connection.cursor() as cursor:
        for way in ("seqscan", "sort", "bitmapscan"):  # a table of one row would be read in any way
            cursor.execute(f"SET LOCAL enable_{way} = off")
        sql, params = waiting.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "referral_waiting" in plan


def test_filters_and_pages(browser, facility, intake):
    for number in range(51):
        rows.referral(facility, intake, family_name=f"Person{number}", phone="", source="court" if number else "school")
    answer = browser.get(reverse("intake:referral_list"), {"source": "school"})
    assert answer.context["total"] == 1
    second = browser.get(reverse("intake:referral_list"), {"page": "2"})
    assert len(second.context["waiting"]) == 1


def test_who_is_assigned_sees_only_the_referrals_of_those_people(facility, intake, sign_in):
    from_team = rows.referral(facility, intake)
    rows.referral(facility, intake, family_name="Other")
    care = factories.person(Role.PATIENT_CARE, facility)
    services.referrals.patients.add_care_team_member(
        patient=from_team.patient, user=care, facility=facility, role=Role.PATIENT_CARE, by=intake
    )
    answer = sign_in(care).get(reverse("intake:referral_list"))
    assert [row["uuid"] for row in answer.context["waiting"]] == [from_team.uuid]


@pytest.mark.django_db(transaction=True)
def test_two_people_answer_at_once_and_one_wins(facility):
    people = [factories.person(Role.INTAKE, facility) for _ in range(2)]
    referral = rows.referral(facility, people[0])
    start, outcomes = threading.Barrier(2), []

    def answer(user):
        start.wait()
        try:
            services.accept_referral(referral=referral, by=user)
            outcomes.append("accepted")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[user]) for user in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["accepted", "referral.answered"]
    referral.refresh_from_db()
    assert referral.episode.owner == referral.decided_by
