"""A task of a desk is everybody's until somebody takes it, and can go back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from episodes import selectors, services
from episodes.models import Task
from patients import services as patients
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(facility):
    return factories.person(Role.CLERK, facility)


@pytest.fixture
def other(facility):
    return factories.person(Role.CLERK, facility)


@pytest.fixture
def task(facility, boss):
    """Overdue, at the clerks' desk, about nobody in particular."""
    return ask(facility, boss)


def ask(facility, by, **fields):
    fields = {"kind": "call", "text": "Call", "owner_role": Role.CLERK} | fields
    return services.ask(facility=facility, due_at=timezone.now() - timedelta(hours=1), by=by, **fields)


def strip(user, facility):
    return selectors.strip_counts(user, facility)


def test_what_nobody_has_taken_waits_and_is_due_as_well(facility, task, clerk, other):
    for user in (clerk, other):
        assert strip(user, facility) == {"overdue": 1, "due_today": 0, "waiting": 1}
        assert [row["uuid"] for row in selectors.waiting_rows(user, facility)] == [task.uuid]


def test_taken_it_is_mine_and_waits_for_nobody(facility, task, clerk, other):
    taken = services.take_task(task=task, by=clerk)
    assert (taken.owner, taken.status, taken.history.first().history_user) == (clerk, Task.Status.IN_PROGRESS, clerk)
    assert strip(clerk, facility) == {"overdue": 1, "due_today": 0, "waiting": 0}
    assert strip(other, facility) == {"overdue": 0, "due_today": 0, "waiting": 0}
    (row,) = selectors.overdue_rows(clerk, facility)
    assert (row["whose"], row["take_url"]) == ("Mine", "")


def test_taking_twice_is_taking_once(task, clerk):
    services.take_task(task=task, by=clerk)
    assert services.take_task(task=task, by=clerk).history.count() == 2


def test_given_back_it_waits_again(facility, task, clerk, other):
    services.take_task(task=task, by=clerk)
    services.give_back_task(task=task, by=clerk)
    assert strip(clerk, facility) == strip(other, facility) == {"overdue": 1, "due_today": 0, "waiting": 1}
    assert services.take_task(task=task, by=other).owner == other


def test_refusals(facility, task, clerk, other, intake, boss):
    services.take_task(task=task, by=clerk)
    with pytest.raises(DomainError, match="before you"):
        services.take_task(task=task, by=other)
    with pytest.raises(DomainError, match="can give it back"):
        services.give_back_task(task=task, by=other)
    services.close_task(task=task, by=clerk)
    for verb in (services.take_task, services.give_back_task):
        with pytest.raises(DomainError, match="closed"):
            verb(task=task, by=clerk)
    with pytest.raises(DomainError, match="another desk"):
        services.take_task(task=ask(facility, boss), by=intake)


def test_what_was_asked_of_a_person_by_name_does_not_go_back_to_a_desk(facility, boss, clerk):
    mine = ask(facility, boss, owner=clerk)
    assert strip(clerk, facility)["waiting"] == 0
    assert selectors.task_row(mine, clerk, facility.tz)["give_back_url"] == ""
    with pytest.raises(DomainError, match="can give it back"):
        services.give_back_task(task=mine, by=clerk)


def test_the_database_refuses_a_task_under_way_without_owner(task):
    with pytest.raises(IntegrityError, match="task_under_way_has_owner"), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(status=Task.Status.IN_PROGRESS)


def test_the_buttons_take_and_give_back_and_lead_back(task, clerk, sign_in):
    browser, here = sign_in(clerk), reverse("desks:waiting")
    take, back = (reverse(f"episodes:task_{verb}", args=[task.uuid]) for verb in ("take", "give_back"))
    assert take in browser.get(here).content.decode()
    answer = browser.post(take, headers={"referer": f"http://testserver{here}"})
    assert answer["Location"] == here
    page = browser.get(reverse("episodes:task_list")).content.decode()
    assert back in page
    assert "Mine" in page
    assert take not in page
    browser.post(back)
    assert take in browser.get(here).content.decode()


def test_who_comes_second_is_told_who_was_first(task, clerk, other, sign_in):
    browser, here = sign_in(other), reverse("desks:waiting")
    services.take_task(task=task, by=clerk)
    browser.post(reverse("episodes:task_take", args=[task.uuid]), headers={"referer": f"http://testserver{here}"})
    assert "before you" in browser.get(here).content.decode()


def test_out_of_reach_it_cannot_be_taken(facility, boss, patient, sign_in):
    clinician = factories.person(Role.CLINICIAN, facility)
    hidden = ask(facility, boss, owner_role=Role.CLINICIAN, patient=patient)
    browser, url = sign_in(clinician), reverse("episodes:task_take", args=[hidden.uuid])
    assert browser.post(url).status_code == 404
    patients.add_care_team_member(patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=boss)
    assert browser.post(url).status_code == 302


def test_a_task_about_nobody_offers_no_page_to_open(facility, task, clerk, patient):
    row = selectors.task_row(task, clerk, facility.tz)
    assert (row["url"], row["action_url"]) == ("", "")
    about = ask(facility, clerk, patient=patient, kind="about")
    assert selectors.task_row(about, clerk, facility.tz)["url"]


def test_a_refusal_of_a_bare_button_is_said_in_the_page_it_was_pressed_on(task, clerk, other, sign_in):
    browser = sign_in(other)
    services.take_task(task=task, by=clerk)
    answer = browser.post(reverse("episodes:task_take", args=[task.uuid]), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (422, "none")
    page = answer.content.decode()
    assert 'hx-swap-oob="true"' in page
    assert str(clerk) in page
