"""/healthz: for load balancers and container health checks. Names parts, never addresses or errors."""

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carecoord import heartbeat


@transaction.non_atomic_requests
@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database, Redis, and beat with a worker answer; else 503."""
    answers = {"database": _database_answers(), **_redis_parts()}
    well = all(answers.values())
    parts = {name: "ok" if answers[name] else "down" for name in answers}
    return JsonResponse({"status": "ok" if well else "failing", "parts": parts}, status=200 if well else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_parts() -> dict[str, bool]:
    try:
        return {"background": heartbeat.is_recent(), "redis": True}
    except redis.RedisError:
        return {"background": False, "redis": False}
