"""Who gets what of programs, sessions and attendance."""

from dataclasses import dataclass

from tests.access_matrix import Row, desk_row, of_patient
from tests.activities import scene
from tests.world import World

KNOWN = "clinical intake patient-care treatment activities clerk clinician privacy"
READS = "clinical patient-care treatment activities clerk clinician"  # the treatment desk sees counts


def but(allowed: str) -> dict[str, str]:
    """Those roles get an answer, the others who know the patient 403."""
    return {"allowed": allowed, "forbidden": " ".join(set(KNOWN.split()) - set(allowed.split()))}


@dataclass
class HouseRow(Row):
    """A row of one house: the same desk of another house does not find it."""

    about_patient: bool = False

    def expects(self, role: str, *, stranger: bool = False) -> int | None:
        return 404 if stranger and role in self.allowed.split() else super().expects(role, stranger=stranger)


def program(world: World) -> list:
    return [scene.world_program(world).uuid]


def session(world: World) -> list:
    return [scene.world_session(world).uuid]


def attendance(world: World) -> list:
    row = scene.world_session(world)
    return [row.uuid, row.attendances.get().uuid]


def enrolment(world: World) -> list:
    return [world.patient.uuid, scene.world_enrolment(world).uuid]


def person(world: World) -> dict:
    return {"person": str(world.patient.uuid)}


A = "activities:"
DESK = "activities"

MATRIX: list[Row] = [
    desk_row(f"{A}program_list", DESK),
    desk_row(f"{A}program_add", DESK),
    desk_row(f"{A}session_list", DESK),
    desk_row(f"{A}session_add", DESK),
    HouseRow(f"{A}program_detail", DESK, args=program),
    HouseRow(f"{A}program_edit", DESK, args=program),
    HouseRow(f"{A}program_choose", DESK, args=program),
    HouseRow(f"{A}session_detail", DESK, args=session),
    HouseRow(f"{A}attendance_record", DESK, args=attendance, method="post"),
    HouseRow(f"{A}note_save", DESK, args=session, method="post"),
    HouseRow(f"{A}note_sign", DESK, args=session),
    HouseRow(f"{A}roster_add", DESK, args=session, method="post", data=person),
    HouseRow(f"{A}roster_remove", DESK, args=attendance, method="post"),
    HouseRow(f"{A}session_cancel", DESK, args=session, method="post", data={"reason": "The leader is ill"}),
    Row(f"{A}patient_activity", args=of_patient, **but(READS)),
    Row(f"{A}enrolment_add", args=of_patient, **but(DESK)),
    Row(f"{A}enrolment_end", args=enrolment, **but(DESK)),
]
