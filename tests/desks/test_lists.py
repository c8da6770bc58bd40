"""The lists behind the strip, and the list of people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from desks.selectors import strip
from episodes.models import EpisodeOfCare, LevelOfCare, Task
from episodes.selectors import strip_counts
from tests import factories
from tests.conftest import signed_in
from tests.desks.scene import House

pytestmark = pytest.mark.django_db
PEOPLE = reverse("desks:patient_list")


def names(response):
    return [row.name for row in response.context["rows"]]


@pytest.fixture
def three(world):
    """Three people of intake: overdue, due today or tomorrow, due in three days; and one of patient care."""
    house = House(world.facility, world.people)
    for hours in (-5, 1, 72):
        house.somebody(Role.INTAKE, timedelta(hours=hours))
    house.somebody(Role.PATIENT_CARE, timedelta(hours=30))
    return house


@pytest.mark.parametrize("key", strip.BY_KEY)
def test_the_count_is_the_number_of_rows_listed(house, world, key):
    for role, user in world.people.items():
        page = signed_in(user).get(reverse(f"desks:{key}"))
        counted = next(row["count"] for row in page.context["desk"]["strip"] if row["key"] == key)
        assert len(page.context["rows"]) == counted == strip_counts(user, world.facility)[key], role
        assert page.content.decode().count("cc-row-act") == counted, role


def test_a_long_list_is_paged_and_loses_none(world, monkeypatch):
    monkeypatch.setattr(strip, "PAGE_SIZE", 2)
    house = House(world.facility, world.people)
    for hours in range(5):
        house.somebody(Role.INTAKE, timedelta(hours=-1 - hours))
    client, url = signed_in(world.people[Role.INTAKE]), reverse("desks:overdue")
    pages = [client.get(url, {"page": number}) for number in (1, 2, 3)]
    listed = [row["uuid"] for page in pages for row in page.context["rows"]]
    assert len(listed) == len(set(listed)) == 5
    assert pages[1].context["pager"]["text"] == "3 to 4 of 5"
    assert (pages[0].context["pager"]["newer"], pages[2].context["pager"]["older"]) == (None, None)
    assert client.get(url, {"page": "no number"}).context["pager"]["text"] == "1 to 2 of 5"


def test_the_strip_costs_few_queries(house, world, django_assert_num_queries):
    client, url = signed_in(world.people[Role.PATIENT_CARE]), reverse("desks:waiting")
    client.get(url)  # begins the session
    with django_assert_num_queries(9):
        assert client.get(url).context["rows"]


def test_a_name_only_role_gets_no_record_number(house, world):
    page = signed_in(world.people[Role.ACTIVITIES]).get(reverse("desks:waiting"))
    assert page.context["rows"]
    assert {row["record_number"] for row in page.context["rows"]} == {""}


def test_physician_services_lists_its_own_tasks(world):
    fields = {"kind": "renewal", "text": "Call the board", "due_at": timezone.now() - timedelta(hours=1)}
    role = Role.PHYSICIAN_SERVICES
    Task.objects.create(facility=world.facility, owner_role=role, **fields)
    page = signed_in(world.people[role]).get(reverse("desks:overdue"))
    assert [row["title"] for row in page.context["rows"]] == ["Call the board"]
    assert "No one in particular" in page.content.decode()


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_of_people_asks_five_queries_of_its_own(world, number, django_assert_num_queries):
    for index in range(number):
        person = factories.patient(world.facility, given_name=f"Given{index}")
        factories.episode(person, world.facility, by=world.people[Role.INTAKE])
    client = signed_in(world.people[Role.TREATMENT])
    client.get(PEOPLE)
    with django_assert_num_queries(12):  # transaction, user, memberships, read log, strip, waitlist are the others
        page = client.get(PEOPLE)
    assert len(page.context["rows"]) == min(number + 1, 50)
    assert page.context["total"] == number + 1


def test_facility_wide_roles_list_everyone_and_others_their_own(three, world):
    everyone = signed_in(world.people[Role.TREATMENT]).get(PEOPLE)
    assert len(names(everyone)) == 5
    assert "People of Harbor House" in everyone.content.decode()
    mine = signed_in(world.people[Role.PATIENT_CARE]).get(PEOPLE)
    assert len(names(mine)) == 2
    assert "My people" in mine.content.decode()


def test_mine_are_those_whose_baton_or_team_is_mine(three, world):
    client = signed_in(world.people[Role.INTAKE])
    assert len(names(client.get(PEOPLE, {"whose": "mine"}))) == 4
    assert len(names(client.get(PEOPLE))) == 5


def test_filters_narrow(three, world):
    client = signed_in(world.people[Role.INTAKE])
    level = LevelOfCare.objects.first() or LevelOfCare.objects.create(edition=4, code="2.1", label="IOP", position=1)
    EpisodeOfCare.objects.filter(patient=world.patient).update(level_of_care=level, status="active")
    found = {
        "overdue": names(client.get(PEOPLE, {"due": "overdue"})),
        "week": names(client.get(PEOPLE, {"due": "week"})),
        "active": names(client.get(PEOPLE, {"status": "active"})),
        "level": names(client.get(PEOPLE, {"level": level.pk})),
        "none": names(client.get(PEOPLE, {"status": "none"})),
    }
    assert {key: len(value) for key, value in found.items()} == {
        "overdue": 1,
        "week": 4,
        "active": 1,
        "level": 1,
        "none": 0,
    }
    assert found["active"] == found["level"] == ["Rivera, Marisol"]


def test_a_filter_that_does_not_exist_is_none(three, world):
    page = signed_in(world.people[Role.INTAKE]).get(PEOPLE, {"due": "never", "level": "x", "page": "last"})
    assert (page.status_code, page.context["chosen"], len(names(page))) == (200, {}, 5)


def test_the_order_is_by_name_or_by_due_time(three, world):
    client = signed_in(world.people[Role.INTAKE])
    by_name = names(client.get(PEOPLE))
    assert by_name == sorted(by_name, key=str.lower)
    rows = client.get(PEOPLE, {"sort": "due"}).context["rows"]
    assert [row.due.iso for row in rows] == sorted(row.due.iso for row in rows)


def test_who_is_not_in_care_now_is_found_by_stage(world):
    former = factories.patient(world.facility, family_name="Former", given_name="Ada")
    client = signed_in(world.people[Role.INTAKE])
    assert former.list_name not in names(client.get(PEOPLE))
    page = client.get(PEOPLE, {"status": "none"})
    assert [(row.name, row.status, row.due) for row in page.context["rows"]] == [
        ("Former, Ada", "Not in care now", None)
    ]
    assert len(names(client.get(PEOPLE, {"status": "any"}))) == 2


def test_a_name_only_role_sees_an_age_band(world):
    row = signed_in(world.people[Role.ACTIVITIES]).get(PEOPLE).context["rows"][0]
    assert (row.number, row.age) == ("", "30 to 39 years")
    known = signed_in(world.people[Role.CLINICIAN]).get(PEOPLE).context["rows"][0]
    assert (known.number, known.age.isdecimal()) == (world.patient.record_number, True)


def test_an_empty_list_says_what_would_appear(world):
    assert "Nobody is in care now" in signed_in(world.strangers[Role.INTAKE]).get(PEOPLE).content.decode()
    assert "Your caseload is empty" in signed_in(world.strangers[Role.CLINICIAN]).get(PEOPLE).content.decode()
    nobody = signed_in(world.people[Role.INTAKE]).get(PEOPLE, {"due": "overdue"})
    assert "Nobody matches" in nobody.content.decode()


def test_the_list_is_in_the_read_log(world):
    signed_in(world.people[Role.INTAKE]).get(PEOPLE)
    assert AccessEvent.objects.get(target="desks:patient_list").action == AccessEvent.Action.LIST
