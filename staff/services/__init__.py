"""What changes the directory, its credentials and their copies."""

from staff.services.directory import (
    add_credential,
    add_practitioner,
    edit_credential,
    edit_practitioner,
    edit_role,
    request_renewal,
    require_cleared,
    save_partner,
    verify_credential,
)
from staff.services.files import (
    MISTAKES,
    add_credential_files,
    keep_credential_file,
    mark_credential_file_mistaken,
    replace_credential_file,
)

__all__ = [
    "MISTAKES",
    "add_credential",
    "add_credential_files",
    "add_practitioner",
    "edit_credential",
    "edit_practitioner",
    "edit_role",
    "keep_credential_file",
    "mark_credential_file_mistaken",
    "replace_credential_file",
    "request_renewal",
    "require_cleared",
    "save_partner",
    "verify_credential",
]
