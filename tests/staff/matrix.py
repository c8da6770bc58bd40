"""Who gets what at this app's addresses."""

from typing import Any

from core import audit
from staff.models import Credential, PartnerOrganization, PractitionerRole
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


EDITORS = "clinical physician-services"
FORMS = {
    "practitioner_add": None,
    "practitioner_edit": of_practitioner,
    "role_edit": of_practitioner,
    "credential_add": of_practitioner,
    "credential_edit": of_credential,
    "credential_verify": of_credential,
    "partner_add": None,
    "partner_edit": of_partner,
}

MATRIX: list[Row] = [
    desk_row("staff:practitioner_list"),
    desk_row("staff:practitioner_detail", args=of_practitioner),
    desk_row("staff:credential_list", allowed=EDITORS),
    desk_row("staff:partner_list"),
    desk_row("staff:credential_request_renewal", allowed=EDITORS, args=of_credential, method="post"),
    *(
        desk_row(f"staff:{name}", allowed=EDITORS, method=method, **({"args": args} if args else {}))
        for name, args in FORMS.items()
        for method in ("get", "post")
    ),
]
