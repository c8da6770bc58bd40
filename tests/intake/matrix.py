"""Who gets what at this app's addresses."""

from typing import Any

from accounts.roles import Role
from core import audit
from intake.models import Coverage, Referral
from tests.access_matrix import Row, desk_row, of_patient
from tests.intake import rows
from tests.world import World

READERS = "clinical intake patient-care clerk clinician"
NOT_READERS = "treatment activities privacy"
OTHERS_THAN_INTAKE = "clinical patient-care treatment activities clerk clinician privacy"
INQUIRY = {"name": "A B", "reach": "5550104477", "reason": "x"}
LISTING = "clinical intake patient-care treatment clerk clinician privacy"


def of_referral(world: World) -> list[Any]:
    referral = Referral(facility=world.facility, patient=world.patient, episode=world.episode)
    referral.response_due_at = world.episode.due_at
    audit.save(referral, by=world.people[Role.INTAKE])
    return [world.patient.uuid, referral.uuid]


def of_coverage(world: World) -> list[Any]:
    coverage: Coverage = rows.coverage(world.patient, world.people[Role.INTAKE])
    return [world.patient.uuid, coverage.uuid]


def of_screening(world: World) -> list[Any]:
    return [world.patient.uuid, rows.screening(world.patient, world.people[Role.INTAKE]).uuid]


def of_instrument(world: World) -> list[Any]:
    return [world.patient.uuid, "phq-9"]


def intake_only(name: str, args: Any = of_patient, **options: Any) -> Row:
    return Row(f"intake:{name}", allowed="intake", forbidden=OTHERS_THAN_INTAKE, args=args, **options)


def read(name: str, args: Any = of_patient, **options: Any) -> Row:
    return Row(f"intake:{name}", allowed=READERS, forbidden=NOT_READERS, args=args, **options)


def write(name: str, args: Any = of_patient, **options: Any) -> Row:
    """Intake, and the care team, which screens again later."""
    forbidden = "clinical treatment activities clerk privacy"
    return Row(f"intake:{name}", allowed="intake patient-care clinician", forbidden=forbidden, args=args, **options)


CALLERS = {"allowed": "intake patient-care", "forbidden": "clinical treatment activities clerk clinician privacy"}

MATRIX: list[Row] = [
    desk_row("intake:referral_list", LISTING),
    desk_row("intake:referral_add", "intake"),
    desk_row(
        "intake:referral_add", "intake", method="post", data={"name": "A B", "reach": "5550104477", "reason": "x"}
    ),
    Row(
        "intake:referral_detail",
        allowed=READERS,
        forbidden=NOT_READERS,
        args=of_referral,
    ),
    Row("intake:referral_call", args=of_referral, **CALLERS),
    Row("intake:referral_call", args=of_referral, method="post", data={"outcome": "spoke"}, **CALLERS),
    intake_only("referral_accept", of_referral, method="post"),
    intake_only("referral_decline", of_referral),
    intake_only("referral_decline", of_referral, method="post", data={"decline_reason": "withdrawn"}),
    read("intake_detail"),
    intake_only("demographics_edit"),
    intake_only("demographics_edit", method="post", data=rows.DEMOGRAPHICS),
    intake_only("coverage_edit"),
    intake_only("coverage_edit", method="post", data={"is_self_pay": "on", "order": "1", "relationship": "self"}),
    intake_only("coverage_edit", of_coverage),
    intake_only("coverage_check", of_coverage),
    intake_only("coverage_check", of_coverage, method="post", data={"via": "phone", "is_active": "yes"}),
    read("interview_edit"),
    read("interview_edit", method="post", data={"action": "draft", "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}),
    read("screening_list"),
    read("screening_detail", of_screening),
    write("screening_add", of_instrument),
    write("screening_add", of_instrument, method="post", data={f"item_{n}": "1" for n in range(1, 10)}),
    write("level_edit"),
    write("level_edit", method="post", data={"action": "recommend"}),
    read("packet_detail"),
    intake_only("packet_detail", method="post"),
]
