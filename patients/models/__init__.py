"""The shared record, and the rows its door reads."""

from patients.models.care_team import CareTeamMember, OutsideCareTeamMember
from patients.models.clinical import AllergyIntolerance, Condition, Encounter, Flag, Note
from patients.models.contacts import Address, ContactPoint
from patients.models.grants import DeskGrant, GrantPeriod, PatientGrant
from patients.models.merges import Merge, NotSamePerson
from patients.models.person import Identifier, Patient, PatientFacility, RelatedPerson, Relation, SearchKey
from patients.models.restrictions import EmergencyAccess, Restriction

__all__ = [
    "Address",
    "AllergyIntolerance",
    "CareTeamMember",
    "Condition",
    "ContactPoint",
    "DeskGrant",
    "EmergencyAccess",
    "Encounter",
    "Flag",
    "GrantPeriod",
    "Identifier",
    "Merge",
    "NotSamePerson",
    "Note",
    "OutsideCareTeamMember",
    "Patient",
    "PatientFacility",
    "PatientGrant",
    "RelatedPerson",
    "Relation",
    "Restriction",
    "SearchKey",
]
