"""Who gets what of care plans, packets and options."""

from tests.access_matrix import Row, desk_row, of_patient
from tests.careplans import scene
from tests.world import World

# Everybody who holds anything for the patient; the others are strangers to him or her.
KNOWN = "clinical intake patient-care treatment activities clerk clinician privacy"
PATH = "clinical intake patient-care treatment activities clinician"
READS_PLAN = "clinical patient-care treatment clinician clerk"
READS_PACKET = "clinical patient-care treatment clinician clerk"
READS_OPTIONS = "clinical patient-care treatment clinician clerk"


def but(allowed: str) -> dict[str, str]:
    """Those roles get an answer, the others who know the patient 403."""
    return {"allowed": allowed, "forbidden": " ".join(set(KNOWN.split()) - set(allowed.split()))}


def with_plan(world: World) -> list:
    return [scene.world_plan(world).patient.uuid]


def problem(world: World) -> list:
    return [world.patient.uuid, scene.leaf(scene.world_plan(world)).objective.goal.problem.uuid]


def goal(world: World) -> list:
    return [world.patient.uuid, scene.leaf(scene.world_plan(world)).objective.goal.uuid]


def objective(world: World) -> list:
    return [world.patient.uuid, scene.leaf(scene.world_plan(world)).objective.uuid]


def intervention(world: World) -> list:
    return [world.patient.uuid, scene.leaf(scene.world_plan(world)).uuid]


def packet(world: World) -> list:
    return [world.patient.uuid, scene.world_packet(world).uuid]


def draft(world: World) -> list:
    return [world.patient.uuid, scene.draft(world.patient, world.people["clinician"]).uuid]


def with_packet(world: World) -> list:
    return [scene.world_packet(world).patient.uuid]


def option(world: World) -> list:
    return [world.patient.uuid, scene.option(scene.world_packet(world), world.people["treatment"]).uuid]


def presentation(world: World) -> list:
    return [world.patient.uuid, scene.world_presentation(world).uuid]


C = "careplans:"
PLAN_WRITER = but("patient-care")
OPTION_WRITER = but("treatment")
PACKET_WRITER = but("clinician")

MATRIX: list[Row] = [
    desk_row(f"{C}acknowledgement_list"),
    Row(f"{C}plan_detail", args=with_plan, **but(READS_PLAN)),
    Row(f"{C}plan_pdf", args=with_plan, **but(READS_PLAN)),
    Row(f"{C}assessment_pdf", args=packet, **but(READS_PACKET)),
    Row(f"{C}plan_start", args=of_patient, method="post", **PLAN_WRITER),
    Row(f"{C}plan_edit", args=with_plan, **PLAN_WRITER),
    Row(f"{C}plan_share", args=with_plan, method="post", **PLAN_WRITER),
    Row(f"{C}plan_acknowledge", args=with_plan, method="post", **but(PATH)),
    Row(f"{C}plan_extract", args=with_plan, **but("activities")),
    Row(f"{C}library_insert", args=with_plan, method="post", data={"key": "housing"}, **PLAN_WRITER),
    Row(f"{C}problem_add", args=with_plan, **PLAN_WRITER),
    Row(f"{C}goal_add", args=problem, **PLAN_WRITER),
    Row(f"{C}objective_add", args=goal, **PLAN_WRITER),
    Row(f"{C}intervention_add", args=objective, **PLAN_WRITER),
    Row(f"{C}problem_edit", args=problem, **PLAN_WRITER),
    Row(f"{C}goal_edit", args=goal, **PLAN_WRITER),
    Row(f"{C}objective_edit", args=objective, **PLAN_WRITER),
    Row(f"{C}intervention_edit", args=intervention, **PLAN_WRITER),
    Row(f"{C}problem_remove", args=problem, **PLAN_WRITER),
    Row(f"{C}goal_remove", args=goal, **PLAN_WRITER),
    Row(f"{C}objective_remove", args=objective, **PLAN_WRITER),
    Row(f"{C}intervention_remove", args=intervention, **PLAN_WRITER),
    Row(f"{C}problem_move", args=problem, method="post", **PLAN_WRITER),
    Row(f"{C}goal_move", args=goal, method="post", **PLAN_WRITER),
    Row(f"{C}objective_move", args=objective, method="post", **PLAN_WRITER),
    Row(f"{C}intervention_move", args=intervention, method="post", **PLAN_WRITER),
    Row(f"{C}assessment_request", args=of_patient, **PLAN_WRITER),
    Row(f"{C}assessment_add", args=of_patient, **PACKET_WRITER),
    Row(f"{C}assessment_detail", args=packet, **but(READS_PACKET)),
    Row(f"{C}assessment_edit", args=draft, **PACKET_WRITER),
    Row(f"{C}assessment_send", args=draft, method="post", **PACKET_WRITER),
    Row(f"{C}assessment_receive", args=packet, method="post", **OPTION_WRITER),
    Row(f"{C}option_list", args=of_patient, **but(READS_OPTIONS)),
    Row(f"{C}option_add", args=with_packet, **OPTION_WRITER),
    Row(f"{C}option_edit", args=option, **OPTION_WRITER),
    Row(f"{C}option_withdraw", args=option, method="post", **OPTION_WRITER),
    Row(f"{C}presentation_start", args=of_patient, method="post", **OPTION_WRITER),
    Row(f"{C}presentation_detail", args=presentation, **but(READS_OPTIONS)),
    Row(f"{C}presentation_accept", args=presentation, method="post", **OPTION_WRITER),
    Row(f"{C}presentation_decline", args=presentation, method="post", **OPTION_WRITER),
]
