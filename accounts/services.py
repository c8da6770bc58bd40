"""What changes who works where, and what a sign-in leaves behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import access, selectors
from accounts.models import AccessEvent, Facility, Membership, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError, explain


@transaction.atomic
def begin_membership(
    *, user: User, facility: Facility, role: str, by: User | None, starts_at: datetime | None = None, reason: str = ""
) -> Membership:
    """Give a person a role at a facility, from now or from a time. The next request sees it.

    Raises DomainError if the person holds the role there already.
    """
    membership = Membership(user=user, facility=facility, role=role, starts_at=starts_at or timezone.now())
    with explain(membership_role_once_per_facility=f"{user} is {Role(role).label.lower()} at {facility} already."):
        audit.save(membership, by=by, reason=reason)
    _log_permission(by, target=f"membership:{membership.pk}", facility=facility, code="begun")
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User | None, reason: str = "") -> Membership:
    """End a role now; the next request no longer has it. Harmless on one that has ended.

    Call `episodes.services.end_membership`, which first looks whether anybody's care still hangs on it.
    """
    row = Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    now = timezone.now()
    if row.ends_at and row.ends_at <= now:
        return row
    row.ends_at = max(now, row.starts_at)
    audit.save(row, by=by, reason=reason)
    _log_permission(by, target=f"membership:{row.pk}", facility=row.facility, code="ended")
    return row


@transaction.atomic
def save_user(*, user: User, by: User | None, reason: str = "") -> User:
    """Write a person's name, address or closing of the account, with its author in the history.

    Raises DomainError if the address belongs to somebody else.
    """
    user.email = user.email.strip().lower()
    with explain(user_email_once="Somebody else signs in with this address."):
        return User.objects.write(user, by=by, reason=reason)


def switch_facility(*, facility: Facility, by: User) -> None:
    """Make a facility the current one. Raises DomainError unless the person works there now."""
    if facility not in access.facilities(by):
        raise DomainError("You do not work at that facility now.", code="membership")
    User.objects.filter(pk=by.pk).update(current_facility=facility)


@contextmanager
def one_attempt_at_a_time(email: str) -> Iterator[None]:
    """Make those who try to sign in as the same person wait for each other, so that every failure counts."""
    with transaction.atomic():
        list(User.objects.select_for_update(no_key=True).filter(email__iexact=email.strip()).values_list("pk"))
        yield


def note_failed_sign_in(*, email: str, code: str) -> None:
    """One line in the read log for an attempt that failed (`password`, `second-factor`) or was refused (`locked`)."""
    access.log(
        user=selectors.user_by_email(email),
        action=AccessEvent.Action.SIGN_IN_FAILED,
        outcome=AccessEvent.Outcome.DENIED,
        target=selectors.sign_in_key(email),
        code=code,
    )


def note_failed_passkey(*, user: User | None) -> None:
    """One line in the read log; whose passkey it was meant to be is known only after a password."""
    failed, denied = AccessEvent.Action.SIGN_IN_FAILED, AccessEvent.Outcome.DENIED
    access.log(user=user, action=failed, outcome=denied, target="passkey", code="passkey")


def note_sign_in(*, user: User, code: str) -> None:
    """The person is in: the count of failures begins anew."""
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    access.log(user=user, action=AccessEvent.Action.SIGN_IN, target=selectors.sign_in_key(user.email), code=code)


def note_sign_out(*, user: User, code: str) -> None:
    access.log(user=user, action=AccessEvent.Action.SIGN_OUT, code=code)


def note_credential(*, user: User, code: str) -> None:
    """A password or a second factor changed."""
    access.log(user=user, action=AccessEvent.Action.PERMISSION, target=selectors.sign_in_key(user.email), code=code)


def _log_permission(by: User | None, *, target: str, facility: Facility, code: str) -> None:
    action = AccessEvent.Action.PERMISSION
    access.log(user=by, action=action, target=target, facility_id=facility.pk, code=code)
