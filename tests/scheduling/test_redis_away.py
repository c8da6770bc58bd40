"""Booking goes on without Redis: nothing of it waits for the broker, and the cache is waited for once, briefly."""

import socket
import threading

import pytest
from django.core.cache import cache
from django.urls import reverse

from core.cache import ForgivingRedisCache
from scheduling.models import Appointment
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


class Silent:
    """A server that takes connections and never says a word."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.listener.getsockname()[1]}/0"


@pytest.fixture
def silent():
    server = Silent()
    yield server
    server.listener.close()


@pytest.fixture
def redis_at(settings):
    """The cache is there from now on, with the real settings' patience."""

    def use(url):
        patience = {"socket_connect_timeout": settings.REDIS_TIMEOUT, "socket_timeout": settings.REDIS_TIMEOUT}
        backend = "core.cache.ForgivingRedisCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": url, "OPTIONS": patience}}

    yield use
    ForgivingRedisCache.away_until.clear()


@pytest.fixture
def book(patient, physician, room, visit_type, booker, sign_in, facility):
    """Post a booking in a session that was opened while all was well."""
    desk = sign_in(booker)

    def post():
        start = stage.at(2, facility=facility)
        data = {
            "starts_at": f"{start:%Y-%m-%dT%H:%M}", "type": visit_type.uuid, "practitioner": physician.uuid,
            "location": room.uuid,
        }  # fmt: skip
        answer = desk.post(reverse("scheduling:appointment_book", args=[patient.uuid]), data)
        assert answer.status_code == 302
        return Appointment.objects.get()

    return post


def test_redis_was_emptied(book):
    cache.clear()
    assert book().status == "booked"


def test_redis_is_gone(book, redis_at):
    redis_at("redis://127.0.0.1:1/0")
    assert book().status == "booked"


def test_redis_does_not_answer(book, redis_at, silent, settings):
    """One connection is tried in the whole request, and given up after the time-out of the settings."""
    redis_at(silent.url)
    assert book().status == "booked"
    assert len(silent.taken) == 1
    assert settings.REDIS_TIMEOUT <= 0.5


def test_a_redis_that_is_back_is_used_again(redis_at, settings):
    redis_at("redis://127.0.0.1:1/0")
    cache.set("key", 1)
    assert cache.get("key") is None
    ForgivingRedisCache.away_until.clear()
    redis_at(settings.REDIS_URL)
    cache.set("key", 1, timeout=5)
    assert cache.get("key") == 1
