"""Which desk a role has, and the one action its people come for most."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import Facility, User
from accounts.roles import Role
from desks.selectors import (
    activities,
    clerk,
    clinical,
    clinician,
    intake,
    patient_care,
    physician_services,
    privacy,
    technical,
    treatment,
)
from desks.selectors.tiles import Tile


@dataclass(frozen=True)
class Desk:
    """A role's home page. `view` is where its button leads."""

    tiles: Callable[[User, Facility], list[Tile]]
    view: str
    label: str
    icon: str


DESKS = {
    Role.CLINICAL_COORDINATOR: Desk(clinical.tiles, "admin:index", "Open the board", "gauge"),
    Role.INTAKE: Desk(intake.tiles, "intake:referral_add", "Add inquiry", "plus"),
    Role.PATIENT_CARE: Desk(patient_care.tiles, "desks:patient_list", "My people", "users"),
    Role.TREATMENT: Desk(treatment.tiles, "scheduling:day", "Schedule", "calendar-days"),
    Role.ACTIVITIES: Desk(activities.tiles, "activities:session_add", "Add session", "plus"),
    Role.PHYSICIAN_SERVICES: Desk(physician_services.tiles, "staff:practitioner_list", "Directory", "stethoscope"),
    Role.CLERK: Desk(clerk.tiles, "records:submission_list", "Envelopes", "mails"),
    Role.CLINICIAN: Desk(clinician.tiles, "scheduling:day", "Schedule", "calendar-days"),
    Role.PRIVACY_OFFICER: Desk(privacy.tiles, "scheduling:reminder_list", "Reminders", "mail-check"),
    Role.TECHNICAL: Desk(technical.tiles, "admin:index", "Open setup", "settings"),
}


def in_order(roles: Iterable[str]) -> list[Role]:
    """The roles in the order of the path."""
    held = set(roles)
    return [role for role in Role if role.value in held]
