"""Who gets what at this app's addresses."""

from typing import Any

from accounts.roles import Role
from patients import services
from patients.models import Note
from tests import factories
from tests.access_matrix import Row, desk_row, of_patient
from tests.world import World

IN_THE_HOUSE = "clinical intake patient-care treatment activities clerk clinician privacy"


def but(*allowed: str) -> dict[str, str]:
    """Those who get an answer, and the colleagues who may see the patient but not this."""
    names = {name for group in allowed for name in group.split()}
    return {"allowed": " ".join(names), "forbidden": " ".join(set(IN_THE_HOUSE.split()) - names)}


def a_contact(world: World) -> list[Any]:
    row = services.add_contact_point(
        patient=world.patient, system="phone", value="212 555 0142", by=world.people[Role.INTAKE]
    )
    return [world.patient.uuid, row.uuid]


def an_allergy(world: World) -> list[Any]:
    row = services.add_allergy(patient=world.patient, substance="Penicillin", by=world.people[Role.INTAKE])
    return [world.patient.uuid, row.uuid]


def a_restriction(world: World) -> list[Any]:
    row = services.ask_restriction(
        patient=world.patient, facility=world.facility, kind="disclosure", words="Not to my brother.",
        by=world.people[Role.CLERK],
    )  # fmt: skip
    return [world.patient.uuid, row.uuid]


def a_flag(world: World) -> list[Any]:
    row = services.add_flag(patient=world.patient, category="safety", text="Falls", by=world.people[Role.INTAKE])
    return [world.patient.uuid, row.uuid]


def a_signed_note(world: World) -> list[Any]:
    author = world.people[Role.CLINICIAN]
    note = services.draft_note(patient=world.patient, text="Slept well.", by=author)
    return [world.patient.uuid, services.sign_note(note=note, by=author).uuid]


def a_draft(world: World) -> list[Any]:
    """Another's draft is not there for a colleague, so only its author gets an answer."""
    note = services.draft_note(patient=world.patient, text="Slept well.", by=world.people[Role.CLINICIAN])
    return [world.patient.uuid, Note.objects.get(pk=note.pk).uuid]


def a_team_member(world: World) -> list[Any]:
    return [world.patient.uuid, world.patient.care_team.get(role=Role.ACTIVITIES).uuid]


INTAKE_ONLY = but("intake")
CONTACT = but("intake patient-care treatment")
SAFETY = but("intake patient-care clinician")
NOTES_READ = but("clinical patient-care clinician clerk")
NOTES_WRITE = but("patient-care clinician")
TEAM = but("clinical intake patient-care treatment activities clinician")
TEAM_READ = but("clinical intake patient-care treatment activities clinician clerk")


def a_pair(world: World) -> list[Any]:
    return [world.patient.uuid, factories.patient(world.facility, record_number="OTHER").uuid]


def a_merge(world: World) -> list[Any]:
    other = factories.patient(world.facility, record_number="OTHER")
    row = services.merge(survivor=world.patient, duplicate=other, reason="Same card", by=world.people[Role.INTAKE])
    return [world.patient.uuid, row.uuid]


# A colleague who may see this person but not that one learns nothing of the other.
LOOKS = but("clinical intake")

MATRIX: list[Row] = [
    desk_row("patients:access_explain", allowed="clinical privacy"),
    desk_row("patients:access_explain", allowed="clinical privacy", method="post"),
    desk_row("patients:duplicate_list", allowed="clinical intake"),
    Row("patients:duplicate_compare", args=a_pair, **LOOKS),
    Row("patients:duplicate_dismiss", args=a_pair, method="post", **INTAKE_ONLY),
    Row("patients:merge", args=a_pair, **INTAKE_ONLY),
    Row("patients:merge", args=a_pair, method="post", **INTAKE_ONLY),
    Row("patients:merge_undo", args=a_merge, method="post", **INTAKE_ONLY),
    desk_row("patients:log_list", allowed="clinical privacy"),
    desk_row("patients:log_export", allowed="clinical privacy"),
    desk_row("patients:breach_scope", allowed="clinical privacy"),
    desk_row("patients:breach_export", allowed="clinical privacy"),
    Row("patients:who_looked", **but("clinical privacy"), args=of_patient),
    Row("patients:who_looked_print", **but("clinical privacy"), args=of_patient),
    desk_row("patients:restricted_list", allowed="clinical privacy"),
    desk_row("patients:restricted_list", allowed="clinical privacy", method="post"),
    Row("patients:restricted_edit", args=of_patient, **but("clinical privacy")),
    Row("patients:restricted_edit", args=of_patient, method="post", **but("clinical privacy")),
    Row("patients:restriction_add", args=of_patient, **but("intake patient-care clerk")),
    Row("patients:restriction_add", args=of_patient, method="post", **but("intake patient-care clerk")),
    Row("patients:restriction_answer", args=a_restriction, **but("clinical privacy clerk")),
    Row("patients:restriction_answer", args=a_restriction, method="post", **but("clinical privacy clerk")),
    Row("patients:restriction_end", args=a_restriction, method="post", **but("clinical privacy clerk")),
    Row("patients:patient_edit", args=of_patient, **INTAKE_ONLY),
    Row("patients:patient_deceased", args=of_patient, **INTAKE_ONLY),
    Row("patients:contact_point_add", args=of_patient, **CONTACT),
    Row("patients:contact_point_edit", args=a_contact, **CONTACT),
    Row("patients:contact_point_retire", args=a_contact, method="post", **CONTACT),
    Row("patients:contact_point_resume", args=a_contact, method="post", **CONTACT),
    Row("patients:address_edit", args=of_patient, **CONTACT),
    Row("patients:related_person_add", args=of_patient, **CONTACT),
    Row("patients:allergy_add", args=of_patient, **SAFETY),
    Row("patients:allergy_error", args=an_allergy, method="post", **SAFETY),
    Row("patients:flag_add", args=of_patient, **SAFETY),
    Row("patients:flag_end", args=a_flag, method="post", **SAFETY),
    Row("patients:note_list", args=of_patient, **NOTES_READ),
    Row("patients:note_add", args=of_patient, **NOTES_WRITE),
    Row(
        "patients:note_edit", args=a_draft, allowed="clinician",
        forbidden=but("clinician patient-care")["forbidden"],
    ),
    Row(
        "patients:note_sign", args=a_draft, method="post", allowed="clinician",
        forbidden=but("clinician patient-care")["forbidden"],
    ),
    Row("patients:note_addendum", args=a_signed_note, **NOTES_WRITE),
    Row("patients:note_error", args=a_signed_note, method="post", **NOTES_WRITE),
    Row("patients:care_team", args=of_patient, **TEAM_READ),
    Row("patients:care_team_add", args=of_patient, method="post", **TEAM),
    Row("patients:care_team_end", args=a_team_member, method="post", **TEAM),
]  # fmt: skip
