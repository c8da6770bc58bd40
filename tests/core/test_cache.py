"""Redis away: slower, never an error."""

import pytest
from django.core.cache.backends.base import BaseCache
from django.test import Client, override_settings
from django.urls import reverse

from core.cache import ForgivingRedisCache
from tests import factories

NOBODY_LISTENS = "redis://127.0.0.1:1/0"
AWAY = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": NOBODY_LISTENS}}


@pytest.fixture
def cache() -> BaseCache:
    return ForgivingRedisCache(NOBODY_LISTENS, {})


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda cache: cache.get("key"), None),
        (lambda cache: cache.get("key", "default"), "default"),
        (lambda cache: cache.set("key", 1), None),
        (lambda cache: cache.add("key", 1), True),
        (lambda cache: cache.delete("key"), False),
        (lambda cache: cache.has_key("key"), False),
        (lambda cache: "key" in cache, False),
        (lambda cache: cache.touch("key", 5), False),
        (lambda cache: cache.get_many(["key"]), {}),
        (lambda cache: cache.incr("key"), 1),
    ],
)
def test_every_question_has_an_answer(cache, call, answer):
    assert call(cache) == answer


def test_with_redis_there_it_is_a_cache(settings):
    cache = ForgivingRedisCache(settings.REDIS_URL, {})
    cache.set("tests:there", 1)
    assert (cache.get("tests:there"), cache.incr("tests:there"), "tests:there" in cache) == (1, 2, True)
    assert cache.get_many(["tests:there"]) == {"tests:there": 2}
    assert cache.delete("tests:there")


@pytest.mark.django_db
@override_settings(CACHES=AWAY)
def test_one_can_sign_in_while_redis_is_away(facility):
    user = factories.person("intake", facility)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": "correct horse battery staple"})
    assert (answer.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))
