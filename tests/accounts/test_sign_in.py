"""Password and second factor, by every way in; and what the read log keeps of it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, User
from carecoord import settings as production
from tests import factories
from tests.accounts.conftest import PASSWORD, SECRET, code, give_code, give_password, is_signed_in, secrets_at_rest

pytestmark = pytest.mark.django_db
AWAY = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


def lines(action: str) -> list[str]:
    return list(AccessEvent.objects.filter(action=action).order_by("pk").values_list("code", flat=True))


def test_password_and_code_let_one_in(client, enrolled):
    assert give_password(client)["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    give_code(client)
    assert is_signed_in(client)
    assert lines("sign-in") == ["second-factor-used"]


def test_once_passed_the_second_factor_asks_the_database_nothing(client, enrolled):
    give_password(client)
    give_code(client)
    client.get(reverse("accounts:profile"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("accounts:profile"))
    assert not [query["sql"] for query in queries if "mfa_" in query["sql"] or query["sql"].startswith("UPDATE")]


def test_without_a_second_factor_one_can_only_set_one_up(client, person):
    give_password(client)
    for name in ("accounts:profile", "mfa_index", "usersessions_list", "account_change_password"):
        assert client.get(reverse(name))["Location"] == reverse("mfa_activate_totp")


@pytest.mark.django_db(transaction=True)  # django-allauth tells of it after the commit
def test_setting_one_up_opens_the_door_at_once(client, person):
    give_password(client)
    page = client.get(reverse("mfa_activate_totp"), follow=True)
    client.post(page.redirect_chain[-1][0], {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    session = client.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    client.post(reverse("mfa_activate_totp"), {"code": code()})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert is_signed_in(client)
    assert lines("permission") == ["totp-added", "recovery_codes-added"]


def test_turning_it_off_closes_the_door_until_it_is_on_again(client, enrolled):
    give_password(client)
    give_code(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=enrolled, type="totp").exists()
    assert client.get(reverse("accounts:profile"))["Location"] == reverse("mfa_activate_totp")
    assert "totp-removed" in lines("permission")


def test_a_session_made_some_other_way_still_owes_the_code(client, enrolled):
    """Django's own sign-in forms know of no second factor; ours asks wherever the session comes from."""
    client.force_login(enrolled)
    asked = client.get(reverse("accounts:profile"))
    assert asked["Location"].startswith(reverse("mfa_reauthenticate"))
    for name in ("mfa_deactivate_totp", "mfa_view_recovery_codes", "account_reauthenticate", "account_change_password"):
        assert client.get(reverse(name))["Location"].startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    assert is_signed_in(client)


def test_the_admin_site_has_no_door_of_its_own(client, enrolled):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer["Location"] == reverse("account_login") + "?next=/admin/"
    assert client.post("/admin/login/", {"username": enrolled.email, "password": PASSWORD}).status_code == 405
    elsewhere = client.get("/admin/login/?next=https://evil.example/")
    assert elsewhere["Location"] == reverse("account_login") + "?next=/admin/"


def test_a_recovery_code_is_a_second_factor_once(client, enrolled):
    from_codes = _recovery_code(enrolled)
    give_password(client)
    give_code(client, from_codes)
    assert is_signed_in(client)
    again = Client()
    give_password(again)
    give_code(again, from_codes)
    assert not is_signed_in(again)


def _recovery_code(user: User) -> str:
    return RecoveryCodes.activate(user).get_unused_codes()[0]


def test_secrets_are_unreadable_at_rest(enrolled):
    assert SECRET not in secrets_at_rest(enrolled)


def test_nobody_signs_up(client):
    page = client.post(
        reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert page.status_code in {200, 404}
    assert not User.objects.filter(email="new@example.org").exists()


def test_failures_and_sign_out_are_in_the_log_without_the_address(client, enrolled):
    give_password(client, "wrong")
    give_password(client)
    give_code(client, "000000")
    give_code(client)
    client.post(reverse("account_logout"))
    assert lines("sign-in-failed") == ["password", "second-factor"]
    assert lines("sign-out") == [""]
    assert not AccessEvent.objects.filter(target__contains="zoe").exists()
    assert set(AccessEvent.objects.filter(action="sign-in-failed").values_list("user_id", flat=True)) == {enrolled.pk}


def test_signing_in_writes_no_history_of_the_person(client, enrolled):
    before = enrolled.history.count()
    give_password(client)
    give_code(client)
    enrolled.refresh_from_db()
    assert enrolled.last_login is not None
    assert enrolled.history.count() == before


@pytest.mark.parametrize("caches", [None, AWAY], ids=["redis there", "redis away"])
def test_five_failures_lock_the_account_even_for_the_right_password(client, enrolled, caches, settings):
    if caches:
        settings.CACHES = caches
    else:
        settings.ACCOUNT_RATE_LIMITS = False
    for _ in range(5):
        give_password(client, "wrong")
    page = give_password(client)
    assert page.status_code in {200, 429}
    assert "Too many failed login attempts" in page.content.decode()
    assert lines("sign-in-failed") == ["password"] * 5 + ["locked"]


@override_settings(CACHES=AWAY)
def test_an_address_without_account_locks_with_the_same_words(client, enrolled):
    answers = {}
    for email in ("zoe@example.org", "nobody@example.org"):
        pages = [give_password(client, "wrong", email).content.decode() for _ in range(6)]
        answers[email] = ["not correct" in page for page in pages] + ["Too many failed" in page for page in pages]
    assert answers["zoe@example.org"] == answers["nobody@example.org"]
    assert answers["zoe@example.org"][5] is False


@override_settings(CACHES=AWAY)
def test_wrong_codes_count_as_well(client, enrolled):
    give_password(client)
    for _ in range(5):
        give_code(client, "000000")
    assert "Too many failed" in give_code(client).content.decode()
    assert not is_signed_in(client)


@override_settings(CACHES=AWAY)
def test_the_lock_opens_after_fifteen_minutes(client, enrolled):
    for _ in range(5):
        give_password(client, "wrong")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert give_password(client).status_code == 302


@override_settings(CACHES=AWAY)
def test_failures_before_a_success_are_forgiven(client, enrolled):
    for _ in range(4):
        give_password(client, "wrong")
    give_password(client)
    give_code(client)
    client.post(reverse("account_logout"))
    for _ in range(4):
        give_password(client, "wrong")
    assert give_password(client).status_code == 302


def test_a_password_reset_never_says_whether_an_address_exists(enrolled):
    pages = []
    for email in (enrolled.email, "nobody@example.org"):
        client = Client()
        answer = client.post(reverse("account_reset_password"), {"email": email})
        page = client.get(answer["Location"]).content.decode()
        pages.append((answer.status_code, answer["Location"], email in page))
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [[enrolled.email], ["nobody@example.org"]]


def test_after_a_reset_the_code_is_asked_as_ever(client, enrolled):
    client.post(reverse("account_reset_password"), {"email": enrolled.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    new = "another battery staple horse"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert not is_signed_in(client)
    assert give_password(client, new)["Location"] == reverse("mfa_authenticate")
    assert "password-reset" in lines("permission")


def test_sessions_are_listed_and_ended(enrolled):
    here, there = Client(), Client()
    for browser in (here, there):
        give_password(browser)
        give_code(browser, _recovery_code(enrolled) if browser is there else None)
    assert here.get(reverse("usersessions_list")).content.decode().count("<tr") >= 3
    here.post(reverse("usersessions_list"))
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_closed_account_does_not_open(client, enrolled):
    enrolled.is_active = False
    enrolled.save()
    give_password(client)
    give_code(client)
    assert not is_signed_in(client)


def test_passwords_are_hashed_with_argon2():
    assert production.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


def test_a_person_who_left_signs_in_to_nothing(client, facility):
    user = factories.UserFactory()
    client.force_login(user)
    session = client.session
    session["second_factor"] = True
    session.save()
    assert client.get(reverse("episodes:task_list")).status_code == 403
