"""A browser that signs in as people do: password, then code."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import factories

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_throttle_left_over():
    cache.clear()


@pytest.fixture
def person(facility) -> User:
    return factories.person("intake", facility, email="zoe@example.org")


@pytest.fixture
def enrolled(person) -> User:
    TOTP.activate(person, SECRET)
    return person


def code() -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def give_password(client: Client, password: str = PASSWORD, email: str = "zoe@example.org"):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def give_code(client: Client, typed: str | None = None):
    return client.post(reverse("mfa_authenticate"), {"code": typed or code()})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def secrets_at_rest(user: User) -> str:
    return str([row.data for row in Authenticator.objects.filter(user=user)])
