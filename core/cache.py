"""A cache that may be away."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class ForgivingRedisCache(RedisCache):
    """Redis gone means a miss, not a 500: sessions are read from PostgreSQL then.

    The sign-in throttle fails open for that time; lock-out of an account is kept in PostgreSQL.
    """

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError:
            return

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError:
            return True

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().delete(*args, **kwargs))
        except RedisError:
            return False

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Asked before a new session key is taken: without it, Redis away would refuse every sign-in."""
        try:
            return bool(super().has_key(*args, **kwargs))
        except RedisError:
            return False

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().touch(*args, **kwargs))
        except RedisError:
            return False

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return dict(super().get_many(*args, **kwargs))
        except RedisError:
            return {}

    def incr(self, *args: Any, **kwargs: Any) -> int:
        try:
            return int(super().incr(*args, **kwargs))
        except RedisError:
            return 1
