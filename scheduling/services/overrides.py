"""A rule set aside for one booking: by whom it may be, and what is kept of it."""

from accounts import access
from accounts.models import Facility, User
from accounts.roles import Perm
from core import audit
from core.errors import DomainError
from scheduling.models import Appointment, BookingOverride


def may_override(user: User | None, facility: Facility) -> bool:
    return user is not None and facility.pk in access.scopes(user, Perm.APPOINTMENT_OVERRIDE)


def require_none(refusals: list[DomainError], *, reason: str, by: User | None, facility: Facility) -> None:
    """Let through if nothing is broken, or if a reason is given by somebody who may set rules aside.

    Raises DomainError otherwise: it says all that stands against the booking, and has the first one's code.
    """
    if not refusals or (reason and may_override(by, facility)):
        return
    first, said = refusals[0], " ".join(dict.fromkeys(error.message for error in refusals))
    if reason:
        said += " Only somebody who may set booking rules aside can book it all the same; ask a treatment coordinator."
    raise DomainError(said, code=first.code, field=first.field)


def keep(appointment: Appointment, refusals: list[DomainError], *, reason: str, by: User | None) -> None:
    """One row for each rule that was set aside, in the booking's own transaction."""
    for rule in dict.fromkeys(error.code for error in refusals):
        audit.save(BookingOverride(appointment=appointment, rule=rule, reason=reason, by=by), by=by)
