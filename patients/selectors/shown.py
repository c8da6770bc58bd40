"""What of a person a list may print."""

from collections.abc import Iterable
from typing import Any

from accounts.access import may
from accounts.models import User
from accounts.roles import Perm


def shows_number(user: User) -> bool:
    """Record numbers are part of the identity: roles that know the name only do not get them."""
    return may(user, Perm.IDENTITY_VIEW)


def as_known_to(user: User, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ready rows of people, each without its `record_number` if the person may not know it."""
    if shows_number(user):
        return list(rows)
    return [row | {"record_number": ""} for row in rows]
