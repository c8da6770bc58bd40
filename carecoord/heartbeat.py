"""Proof that beat and worker are both alive: a key in Redis that beat has the worker renew."""

import redis
from django.conf import settings

KEY = "carecoord:heartbeat"
EVERY_SECONDS = 10
LASTS_SECONDS = 35  # three may be missed


def connect() -> redis.Redis:
    """Not through Django's cache, which forgives a Redis that is gone."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def record() -> None:
    with connect() as client:
        client.set(KEY, "1", ex=LASTS_SECONDS)


def is_recent() -> bool:
    with connect() as client:
        return bool(client.exists(KEY))
