"""What the frame of every page carries."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.roles import Role
from desks.context import desk
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def asked_by(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return desk(request)


def test_nobody_signed_in_gets_no_desk():
    assert asked_by(AnonymousUser()) == {}
    assert "cc-strip" not in Client().get(reverse("account_login")).content.decode()


def test_the_desk_is_made_only_when_a_template_reads_it(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        made = asked_by(world.people[Role.INTAKE])
    with django_assert_num_queries(3):  # memberships, strip, referrals
        user = world.people[Role.INTAKE]
        user.kept_memberships = []
        assert made["desk"]["user_label"] == str(user)


@pytest.mark.parametrize("role", Role.values)
def test_the_desk_costs_three_queries_beside_the_memberships(world, role, django_assert_max_num_queries):
    user = world.people[role]
    user.kept_memberships = []
    with django_assert_max_num_queries(4):
        assert asked_by(user)["desk"]["strip"]


def test_somebody_without_a_role_has_an_empty_desk(db):
    assert not asked_by(factories.UserFactory())["desk"]


def test_the_strip_counts_and_leads_to_its_lists(house, world):
    strip = asked_by(world.people[Role.PATIENT_CARE])["desk"]["strip"]
    assert [row["label"] for row in strip] == ["Overdue", "Due today", "Waiting for me to accept"]
    assert [row["url"] for row in strip] == ["/overdue/", "/due-today/", "/waiting/"]
    assert strip[2]["count"] >= 1


def test_where_one_is_is_marked(world):
    user = world.people[Role.INTAKE]
    for path, label in (("/", "My day"), ("/episodes/tasks/", "Tasks"), ("/intake/referrals/add/", "Referrals")):
        active = [row["label"] for row in asked_by(user, path)["desk"]["nav"] if row["active"]]
        assert active == [label]


def test_new_referrals_are_counted_beside_their_screen(house, world):
    nav = asked_by(world.people[Role.INTAKE])["desk"]["nav"]
    assert next(row["count"] for row in nav if row["label"] == "Referrals") == 1
    envelopes = asked_by(world.people[Role.CLERK])["desk"]["nav"]
    assert next(row["count"] for row in envelopes if row["label"] == "Envelopes") == 1


def test_the_facilities_can_be_switched(world):
    user = world.people[Role.INTAKE]
    factories.MembershipFactory(user=user, facility=world.elsewhere, role=Role.CLERK)
    made = asked_by(user)["desk"]
    assert [(row["label"], row["current"]) for row in made["facilities"]] == [
        ("Harbor House", True),
        ("Willow House", False),
    ]
    client = signed_in(user)
    client.post(reverse("accounts:facility_switch"), {"facility": world.elsewhere.uuid, "next": "/"})
    page = client.get("/")
    assert page.context["desk"]["facility"] == world.elsewhere
    assert page.context["desk"]["roles"] == ["Health information clerk"]
