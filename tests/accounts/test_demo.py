"""The demo's one-click sign-in: there in embedded mode, and nowhere else."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as current
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import selectors, services
from accounts.models import AccessEvent
from accounts.roles import Role
from tests import factories
from tests.accounts import demo_root  # loaded while EMBEDDED is off, as accounts.urls must be

pytestmark = pytest.mark.django_db
PATH = "/people/demo-sign-in/"


@pytest.fixture
def demo_house():
    return factories.FacilityFactory(is_demo=True)


@pytest.fixture
def clerk(demo_house):
    return factories.person(Role.CLERK, demo_house, given_name="Noor", family_name="Haddad")


@pytest.fixture
def embedded(settings):
    settings.EMBEDDED = True
    settings.ROOT_URLCONF = demo_root.__name__


def test_people_are_listed_by_role_two_of_each(demo_house, clerk, facility):
    for _ in range(3):
        factories.person(Role.INTAKE, demo_house)
    factories.person(Role.CLINICIAN, facility)  # no demo facility
    ended = factories.MembershipFactory(facility=demo_house, role=Role.TREATMENT)
    services.end_membership(membership=ended, by=clerk)
    listed = [(person["role_code"], person["role"]) for person in selectors.demo_people()]
    assert listed == [("intake", "Intake coordinator")] * 2 + [("clerk", "Health information clerk")]


def test_one_click_signs_in_with_both_factors(client, embedded, clerk):
    answer = client.post(PATH, {"user": clerk.pk, "next": "/people/me/"})
    assert answer["Location"] == "/people/me/"
    assert client.get("/people/me/").status_code == 200
    assert client.get(reverse("usersessions_list")).status_code == 200
    assert AccessEvent.objects.get(action="sign-in").code == "demo"


def test_it_leads_to_no_other_host(client, embedded, clerk):
    assert client.post(PATH, {"user": clerk.pk, "next": "https://evil.example/"})["Location"] == "/"


def test_the_sign_in_page_lists_the_people(client, embedded, clerk):
    page = client.get(reverse("account_login")).content.decode()
    assert "Noor Haddad" in page
    assert PATH in page


def test_it_changes_who_is_signed_in(client, embedded, clerk, demo_house):
    other = factories.person(Role.INTAKE, demo_house)
    client.post(PATH, {"user": clerk.pk})
    client.post(PATH, {"user": other.pk})
    assert client.session["_auth_user_id"] == str(other.pk)


@pytest.mark.parametrize("who", ["somebody of a real facility", "nobody", "words"])
def test_it_works_for_the_listed_people_alone(client, embedded, clerk, facility, who):
    real = factories.person(Role.CLERK, facility)
    value = {"somebody of a real facility": real.pk, "nobody": "", "words": "1 or 1=1"}[who]
    assert client.post(PATH, {"user": value}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_looking_at_its_address_signs_nobody_in(client, embedded, clerk):
    assert client.get(PATH, {"user": clerk.pk}).status_code == 405


def test_it_needs_the_pages_own_token(embedded, clerk):
    assert Client(enforce_csrf_checks=True).post(PATH, {"user": clerk.pk}).status_code == 403


def test_outside_the_embedded_mode_the_route_does_not_exist(client, clerk):
    with pytest.raises(NoReverseMatch):
        reverse("accounts:demo_sign_in")
    assert client.post(PATH, {"user": clerk.pk}).status_code == 404


def test_outside_the_embedded_mode_the_page_lists_nobody(client, clerk):
    page = client.get(reverse("account_login")).content.decode()
    assert "Noor" not in page
    assert "demo" not in page.lower()


def test_even_with_the_route_the_view_refuses_outside_the_mode(client, clerk, settings):
    settings.ROOT_URLCONF = demo_root.__name__
    assert client.post(PATH, {"user": clerk.pk}).status_code == 404


def test_the_environment_cannot_switch_it_on_for_a_database_of_its_own(tmp_path):
    """CARECOORD_EMBEDDED is believed only for the database that the embedded launcher itself runs."""
    environment = os.environ | {
        "DATABASE_URL": "postgres://somebody@localhost:5432/theirs",
        "SECRET_KEY": "k",
        "CARECOORD_EMBEDDED": "1",
        "CARECOORD_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "carecoord.settings",
    }
    code = "import django; django.setup(); from django.conf import settings; from django.urls import reverse\n"
    code += "print(settings.EMBEDDED)\nreverse('accounts:demo_sign_in')"
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=current.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "False"
    assert "NoReverseMatch" in run.stderr
