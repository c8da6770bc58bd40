"""Who gets what at this app's addresses."""

from typing import Any

from core import audit
from core.files.uploads import Upload
from staff.models import Credential, PartnerOrganization, PractitionerRole
from staff.services import keep_credential_file
from tests import factories
from tests.access_matrix import Row, desk_row
from tests.world import World


def of_practitioner(world: World) -> list[Any]:
    """Someone who works at both facilities, so that strangers are asked for their role alone."""
    person = factories.practitioner(world.facility)
    audit.save(PractitionerRole(practitioner=person, facility=world.elsewhere), by=None, reason="test")
    return [person.uuid]


def of_credential(world: World) -> list[Any]:
    return [Credential.objects.get(practitioner__uuid=of_practitioner(world)[0]).uuid]


def of_partner(world: World) -> list[Any]:
    return [audit.save(PartnerOrganization(name="Lake Hospital"), by=None, reason="test").uuid]


def of_credential_file(world: World) -> list[Any]:
    credential = Credential.objects.get(uuid=of_credential(world)[0])
    return [keep_credential_file(credential, Upload(b"%PDF-1.7", "application/pdf", 1), by=None, reason="test").uuid]


EDITORS = "clinical physician-services"
FORMS = {
    "practitioner_add": None,
    "practitioner_edit": of_practitioner,
    "role_edit": of_practitioner,
    "credential_add": of_practitioner,
    "credential_edit": of_credential,
    "credential_verify": of_credential,
    "credential_file_add": of_credential,
    "credential_file_version": of_credential_file,
    "partner_add": None,
    "partner_edit": of_partner,
}

MATRIX: list[Row] = [
    desk_row("staff:practitioner_list"),
    desk_row("staff:practitioner_detail", args=of_practitioner),
    desk_row("staff:credential_list", allowed=EDITORS),
    desk_row("staff:partner_list"),
    desk_row("staff:credential_request_renewal", allowed=EDITORS, args=of_credential, method="post"),
    desk_row("staff:credential_files", allowed=EDITORS, args=of_credential),
    desk_row("staff:credential_file", allowed=EDITORS, args=of_credential_file),
    desk_row("staff:credential_file_mistake", allowed=EDITORS, args=of_credential_file, method="post"),
    *(
        desk_row(f"staff:{name}", allowed=EDITORS, method=method, **({"args": args} if args else {}))
        for name, args in FORMS.items()
        for method in ("get", "post")
    ),
]
