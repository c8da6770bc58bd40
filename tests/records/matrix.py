"""Who gets what at this app's addresses."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.roles import Role
from episodes.models import EpisodeOfCare
from records import services
from records.models import ChartRule, Document, RecordSubmission
from tests.access_matrix import Row, desk_row, of_patient
from tests.records import matrix_consents, matrix_leaving
from tests.records.bring import photograph, upload
from tests.uploads import picture
from tests.world import World

OTHERS = "clinical intake patient-care treatment activities clinician privacy"


def paper(world: World) -> Document:
    return services.create_document(
        patient=world.patient,
        facility=world.facility,
        kind=Document.Kind.INTAKE_PACKET,
        title="Intake packet",
        text="A packet.",
        by=world.people[Role.INTAKE],
    )


def envelope(world: World) -> RecordSubmission:
    intake = world.people[Role.INTAKE]
    return services.submit_record(
        patient=world.patient, facility=world.facility, documents=[paper(world)], page_count=1, by=intake
    )


def of_envelope(world: World) -> list[Any]:
    return [world.patient.uuid, envelope(world).uuid]


def of_paper(world: World) -> list[Any]:
    return [world.patient.uuid, envelope(world).documents.get().uuid]


def of_consent(world: World) -> list[Any]:
    consent = services.decline_channel(patient=world.patient, facility=world.facility, by=world.people[Role.INTAKE])
    return [world.patient.uuid, consent.uuid]


def of_upload(world: World) -> list[Any]:
    """One's own upload for those who see their own; in an envelope for the clerk."""
    document = upload(world.patient, world.facility, world.people[Role.INTAKE], content=picture(), name="a.png")
    services.submit_record(
        patient=world.patient, facility=world.facility, documents=[document], page_count=1, by=document.author
    )
    return [world.patient.uuid, document.uuid]


def of_photo(world: World) -> list[Any]:
    return [world.patient.uuid, photograph(world.patient, world.facility, world.people[Role.INTAKE]).uuid]


# Those who see their own papers alone do not learn that another's is there (404).
READS = {"allowed": "clinical intake patient-care clerk clinician", "forbidden": "privacy"}
LISTS = {"allowed": "clinical intake patient-care treatment activities clerk clinician", "forbidden": "privacy"}
ADDS = {"allowed": "intake patient-care treatment activities clinician", "forbidden": "clinical clerk privacy"}
CHANGES = {"allowed": "intake patient-care clerk clinician", "forbidden": "clinical privacy"}


def rule(world: World) -> ChartRule:
    row = ChartRule(facility=world.facility, step="screened", within_hours=1, owed_by=Role.INTAKE)
    services.save_chart_rule(rule=row, by=world.people[Role.CLINICAL_COORDINATOR])
    EpisodeOfCare.objects.filter(pk=world.episode.pk).update(starts_at=timezone.now() - timedelta(days=1))
    return row


def of_rule(world: World) -> list[Any]:
    return [rule(world).uuid]


def of_missing(world: World) -> list[Any]:
    return [world.patient.uuid, rule(world).uuid]


# What a complete chart holds is the facility's: at another there is no such rule.
MINE = frozenset({200, 302, 404, 409, 422})
RULES = {"allowed": "clinical privacy"}
CLERK = {"allowed": "clerk", "forbidden": OTHERS, "args": of_envelope, "method": "post"}

MATRIX: list[Row] = [
    Row(
        "records:document_list",
        allowed="clinical intake patient-care treatment activities clerk clinician",
        forbidden="privacy",
        args=of_patient,
    ),
    # Those who see their own papers alone do not learn that another's is there.
    Row(
        "records:document_detail",
        allowed="clinical intake patient-care clerk clinician",
        forbidden="privacy",
        args=of_paper,
    ),
    Row("records:document_search", args=of_patient, method="post", data={"words": "packet"}, **LISTS),
    Row("records:document_pdf", args=of_paper, **READS),
    Row("records:document_file", args=of_upload, **READS),
    Row("records:document_thumbnail", args=of_upload, **READS),
    Row("records:document_add", args=of_patient, **ADDS),
    Row("records:document_add", args=of_patient, method="post", **ADDS),
    Row(
        "records:document_version",
        args=of_upload,
        allowed="intake patient-care clinician",
        forbidden="clinical clerk privacy",
    ),
    Row("records:document_index", args=of_upload, **CHANGES),
    Row("records:document_index", args=of_upload, method="post", **CHANGES),
    Row("records:document_mistake", args=of_upload, method="post", data={"mistake": "twice"}, **CHANGES),
    Row("records:photo_list", args=of_patient, **LISTS),
    Row("records:photo_add", args=of_patient, **ADDS),
    Row("records:photo_add", args=of_patient, method="post", **ADDS),
    Row(
        "records:photo_series",
        args=of_photo,
        allowed="clinical intake patient-care clinician",
        forbidden="privacy",
    ),
    Row(
        "records:channel_detail",
        allowed="clinical intake patient-care clerk clinician privacy",
        forbidden="treatment activities",
        args=of_patient,
    ),
    desk_row("records:chart_list", allowed="clinical clerk"),
    desk_row("records:rule_list", **RULES),
    desk_row("records:rule_add", **RULES),
    desk_row("records:rule_add", method="post", **RULES),
    desk_row("records:rule_usual", method="post", **RULES),
    desk_row("records:rule_edit", args=of_rule, answers=MINE, **RULES),
    desk_row("records:rule_edit", args=of_rule, method="post", answers=MINE, **RULES),
    desk_row("records:rule_retire", args=of_rule, method="post", answers=MINE, **RULES),
    Row(
        "records:chart_ask",
        args=of_missing,
        method="post",
        allowed="clinical patient-care clerk clinician",
        forbidden="intake treatment activities privacy",
    ),
    desk_row("records:submission_list", allowed="clerk intake patient-care treatment activities"),
    Row(
        "records:submission_add",
        allowed="intake patient-care treatment activities",
        forbidden="clinical clerk clinician privacy",
        args=of_patient,
    ),
    Row(
        "records:submission_add",
        allowed="intake patient-care treatment activities",
        forbidden="clinical clerk clinician privacy",
        args=of_patient,
        method="post",
    ),
    Row(
        "records:submission_detail",
        allowed="intake patient-care clerk",
        forbidden="clinical clinician privacy",
        args=of_envelope,
    ),
    Row("records:submission_accept", **CLERK),
    Row("records:submission_file", **CLERK),
    Row("records:submission_return", **CLERK),
    *matrix_consents.MATRIX,
    *matrix_leaving.MATRIX,
]
