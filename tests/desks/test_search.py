"""The search box and the palette: by POST, so that no name stands in an address."""

import pytest
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from desks import navigation
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
SEARCH, PALETTE = reverse("desks:search"), reverse("desks:palette")
HTMX = {"HX-Request": "true"}


def found(world, role, text, people="people"):
    response = signed_in(getattr(world, people)[role]).post(SEARCH, {"q": text}, headers=HTMX)
    return response.context["options"], response.content.decode()


def test_a_name_as_typed_finds_the_person(world):
    options, page = found(world, Role.INTAKE, "rivera mar")
    assert [row["url"] for row in options] == [world.patient.get_absolute_url()]
    assert world.patient.record_number in page
    assert "born May 17, 1990" in page
    assert "<html" not in page


def test_a_name_only_role_gets_no_birth_date_and_no_number(world):
    options, page = found(world, Role.ACTIVITIES, "rivera")
    assert options[0]["label"] == "Rivera, Marisol"
    assert "1990" not in page
    assert world.patient.record_number not in page
    assert found(world, Role.ACTIVITIES, "5/17/1990")[0] == []


def test_a_stranger_finds_nobody(world):
    assert found(world, Role.INTAKE, "rivera", people="strangers")[0] == []


def test_the_search_is_in_the_read_log_without_what_was_typed(world):
    found(world, Role.INTAKE, "rivera")
    event = AccessEvent.objects.get(action=AccessEvent.Action.SEARCH)
    assert (event.target, event.data_class, event.code, event.patient_id) == ("desks:search", "", "", None)


def test_a_name_in_the_address_is_not_read(world):
    client = signed_in(world.people[Role.INTAKE])
    page = client.get(SEARCH, {"q": "rivera"})
    assert page.context["options"] == []
    assert "rivera" not in page.content.decode().lower()
    assert not AccessEvent.objects.filter(action=AccessEvent.Action.SEARCH).exists()


def test_without_a_script_the_search_is_a_page(world):
    page = signed_in(world.people[Role.INTAKE]).post(SEARCH, {"q": "rivera"}).content.decode()
    assert "<html" in page
    assert "Rivera, Marisol" in page
    nobody = signed_in(world.people[Role.INTAKE]).post(SEARCH, {"q": "xyzzy"}).content.decode()
    assert "Nobody found" in nobody


def test_the_boxes_of_the_frame_post(world):
    page = signed_in(world.people[Role.INTAKE]).get(PALETTE).content.decode()
    for address in (SEARCH, PALETTE):
        assert f'hx-post="{address}"' in page
        assert f'hx-get="{address}"' not in page


@pytest.mark.parametrize("role", Role.values)
def test_every_screen_that_is_offered_opens(world, role):
    client = signed_in(world.people[role])
    screens = client.get(PALETTE).context["options"]
    assert len(screens) > 5
    refused = [row["label"] for row in screens if client.get(row["url"]).status_code not in {200, 302}]
    assert refused == []


def test_every_row_of_the_table_names_an_address_that_exists():
    assert [item.label for item in navigation.ITEMS if not item.url] == []


def test_the_palette_finds_by_the_beginnings_of_words(world):
    client = signed_in(world.people[Role.INTAKE])
    answer = client.post(PALETTE, {"q": "add inq"}, headers=HTMX)
    assert [row["label"] for row in answer.context["options"]] == ["Add inquiry"]
    assert client.post(PALETTE, {"q": "inquiries"}).context["options"][0]["label"] == "Referrals"
    assert "No screen or action" in client.post(PALETTE, {"q": "zzz"}, headers=HTMX).content.decode()


def test_the_palette_offers_what_the_role_may_do(world):
    labels = {
        role: {row["label"] for row in signed_in(world.people[role]).get(PALETTE).context["options"]}
        for role in (Role.PHYSICIAN_SERVICES, Role.INTAKE, Role.CLERK)
    }
    assert "People" not in labels[Role.PHYSICIAN_SERVICES]
    assert "Add inquiry" in labels[Role.INTAKE] - labels[Role.CLERK]
    assert "Envelopes" in labels[Role.CLERK] - labels[Role.INTAKE]
