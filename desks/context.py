"""What the frame of every page shows: navigation, strip, facility, person."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import access
from accounts.models import Facility, User
from accounts.roles import Perm, Role
from desks import navigation
from desks.selectors import counts
from desks.selectors.strip import STRIP


def desk(request: HttpRequest) -> dict[str, Any]:
    """`desk`, made when a template first reads it, and `tz`; nothing for somebody who is not signed in.

    Costs three queries at most, besides the memberships the request has read anyway. Somebody without a role
    anywhere has an empty desk.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"desk": SimpleLazyObject(partial(_desk, request, user)), "tz": timezone.get_current_timezone()}


def _desk(request: HttpRequest, user: User) -> dict[str, Any]:
    mine = access.facilities(user)
    if not mine:
        return {}
    facility = access.current_facility(user)
    offered = list(navigation.items(user, facility))
    numbers = counts.of(user, facility, {item.count for item in offered if item.count})
    return {
        "nav": _nav(offered, request.path, numbers),
        "strip": [row | {"count": numbers[row["key"]]} for row in _strip()],
        "facility": facility,
        "facilities": [_facility(row, facility) for row in mine],
        "roles": [Role(role).label for role in access.roles_at(user, facility)],
        "user_label": str(user),
        "initials": user.initials,
        "may_search": access.may(user, Perm.NAME_VIEW),
    }


def _nav(offered: list[navigation.Item], path: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    rows = [
        {
            "label": item.label,
            "url": item.url,
            "icon": item.icon,
            "group": item.group,
            "count": numbers.get(item.count, 0),
        }
        for item in offered
        if item.in_sidebar
    ]
    here = _here([row["url"] for row in rows], path)
    return [row | {"active": row["url"] == here} for row in rows]


def _here(urls: list[str], path: str) -> str:
    """The longest of the addresses that the path is, or lies under; the root counts only as itself."""
    return max((url for url in urls if path == url or (url != "/" and path.startswith(url))), key=len, default="")


def _strip() -> list[dict[str, Any]]:
    return [{"key": row.key, "label": row.label, "url": row.url, "tone": row.tone} for row in STRIP]


def _facility(row: Facility, current: Facility) -> dict[str, Any]:
    return {"value": row.uuid, "label": row.name, "current": row.pk == current.pk}
