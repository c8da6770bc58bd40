"""What every test may ask for."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from accounts.models import Facility, User
from tests.factories import FacilityFactory


@pytest.fixture
def facility(db) -> Facility:
    return FacilityFactory(code="main", name="Harbor House")


@pytest.fixture
def other_facility(db) -> Facility:
    return FacilityFactory(code="other", name="Willow House")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """A test with real transactions empties every table behind it; the codes of a migration are put back."""
    result = yield
    marker = item.get_closest_marker("django_db")
    if {"transactional_db", "live_server"} & set(item.fixturenames) or (marker and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            import_module("episodes.migrations.0002_levels_of_care").add_levels(apps, None)
    return result


def signed_in(user: User) -> Client:
    """A browser in which the person has signed in with both factors."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.fixture
def sign_in():
    return signed_in
