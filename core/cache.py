"""A cache that may be away."""

import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

LEFT_ALONE = 5.0  # seconds for which a Redis that failed is not asked again


class ForgivingRedisCache(RedisCache):
    """Redis gone means a miss, not a 500: sessions are read from PostgreSQL then.

    One that does not answer costs one time-out, not one for each call: it is left alone for some seconds.
    The sign-in throttle fails open for that time; lock-out of an account is kept in PostgreSQL.
    """

    away_until: ClassVar[dict[str, float]] = {}  # by address, for the whole process

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), True))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Asked before a new session key is taken: without it, Redis away would refuse every sign-in."""
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).has_key(*args, **kwargs), False))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return dict(self._ask(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {}))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._ask(lambda: super(ForgivingRedisCache, self).incr(*args, **kwargs), 1))

    def _ask(self, call: Callable[[], Any], otherwise: Any) -> Any:
        address = self._servers[0]  # type: ignore[attr-defined]
        if time.monotonic() < self.away_until.get(address, 0):
            return otherwise
        try:
            return call()
        except RedisError:
            self.away_until[address] = time.monotonic() + LEFT_ALONE
            return otherwise
