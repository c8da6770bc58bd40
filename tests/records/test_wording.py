"""The facility keeps its own wording, version by version."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from records import selectors, services
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = {"title": "Our consent", "revocation": "In writing.", "redisclosure": "It may.", "consequences": "None."}


@pytest.fixture
def browser(facility, sign_in):
    return sign_in(factories.person(Role.PRIVACY_OFFICER, facility))


def test_a_new_facility_begins_with_our_wording(browser, facility):
    page = browser.get(reverse("records:form_list")).content.decode()
    assert "Begin with our wording" in page
    browser.post(reverse("records:form_defaults"))
    page = browser.get(reverse("records:form_list")).content.decode()
    assert "Begin with our wording" not in page
    assert "Consent for treatment, payment and health care operations" in page


def test_a_new_version_takes_the_place_of_the_old(browser, facility):
    services.ensure_default_forms(facility=facility, by=None)
    old, url = selectors.form_in_use(facility, "tpo"), reverse("records:form_add", args=["tpo", "en"])
    assert old.title in browser.get(url).content.decode()
    assert browser.post(url, WORDS | {"consequences": ""}).status_code == 422
    answer = browser.post(url, WORDS)
    assert selectors.form_in_use(facility, "tpo").number == old.number + 1
    assert "It may." in browser.get(answer["Location"]).content.decode()
    assert "Out of use" in browser.get(reverse("records:form_detail", args=[old.uuid])).content.decode()
    browser.post(reverse("records:form_retire", args=[selectors.form_in_use(facility, "tpo").uuid]))
    assert selectors.form_in_use(facility, "tpo") is None
    assert browser.get(reverse("records:form_add", args=["other", "en"])).status_code == 404


def test_a_new_notice_is_given_from_then_on(browser, facility):
    url = reverse("records:notice_version_add")
    browser.post(url, {"language": "en", "text": "We keep your records private."})
    row = selectors.notice_in_use(facility)
    assert row.text == "We keep your records private.\n"
    assert "We keep" in browser.get(reverse("records:notice_version_detail", args=[row.uuid])).content.decode()
    assert browser.post(url, {"language": "en", "text": " "}).status_code == 422


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_asks_as_often_for_many_versions(facility, number, django_assert_num_queries):
    for _ in range(number // 10):
        services.add_form_version(facility=facility, category="tpo", language="en", by=None, reason="test", **WORDS)
    with django_assert_num_queries(3):
        list(selectors.form_versions(facility)), list(selectors.notice_versions(facility))
        selectors.missing_wordings(facility)
