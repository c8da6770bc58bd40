"""Idle sign-off, the end of a session, headers, and who acts where."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import AccessEvent
from carecoord import settings as production
from tests import factories
from tests.accounts.conftest import give_password

pytestmark = pytest.mark.django_db
PAGE = "/people/me/"


@pytest.fixture
def browser(person, sign_in):
    client = sign_in(person)
    client.get(PAGE)
    return client


def later(**distance: int):
    return time_machine.travel(timezone.now() + timedelta(**distance))


def test_fifteen_minutes_without_a_click_sign_off_and_lead_back(browser):
    with later(minutes=15, seconds=5):
        answer = browser.get("/people/me/access/?page=2")
        assert answer["Location"] == reverse("account_login") + "?next=/people/me/access/%3Fpage%3D2"
        assert browser.get(PAGE).status_code == 302
    assert AccessEvent.objects.filter(action="sign-out", code="idle").count() == 1


def test_a_click_extends_the_session(browser):
    with later(minutes=14):
        assert browser.get(PAGE).status_code == 200
    with later(minutes=28):
        assert browser.get(PAGE).status_code == 200


def test_background_refresh_never_extends_it(browser):
    with later(minutes=14):
        assert browser.get(PAGE, headers={"X-Background-Refresh": "1"}).status_code == 200
    with later(minutes=16):
        assert browser.get(PAGE).status_code == 302


def test_twelve_hours_end_a_session_however_busy(browser):
    for quarter in range(1, 60):
        with later(minutes=14 * quarter):
            answer = browser.get(PAGE)
        if answer.status_code == 302:
            break
    assert timedelta(hours=12) <= timedelta(minutes=14 * quarter) < timedelta(hours=12, minutes=30)
    assert AccessEvent.objects.filter(action="sign-out", code="expired").exists()


def test_a_form_sent_too_late_leads_back_to_its_page(browser):
    with later(minutes=20):
        answer = browser.post(reverse("accounts:facility_switch"), headers={"Referer": "http://testserver/people/me/"})
    assert answer["Location"] == reverse("account_login") + "?next=/people/me/"


def test_the_headers_of_a_page_for_somebody_signed_in(browser):
    page = browser.get(PAGE)
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert "private" in page["Cache-Control"]


def test_the_policy_allows_no_inline_script_or_style_and_no_other_host(browser):
    policy = dict(part.strip().split(" ", 1) for part in browser.get(PAGE)["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["connect-src"] == "'self'"
    for directive in ("script-src", "style-src"):
        assert "'unsafe" not in policy[directive]
        assert "http" not in policy[directive]


def test_cookies_are_closed_to_scripts_and_other_sites(client, person):
    client.get(reverse("account_login"))
    give_password(client)
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


def test_production_speaks_https_alone():
    assert production.HTTPS
    assert production.SESSION_COOKIE_SECURE
    assert production.CSRF_COOKIE_SECURE
    assert production.SECURE_SSL_REDIRECT
    assert production.SECURE_HSTS_SECONDS >= 365 * 24 * 3600


def test_every_page_of_ours_asks_who_is_there(client):
    for path in (PAGE, "/people/me/access/", "/episodes/tasks/", "/admin/"):
        assert client.get(path)["Location"].startswith(("/accounts/login/", "/admin/login/"))


def test_switching_the_facility(person, sign_in, other_facility, facility):
    services.begin_membership(user=person, facility=other_facility, role="clerk", by=person)
    browser = sign_in(person)
    answer = browser.post(reverse("accounts:facility_switch"), {"facility": str(other_facility.uuid)})
    person.refresh_from_db()
    assert (answer["Location"], person.current_facility) == ("/", other_facility)


@pytest.mark.parametrize("wanted", ["elsewhere", "ended", "", "not-a-uuid"])
def test_one_cannot_switch_to_where_one_does_not_work(person, sign_in, other_facility, wanted):
    value = wanted
    if wanted == "elsewhere":
        value = str(other_facility.uuid)
    if wanted == "ended":
        row = services.begin_membership(user=person, facility=other_facility, role="clerk", by=person)
        services.end_membership(membership=row, by=person)
        value = str(other_facility.uuid)
    assert sign_in(person).post(reverse("accounts:facility_switch"), {"facility": value}).status_code == 404


def test_times_are_shown_in_the_zone_of_the_facility(sign_in):
    with time_machine.travel("2026-07-01 18:00:00+00:00", tick=False):
        phoenix = factories.FacilityFactory(time_zone="America/Phoenix")
        browser = sign_in(factories.person("intake", phoenix))
        assert "Wed 1 Jul 11:00" in browser.get("/people/me/access/").content.decode()
