"""A passkey from the first to the last day, in a real browser with a virtual authenticator."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import AccessEvent
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def person(facility):
    return factories.person("intake", facility, email="zoe@example.org")


def with_authenticator(visitor):
    """The browser has a device that knows its owner by finger."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return visitor


def password(visitor):
    visitor.page.get_by_label("E-mail").or_(visitor.page.get_by_label("Email")).first.fill("zoe@example.org")
    visitor.page.get_by_label("Password").first.fill(PASSWORD)
    visitor.page.get_by_role("button", name="Sign in", exact=True).click()


def codes(user):
    lines = AccessEvent.objects.filter(user_id=user.pk, action__in=("sign-in", "permission")).order_by("pk")
    return [line.code for line in lines]


def add_passkey(browser, base):
    """The first second factor of somebody who has none yet."""
    page = browser.page
    page.goto(base + reverse("account_login"))
    password(browser)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    browser.look()
    browser.type({"Name": "Work phone"})
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(page, base):
    page.goto(base + reverse("account_logout"))
    page.get_by_role("button", name="Sign out").last.click()
    page.goto(base + reverse("account_login"))


def is_in(page, base, person):
    page.goto(base + reverse("accounts:profile"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.family_name)


def test_a_passkey_is_added_signs_in_alone_stands_in_for_the_code_and_is_removed(visit, person, live_server):
    browser, base = with_authenticator(visit()), live_server.url
    page = browser.page
    add_passkey(browser, base)
    assert Authenticator.objects.get(user=person, type="webauthn").wrap().is_passwordless
    sign_out(page, base)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    is_in(page, base, person)
    sign_out(page, base)

    password(browser)
    page.get_by_role("button", name="Use passkey").click()
    page.wait_for_url(lambda url: "authenticate" not in url)
    browser.go(reverse("mfa_list_webauthn"))
    expect(page.get_by_role("row", name="Work phone")).to_contain_text("alone, without a password")
    page.get_by_role("link", name="Remove Work phone").click()
    page.get_by_role("link", name="Use a passkey").click()
    browser.look()
    page.get_by_role("button", name="Use passkey").click()
    page.get_by_role("button", name="Remove passkey").click()
    page.goto(base + "/")
    expect(page.get_by_role("heading", name="Set up your authenticator app")).to_be_visible()
    assert codes(person) == [
        "", "webauthn-added", "recovery_codes-added", "passkey", "second-factor-used", "webauthn-removed",
        "recovery_codes-removed",
    ]  # fmt: skip


def test_a_lost_device_is_got_over_by_a_recovery_code(visit, person, live_server):
    base = live_server.url
    add_passkey(with_authenticator(visit()), base)
    code = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    other = with_authenticator(visit())
    page = other.page
    page.goto(base + reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    password(other)
    other.look()
    other.type({"Code": code})
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "authenticate" not in url)
    is_in(page, base, person)
