"""A request in hand opens the record to the desk that answers it, and closes it again with the last one."""

from accounts.models import Facility
from accounts.roles import Role
from patients import services as patients
from patients.models import Patient, Relation
from records.selectors.inhand import desks_in_need


def take_in_hand(patient: Patient, facility: Facility, *roles: Role) -> None:
    """Let these desks read what a request in hand lets them read."""
    for role in roles:
        patients.grant_desk(patient=patient, facility=facility, role=role, relation=Relation.REQUEST)


def let_go(patient: Patient, facility: Facility) -> None:
    """Close the record again to each desk that has nothing of this person in hand. Call it under the patient's lock."""
    needed = desks_in_need(patient, facility)
    for role in (Role.CLERK, Role.PRIVACY_OFFICER):
        if role not in needed:
            patients.revoke_desk(patient=patient, facility=facility, role=role, relation=Relation.REQUEST)
