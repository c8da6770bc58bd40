"""The role gate: what a person may do at a facility. For which patients: `patients.access`. And the read log."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import AccessEvent, Facility, Membership, User
from accounts.roles import Perm, Scope, scope_of


def live_memberships(user: User) -> list[Membership]:
    """The person's memberships in force now.

    Read anew at each call, but for a request's own user: `ActorMiddleware` gives that one a list to keep them
    in, so that a request asks once and the next request sees what has changed.
    """
    kept: list[Membership] | None = getattr(user, "kept_memberships", None)
    if kept:
        return kept
    rows = list(Membership.objects.live().filter(user_id=user.pk).select_related("facility")) if user.is_active else []
    if kept is not None:
        kept.extend(rows)
    return rows


def facilities(user: User) -> list[Facility]:
    """The facilities where the person works now, by name."""
    unique = {row.facility_id: row.facility for row in live_memberships(user)}
    return sorted(unique.values(), key=lambda facility: facility.name)


def current_facility(user: User) -> Facility:
    """The facility chosen in the top bar, else the first by name. Raises PermissionDenied without any."""
    mine = facilities(user)
    if not mine:
        raise PermissionDenied("no live membership")
    return next((facility for facility in mine if facility.pk == user.current_facility_id), mine[0])


def roles_at(user: User, facility: Facility) -> list[str]:
    """The roles the person holds at a facility now."""
    return [row.role for row in live_memberships(user) if row.facility_id == facility.pk]


def scopes(user: User, perm: Perm) -> dict[int, set[Scope]]:
    """Facility id → the scopes in which the person holds the permission there."""
    found: dict[int, set[Scope]] = {}
    for row in live_memberships(user):
        scope = scope_of(row.role, perm)
        if scope:
            found.setdefault(row.facility_id, set()).add(scope)
    return found


def may(user: User, perm: Perm) -> bool:
    """Whether the person holds the permission in any scope at the current facility."""
    return any(scope_of(role, perm) for role in roles_at(user, current_facility(user)))


def require(user: User, perm: Perm) -> Facility:
    """The current facility, if the person holds the permission there in any scope.

    Raises PermissionDenied (403) otherwise; the denial is in the read log. For pages without a patient.
    """
    facility = current_facility(user)
    if any(scope_of(role, perm) for role in roles_at(user, facility)):
        return facility
    log(user=user, facility_id=facility.pk, data_class=perm, outcome=AccessEvent.Outcome.DENIED, code="role")
    raise PermissionDenied(f"role: {perm}")


def log(
    *,
    user: User | None,
    action: str = AccessEvent.Action.VIEW,
    data_class: str = "",
    patient_id: int | None = None,
    facility_id: int | None = None,
    target: str = "",
    outcome: str = AccessEvent.Outcome.ALLOWED,
    code: str = "",
) -> None:
    """Write one line of the read log. Ids and names of fields only, never a value.

    Without a facility it is the one the person is at. A denial stays in the log although the transaction it was
    noted in is rolled back, anywhere inside `denials_kept`, as every request is.
    """
    event = AccessEvent.objects.create(
        user_id=user.pk if user else None,
        action=action,
        data_class=data_class,
        patient_id=patient_id,
        facility_id=facility_id or _place(user),
        target=target,
        outcome=outcome,
        code=code,
    )
    noted = _denials.get()
    if outcome == AccessEvent.Outcome.DENIED and noted is not None and connection.in_atomic_block:
        noted.append(event)


def log_each(
    *,
    user: User,
    patient_id: int,
    data_classes: Iterable[str],
    action: str = AccessEvent.Action.VIEW,
    code: str = "",
) -> None:
    """One line for each data class that a page, a print or an export of many classes shows; one query."""
    place = _place(user)
    lines = [
        AccessEvent(
            user_id=user.pk, patient_id=patient_id, facility_id=place, action=action, data_class=data_class, code=code
        )
        for data_class in sorted(data_classes)
    ]
    AccessEvent.objects.bulk_create(lines)


@contextmanager
def denials_kept() -> Iterator[None]:
    """What is refused inside stays in the log, whatever transaction inside is rolled back."""
    noted: list[AccessEvent] = []
    token = _denials.set(noted)
    try:
        yield
    finally:
        _denials.reset(token)
        _write_again(noted)


def _write_again(noted: list[AccessEvent]) -> None:
    """An id is never given twice, so a line that is not there under its own was rolled back."""
    if not noted:
        return
    there = set(AccessEvent.objects.filter(pk__in=[event.pk for event in noted]).values_list("pk", flat=True))
    lost = [event for event in noted if event.pk not in there]
    for event in lost:
        event.pk = None
    AccessEvent.objects.bulk_create(lost)


def _place(user: User | None) -> int | None:
    """Where the person is: the id of the current facility, None for who works nowhere."""
    mine = [facility.pk for facility in facilities(user)] if user else []
    if user and user.current_facility_id in mine:
        return user.current_facility_id
    return mine[0] if mine else None


_denials: ContextVar[list[AccessEvent] | None] = ContextVar("denials", default=None)
