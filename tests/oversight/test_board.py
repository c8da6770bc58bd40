"""The board: what it lists, that its numbers are the rows behind them, and what is done from it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Membership
from accounts.roles import Role
from episodes import services as episodes
from episodes.models import Task
from oversight import selectors
from tests import factories
from tests.conftest import signed_in
from tests.oversight import stage

pytestmark = pytest.mark.django_db

BOARD = "/admin/"


def listed(key, facility):
    reader = factories.person(Role.CLINICAL_COORDINATOR, facility)
    return selectors.board_list(key, reader, facility, limit=8)


def names(key, facility):
    return [row["name"] for row in listed(key, facility)["rows"]]


def test_a_house_without_anybody_says_what_would_appear(board):
    page = board.get(BOARD)
    text = page.content.decode()
    assert page.status_code == 200
    for words in (
        "Nothing urgent is open",
        "Everybody in care has an owner",
        "No next step is overdue",
        "No cases yet",
    ):
        assert words in text
    assert {stat["number"] for stat in page.context["stats"]} == {0}


def test_an_urgent_task_stays_until_somebody_has_acted(facility, board, intake):
    patient = factories.patient(facility, family_name="Urgent")
    asked = {"facility": facility, "patient": patient, "owner_role": Role.PATIENT_CARE, "by": intake}
    due = timezone.now() + timedelta(hours=1)
    task = episodes.ask(kind="safety", text="See the person now", priority=Task.Priority.URGENT, due_at=due, **asked)
    episodes.ask(kind="request", text="Some day", due_at=due, **asked)
    assert "See the person now" in board.get(BOARD).content.decode()
    assert listed("urgent", facility)["count"] == 1
    episodes.close_task(task=task, by=intake)
    assert "See the person now" not in board.get(BOARD).content.decode()


def test_overdue_batons_are_listed_the_oldest_first_and_others_are_not(facility, intake):
    stage.in_care(facility, by=intake, due_in=-2, family_name="Late")
    stage.in_care(facility, by=intake, due_in=-30, family_name="Later")
    stage.in_care(facility, by=intake, due_in=5, family_name="Intime")
    assert [name.split(",")[0] for name in names("overdue", facility)] == ["Later", "Late"]


def test_a_baton_is_unowned_once_its_owner_has_left_or_lost_the_role(facility, intake):
    stage.in_care(facility, by=intake)
    assert listed("unowned", facility)["count"] == 0
    factories.MembershipFactory(user=intake, facility=facility, role=Role.CLERK)
    Membership.objects.filter(user=intake, role=Role.INTAKE).update(ends_at=timezone.now())
    assert listed("unowned", facility)["count"] == 1


def test_a_baton_of_a_closed_account_is_unowned(facility, intake):
    stage.in_care(facility, by=intake)
    type(intake).objects.filter(pk=intake.pk).update(is_active=False)
    assert listed("unowned", facility)["count"] == 1


def test_a_hand_off_waits_until_it_is_answered(facility, intake, care):
    episode = stage.in_care(facility, by=intake)
    handoff = episodes.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Plan", by=intake
    )
    assert listed("handoffs", facility)["rows"][0]["to"] == "Patient care coordinator"
    episodes.accept_handoff(handoff=handoff, by=care)
    assert listed("handoffs", facility)["count"] == 0


def test_nothing_of_another_facility_is_on_the_board(other_facility, board):
    stranger = factories.person(Role.INTAKE, other_facility)
    stage.in_care(other_facility, by=stranger, due_in=-5, family_name="Elsewhere")
    page = board.get(BOARD)
    assert "Elsewhere" not in page.content.decode()
    assert page.context["overdue"]["count"] == 0


def test_somebody_who_has_moved_to_another_facility_is_not_listed(facility, intake):
    episode = stage.in_care(facility, by=intake, due_in=-5)
    episode.patient.facilities.update(ends_at=timezone.now())
    assert listed("overdue", facility)["count"] == 0


def test_every_tile_leads_to_as_many_rows_as_it_says(facility, intake, board):
    for hours in range(1, 61):
        stage.in_care(facility, by=intake, due_in=-hours)
    page = board.get(BOARD)
    tile = next(stat for stat in page.context["stats"] if stat["label"] == "Next step overdue")
    assert tile["number"] == 60
    assert len(page.context["overdue"]["rows"]) == 8
    pages = [board.get(tile["url"]), board.get(tile["url"], {"page": "2"})]
    assert [len(each.context["listing"]["rows"]) for each in pages] == [50, 10]


def test_every_tile_opens_for_the_coordinator(board):
    for stat in board.get(BOARD).context["stats"]:
        assert board.get(stat["url"] if stat["url"].startswith("/") else BOARD).status_code == 200, stat["label"]


@pytest.mark.parametrize("key", selectors.LISTS)
def test_every_list_has_its_page(key, board, coordinator):
    assert board.get(reverse("admin:board_list", args=[key])).status_code == 200
    line = AccessEvent.objects.get(action=AccessEvent.Action.LIST, target=f"admin:board_list:{key}")
    assert line.user_id == coordinator.pk


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999", "²"])
def test_a_page_that_is_not_there_breaks_nothing(number, board):
    assert board.get(reverse("admin:board_list", args=["overdue"]), {"page": number}).status_code == 200


def test_there_is_no_list_of_another_name(board):
    assert board.get("/admin/lists/secrets/").status_code == 404


def test_seeing_the_board_is_in_the_read_log(board, coordinator, facility):
    board.get(BOARD)
    line = AccessEvent.objects.get(action=AccessEvent.Action.LIST, target="admin:index")
    assert (line.user_id, line.facility_id) == (coordinator.pk, facility.pk)


def test_the_technical_administrator_gets_setup_and_no_patient(facility, technical, intake):
    stage.in_care(facility, by=intake, due_in=-5, family_name="Hiddenperson")
    text = signed_in(technical).get(BOARD).content.decode()
    assert "No patient data here" in text
    assert "Hiddenperson" not in text
    assert "Memberships" in text
    assert "Episodes of care" not in text


@pytest.mark.parametrize("rows", [10, 200])
def test_the_board_costs_the_same_whatever_it_lists(rows, facility, intake, board, django_assert_num_queries):
    for hours in range(rows):
        stage.in_care(facility, by=intake, due_in=-hours - 1)
    board.get(BOARD)
    with django_assert_num_queries(QUERIES):
        board.get(BOARD)


QUERIES = 34


class TestReassigning:
    @pytest.fixture
    def late(self, facility, intake):
        return [stage.in_care(facility, by=intake, due_in=-hours) for hours in (3, 2, 1)]

    @pytest.fixture
    def successor(self, care, facility):
        return care.memberships.get(facility=facility)

    def post(self, client, **data):
        return client.post(reverse("admin:reassign"), data)

    def test_first_asks_who_takes_the_chosen(self, board, late):
        page = self.post(board, episode=[row.uuid for row in late[:2]])
        assert page.status_code == 200
        assert {row.pk for row in page.context["episodes"]} == {row.pk for row in late[:2]}

    def test_the_button_of_a_row_takes_that_row_alone(self, board, late):
        page = self.post(board, episode=[late[0].uuid, late[1].uuid], only=late[2].uuid)
        assert [row.pk for row in page.context["episodes"]] == [late[2].pk]

    def test_moves_baton_and_care_team_with_its_author(self, board, late, successor, coordinator, care):
        response = self.post(board, episode=[row.uuid for row in late[:2]], to=successor.pk, hours=12)
        assert response.url == BOARD
        for row in late:
            row.refresh_from_db()
        assert [row.owner for row in late] == [care, care, late[2].owner]
        moved = late[0]
        assert (moved.owner_role, moved.next_step) == (Role.PATIENT_CARE, "Interview")
        assert timedelta(hours=11) < moved.due_at - timezone.now() < timedelta(hours=13)
        assert moved.history.first().history_user == coordinator
        member = moved.patient.care_team.get(user=care)
        assert member.history.first().history_user == coordinator

    def test_with_nothing_ticked_says_so(self, board, late):
        response = board.post(reverse("admin:reassign"), {"episode": ["rubbish", "x" * 36]}, follow=True)
        assert "Tick at least one person" in response.content.decode()

    @pytest.mark.parametrize("wrong", [{"hours": 0}, {"hours": 200}, {"to": ""}, {"to": 10**9}])
    def test_a_wrong_answer_comes_back_beside_its_field(self, wrong, board, late, successor):
        data = {"episode": late[0].uuid, "to": successor.pk, "hours": 12} | wrong
        page = self.post(board, **data)
        assert page.status_code == 422
        assert list(page.context["form"].errors) == list(wrong)
        late[0].refresh_from_db()
        assert late[0].owner_role == Role.INTAKE

    def test_nobody_who_has_left_or_works_elsewhere_can_be_chosen(self, board, late, facility, other_facility, care):
        Membership.objects.filter(user=care).update(ends_at=timezone.now())
        elsewhere = factories.person(Role.PATIENT_CARE, other_facility).memberships.get()
        for membership in (care.memberships.get(), elsewhere):
            assert self.post(board, episode=late[0].uuid, to=membership.pk, hours=12).status_code == 422

    def test_a_baton_of_another_facility_is_not_touched(self, board, other_facility, successor):
        stranger = factories.person(Role.INTAKE, other_facility)
        theirs = stage.in_care(other_facility, by=stranger, due_in=-5)
        self.post(board, episode=theirs.uuid, to=successor.pk, hours=12)
        theirs.refresh_from_db()
        assert theirs.owner == stranger

    def test_only_by_post(self, board):
        assert board.get(reverse("admin:reassign")).status_code == 405
