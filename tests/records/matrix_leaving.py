"""Who gets what at the addresses of disclosures and of what people ask of the record."""

from typing import Any

from django.utils import timezone

from accounts.roles import Role
from records.services.amendments import receive_amendment
from records.services.counseling import write_counseling_note
from records.services.disclosures import disclose_in_emergency
from records.services.releases import Wanted, receive_request
from tests.access_matrix import Row, desk_row, of_patient
from tests.world import World

DISCLOSERS = "clinical intake patient-care treatment clerk clinician privacy"
SEES_ALL = {"allowed": "clinical clerk privacy", "forbidden": "intake patient-care treatment activities clinician"}
TELLS = {"allowed": "intake patient-care treatment clerk clinician", "forbidden": "clinical activities privacy"}


def of_disclosure(world: World) -> list[Any]:
    row = disclose_in_emergency(
        patient=world.patient, facility=world.facility, recipient_name="Dr. Ames", affiliation="City Hospital",
        contact="555 0101", emergency="Found unconscious", told="Allergies", data_classes=["assessment"],
        channel="spoken", by=world.people[Role.CLERK],
    )  # fmt: skip
    return [world.patient.uuid, row.uuid]


MATRIX: list[Row] = [
    desk_row("records:disclosure_register", allowed="clinical clerk privacy"),
    Row("records:disclosure_list", allowed=DISCLOSERS, forbidden="activities", args=of_patient),
    # Who sees no more than one's own does not learn that another's is there.
    Row("records:disclosure_detail", allowed="clinical clerk privacy", forbidden="activities", args=of_disclosure),
    Row("records:disclosure_correct", allowed="clerk", forbidden="clinical activities privacy", args=of_disclosure),
    Row(
        "records:disclosure_correct",
        allowed="clerk",
        forbidden="clinical activities privacy",
        args=of_disclosure,
        method="post",
    ),
    Row("records:disclosure_emergency", args=of_patient, **TELLS),
    Row("records:disclosure_emergency", args=of_patient, method="post", **TELLS),
    Row("records:disclosure_accounting", args=of_patient, **SEES_ALL),
    Row("records:disclosure_accounting_pdf", args=of_patient, **SEES_ALL),
]


def of_release(world: World, kind: str = "access", purpose: str = "patient-request") -> list[Any]:
    wanted = Wanted(kind, "Marisol Rivera", "Marisol Rivera", purpose, ("identity",))
    clerk = world.people[Role.CLERK]
    release = receive_request(patient=world.patient, facility=world.facility, wanted=wanted, by=clerk)
    return [world.patient.uuid, release.uuid]


def of_legal_release(world: World) -> list[Any]:
    return of_release(world, "legal", "legal")


CLERK = {"allowed": "clerk", "forbidden": "clinical intake patient-care treatment activities clinician privacy"}
APPROVES = {"allowed": "privacy", "forbidden": "clinical intake patient-care treatment activities clinician clerk"}
ACTS = ("edit", "extend", "fee", "court", "deny")

MATRIX += [
    desk_row("records:release_list", allowed="clerk privacy"),
    Row("records:release_add", args=of_patient, **CLERK),
    Row("records:release_add", args=of_patient, method="post", **CLERK),
    *(Row(f"records:release_{act}", args=of_release, **CLERK) for act in ACTS),
    *(Row(f"records:release_{act}", args=of_release, method="post", **CLERK) for act in (*ACTS, "take", "withdraw")),
    Row("records:release_approve", args=of_legal_release, method="post", **APPROVES),
]


def of_amendment(world: World) -> list[Any]:
    row = receive_amendment(
        patient=world.patient, facility=world.facility, subject="Note of 3 May", wanted="Two glasses", reason="",
        by=world.people[Role.CLERK],
    )  # fmt: skip
    return [world.patient.uuid, row.uuid]


def of_counseling_note(world: World) -> list[Any]:
    note = write_counseling_note(
        patient=world.patient, facility=world.facility, text="Said in confidence.", session_at=timezone.now(),
        by=world.people[Role.CLINICIAN],
    )  # fmt: skip
    return [world.patient.uuid, note.uuid]


AUTHOR = {"allowed": "clinician", "forbidden": "clinical intake patient-care treatment activities clerk privacy"}
ANSWERS = ("extend", "accept", "deny", "disagree", "rebut")

MATRIX += [
    desk_row("records:amendment_list", allowed="clerk"),
    Row("records:amendment_add", args=of_patient, **CLERK),
    Row("records:amendment_add", args=of_patient, method="post", **CLERK),
    Row("records:amendment_detail", args=of_amendment, **SEES_ALL),
    *(Row(f"records:amendment_{act}", args=of_amendment, **CLERK) for act in ANSWERS),
    *(Row(f"records:amendment_{act}", args=of_amendment, method="post", **CLERK) for act in (*ANSWERS, "withdraw")),
    Row(
        "records:counseling_list",
        args=of_patient,
        allowed="clinical patient-care clinician privacy",
        forbidden="intake treatment activities clerk",
    ),
    Row("records:counseling_add", args=of_patient, **AUTHOR),
    Row("records:counseling_add", args=of_patient, method="post", **AUTHOR),
    Row("records:counseling_detail", args=of_counseling_note, **AUTHOR),
    Row("records:counseling_edit", args=of_counseling_note, **AUTHOR),
    Row("records:counseling_edit", args=of_counseling_note, method="post", **AUTHOR),
    Row("records:counseling_sign", args=of_counseling_note, method="post", **AUTHOR),
    Row("records:counseling_error", args=of_counseling_note, method="post", **AUTHOR),
]
