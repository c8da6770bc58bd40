"""What a page reads and its lines in the read log are one transaction."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from carecoord import settings as production
from tests import factories, world
from tests.accounts.reading_urls import ENDINGS


@pytest.fixture
def reader(facility, sign_in, settings):
    settings.ROOT_URLCONF = "tests.accounts.reading_urls"
    browser = sign_in(factories.person("intake", facility))
    browser.raise_request_exception = False
    return browser


def lines() -> list[tuple[int, str]]:
    return list(AccessEvent.objects.exclude(patient_id=None).order_by("pk").values_list("patient_id", "outcome"))


@pytest.mark.django_db
@pytest.mark.parametrize("ending", sorted(ENDINGS))
def test_a_read_that_fails_leaves_no_line_of_the_read_and_keeps_its_denial(reader, ending):
    answer = reader.get(f"/read/{ending}/")
    assert answer.status_code in {302, 404, 500}
    assert b"what was read" not in answer.content
    assert lines() == [(7, "denied")]


@pytest.mark.django_db
def test_a_post_has_its_line_committed_before_anything_else_happens(reader):
    reader.post("/read/fail/")
    assert lines() == [(8, "allowed"), (7, "denied")]


@pytest.mark.django_db(transaction=True)
def test_a_page_of_the_chart_and_its_lines_are_one_transaction(sign_in):
    stage = world.build()
    browser, address = sign_in(stage.people[Role.CLINICIAN]), reverse("chart:patient_detail", args=[stage.patient.uuid])
    browser.get(address)  # begins the session
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    said = [query["sql"] for query in captured]
    assert [one for one in said if one in {"BEGIN", "COMMIT"}] == ["BEGIN", "COMMIT"]
    outside = "".join(said[: said.index("BEGIN")])
    assert "accounts_accessevent" not in outside
    assert "patients_" not in outside
    assert said[-1] == "COMMIT", "Nothing is read after the transaction of the page."


def test_nothing_else_runs_inside_of_the_transaction_of_a_page():
    assert production.MIDDLEWARE[-1] == "accounts.middleware.OneReadMiddleware"
