"""Who gets what at the addresses of consents, the notice and the forms."""

from typing import Any

from accounts.roles import Role
from records import selectors, services
from records.models import Consent
from tests.access_matrix import Row, desk_row, of_patient
from tests.records import consent_rows
from tests.world import World

READERS = {"allowed": "clinical intake patient-care clerk clinician privacy", "forbidden": "treatment activities"}
WRITERS = {"allowed": "intake patient-care clerk", "forbidden": "clinical treatment activities clinician privacy"}

KEEPERS = "clinical privacy"
OF_OURS = frozenset({200, 302, 404})  # at another facility it is not there
# The page asks for the birth date, and not too often from one address.
OF_A_LINK = frozenset({200, 422, 429})


def draft(world: World) -> Consent:
    return consent_rows.draft(world.patient, world.facility, world.people[Role.INTAKE])


def of_draft(world: World) -> list[Any]:
    return [world.patient.uuid, draft(world).uuid]


def of_active(world: World) -> list[Any]:
    consent = consent_rows.active(
        world.patient, world.facility, world.people[Role.INTAKE], ends_with_care=False, expiry_event="The end"
    )
    return [world.patient.uuid, consent.uuid]


def of_form(world: World) -> list[Any]:
    services.ensure_default_forms(facility=world.facility, by=None)
    return [selectors.form_in_use(world.facility, "tpo").uuid]


def of_notice(world: World) -> list[Any]:
    services.ensure_default_forms(facility=world.facility, by=None)
    return [selectors.notice_in_use(world.facility).uuid]


def of_kind(world: World) -> list[Any]:
    return ["tpo", "en"]


def of_link(world: World) -> list[Any]:
    return [services.make_link(consent=draft(world), by=world.people[Role.INTAKE])]


MATRIX: list[Row] = [
    Row("records:consent_list", args=of_patient, **READERS),
    Row("records:consent_detail", args=of_active, **READERS),
    Row("records:consent_add", args=of_patient, **WRITERS),
    Row("records:consent_add", args=of_patient, method="post", data={"category": "tpo"}, **WRITERS),
    Row("records:consent_edit", args=of_draft, **WRITERS),
    Row("records:consent_edit", args=of_draft, method="post", **WRITERS),
    Row("records:consent_preview", args=of_draft, method="post", **WRITERS),
    Row("records:consent_sign", args=of_draft, **WRITERS),
    Row("records:consent_sign", args=of_draft, method="post", **WRITERS),
    Row("records:consent_link", args=of_draft, method="post", **WRITERS),
    Row("records:consent_decline", args=of_draft, method="post", **WRITERS),
    Row("records:consent_discard", args=of_draft, method="post", **WRITERS),
    Row("records:consent_event", args=of_active, method="post", **WRITERS),
    Row("records:notice_give", args=of_patient, **WRITERS),
    Row("records:notice_give", args=of_patient, method="post", **WRITERS),
    Row("consentlink:consent", args=of_link, public=True, answers=OF_A_LINK),
    Row("consentlink:consent", args=of_link, method="post", public=True, answers=OF_A_LINK),
    desk_row("records:consent_due", "intake patient-care clerk"),
    desk_row("records:form_list", KEEPERS),
    desk_row("records:form_defaults", KEEPERS, method="post"),
    desk_row("records:notice_version_add", KEEPERS),
    desk_row("records:notice_version_add", KEEPERS, method="post"),
    desk_row("records:notice_version_detail", KEEPERS, args=of_notice, answers=OF_OURS),
    desk_row("records:form_detail", KEEPERS, args=of_form, answers=OF_OURS),
    desk_row("records:form_retire", KEEPERS, args=of_form, method="post", answers=OF_OURS),
    desk_row("records:form_add", KEEPERS, args=of_kind),
    desk_row("records:form_add", KEEPERS, args=of_kind, method="post"),
]
