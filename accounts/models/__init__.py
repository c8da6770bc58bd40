"""Who works where, what they looked at, and the proof that nobody changed it since."""

from accounts.models.audit import AuditBlock, RowVersion
from accounts.models.log import AccessEvent
from accounts.models.people import Facility, Location, Membership, User, UserManager, validate_time_zone

__all__ = [
    "AccessEvent",
    "AuditBlock",
    "Facility",
    "Location",
    "Membership",
    "RowVersion",
    "User",
    "UserManager",
    "validate_time_zone",
]
