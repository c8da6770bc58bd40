"""The access matrix: every address, every role, nobody signed in, two facilities; and no address is missing."""

import importlib

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AccessEvent
from tests import world as stage
from tests.access_matrix import Row
from tests.conftest import signed_in

APPS = "accounts staff patients episodes records scheduling intake careplans activities chart desks carecoord".split()
ROWS: list[Row] = [row for app in APPS for row in importlib.import_module(f"tests.{app}.matrix").MATRIX]
# Pages of no patient: staff, hours and places, empty forms, one's own account.
NAME_NOBODY = (
    "accounts:", "activities:program_add", "activities:program_edit", "activities:program_list",
    "activities:session_add", "desks:palette", "desks:roles_preview", "desks:search", "intake:referral_add",
    "patients:access_explain", "patients:breach_scope", "records:form_", "records:notice_version_", "records:rule_",
    "scheduling:availability_",
    "scheduling:closure_add", "scheduling:exception_", "scheduling:feed_list", "scheduling:hours_",
    "scheduling:place_list", "staff:",
)  # fmt: skip
OTHERS_NAMESPACES = {"admin"}  # the admin site has its own test: tests/oversight


def names(patterns, namespace: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            found += names(pattern.url_patterns, f"{namespace}{inner}:" if inner else namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append(f"{namespace}{pattern.name}")
    return found


def test_no_address_is_missing_from_the_matrix():
    ours = {name for name in names(get_resolver().url_patterns) if name.split(":")[0] not in OTHERS_NAMESPACES}
    theirs = {name for name in ours if name.startswith(("account_", "mfa_", "usersessions_"))}  # django-allauth's
    assert ours - theirs - {row.name for row in ROWS} == set()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Built once for all addresses; each undoes what it did."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield stage.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cookies(world):
    """Everybody signed in once: (stranger, role) → the browser's cookies; nobody has none."""
    everyone = [(False, role, user) for role, user in world.people.items()]
    everyone += [(True, role, user) for role, user in world.strangers.items()]
    return {(stranger, role): signed_in(user).cookies.output() for stranger, role, user in everyone}


@pytest.fixture
def undone(world):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    world.patient.refresh_from_db()
    world.episode.refresh_from_db()


def browser(cookies: str = "") -> Client:
    client = Client()
    client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return client


def answer(client: Client, row: Row, path: str, data: dict) -> tuple[int, int]:
    """The status, and how many lines the read log has got by it."""
    with transaction.atomic():
        before = AccessEvent.objects.count()
        response = getattr(client, row.method)(path, data)
        lines = AccessEvent.objects.count() - before
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login")):
        return 401, lines
    return response.status_code, lines


def shows_people(row: Row) -> bool:
    return row.method == "get" and not row.public and not row.name.startswith(NAME_NOBODY)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_who_gets_what(row: Row, world, cookies, undone):
    path = reverse(row.name, args=row.args(world))
    data = row.data(world) if callable(row.data) else row.data
    wrong = []
    for (stranger, role), cookie in cookies.items():
        (code, lines), expected = answer(browser(cookie), row, path, data), row.expects(role, stranger=stranger)
        if code != expected and not (expected is None and code in row.answers):
            wrong.append(f"{'stranger ' if stranger else ''}{role}: {code} instead of {expected or 'an answer'}")
        if code == 200 and not lines and shows_people(row):
            wrong.append(f"{role}: shown without a line in the read log")
    anonymous, _ = answer(browser(), row, path, data)
    if anonymous != 401 and not row.public:
        wrong.append(f"nobody signed in: {anonymous}")
    assert wrong == []
