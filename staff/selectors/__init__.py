"""Who works here, and whether they may be booked."""

from staff.selectors.clearance import (
    LADDER,
    ExpiringCredential,
    absence_problem,
    clearance_problem,
    credential_problem,
    expiring_credentials,
)
from staff.selectors.directory import (
    credential_of,
    credentials_of,
    partner_of,
    partners,
    practitioner_of,
    practitioner_rows,
    practitioners,
    role_of,
    standing,
)
from staff.selectors.files import credential_file_of, credential_file_rows

__all__ = [
    "LADDER",
    "ExpiringCredential",
    "absence_problem",
    "clearance_problem",
    "credential_file_of",
    "credential_file_rows",
    "credential_of",
    "credential_problem",
    "credentials_of",
    "expiring_credentials",
    "partner_of",
    "partners",
    "practitioner_of",
    "practitioner_rows",
    "practitioners",
    "role_of",
    "standing",
]
