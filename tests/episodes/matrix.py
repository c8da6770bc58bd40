"""Who gets what at this app's addresses."""

from typing import Any

from accounts.roles import Role
from episodes import services
from tests import factories
from tests.access_matrix import Row, desk_row, of_patient
from tests.world import World

MAY_HAND_OVER = "clinical intake patient-care treatment activities clinician"
MAY_SEE_THE_PATH = f"{MAY_HAND_OVER} clerk"


def of_handoff(world: World) -> list[Any]:
    handoff = services.send_handoff(
        episode=world.episode,
        from_role=Role.INTAKE,
        to_role=Role.PATIENT_CARE,
        next_step="Write the care plan",
        by=world.people[Role.INTAKE],
    )
    return [world.patient.uuid, handoff.uuid]


def of_task(world: World) -> list[Any]:
    """A task of the treatment desk."""
    task = services.add_task(
        patient=world.patient,
        text="Call back",
        role=Role.TREATMENT,
        due_at=world.episode.due_at,
        by=world.people[Role.INTAKE],
    )
    return [task.uuid]


def writes(name: str, allowed: str = MAY_HAND_OVER, forbidden: str = "clerk privacy", **options: Any) -> Row:
    return Row(name, allowed=allowed, forbidden=forbidden, **options)


def only_the_desk(name: str, **options: Any) -> Row:
    """404 for everybody but the desk of the task, colleagues included: it is not on their list."""
    return Row(name, allowed="treatment", args=of_task, **options)


def of_emergency(world: World) -> list[Any]:
    """Of somebody who is on no care team."""
    patient = factories.patient(world.facility, family_name="Unrelated")
    why = {"reason": "emergency", "words": "Found unconscious on the unit"}
    clinician = world.people[Role.CLINICIAN]
    row = services.open_emergency_access(patient=patient, facility=world.facility, by=clinician, **why)
    return [row.uuid]


REVIEWS_NOTHING = "intake patient-care treatment activities physician-services clerk clinician technical"
IN_THE_HOUSE = "clinical intake patient-care treatment activities clerk clinician privacy"
BREAKS_GLASS = "clinical intake patient-care treatment activities clerk clinician"

MATRIX: list[Row] = [
    desk_row("episodes:emergency_start", allowed=BREAKS_GLASS),
    desk_row("episodes:emergency_start", allowed=BREAKS_GLASS, method="post"),
    desk_row("episodes:emergency_list", allowed="clinical privacy"),
    Row("episodes:emergency_review", allowed="clinical privacy", forbidden=REVIEWS_NOTHING, args=of_emergency),
    Row("episodes:emergency_open", allowed=IN_THE_HOUSE, args=of_patient),
    Row("episodes:emergency_end", allowed=IN_THE_HOUSE, args=of_patient, method="post"),
    desk_row("episodes:task_list"),
    only_the_desk("episodes:task_open"),
    only_the_desk("episodes:task_close", method="post"),
    only_the_desk("episodes:task_take", method="post"),
    only_the_desk("episodes:task_give_back", method="post"),
    writes("episodes:task_add", args=of_patient),
    writes("episodes:task_add", args=of_patient, method="post"),
    writes("episodes:next_step_edit", args=of_patient),
    writes("episodes:next_step_edit", args=of_patient, method="post"),
    writes("episodes:baton_pass", args=of_patient),
    writes("episodes:baton_pass", args=of_patient, method="post"),
    writes("episodes:handoff_send", args=of_patient),
    writes("episodes:handoff_send", args=of_patient, method="post"),
    writes("episodes:handoff_detail", allowed=MAY_SEE_THE_PATH, forbidden="privacy", args=of_handoff),
    writes("episodes:handoff_accept", args=of_handoff, method="post"),
    writes("episodes:handoff_return", args=of_handoff),
    writes("episodes:handoff_return", args=of_handoff, method="post"),
    writes("episodes:handoff_withdraw", args=of_handoff, method="post"),
]
