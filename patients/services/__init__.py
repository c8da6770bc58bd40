"""What changes the shared record and who may see it."""

from patients.keys import contact_key, keys_of, sound
from patients.services.care_team import add_care_team_member, end_care_team_member
from patients.services.contacts import (
    add_address,
    add_contact_point,
    add_related_person,
    change_address,
    change_contact_point,
    resume_contact_point,
    retire_contact_point,
    suspend_contact_point,
)
from patients.services.grants import grant, grant_desk, relation_permission, revoke, revoke_desk
from patients.services.merges import mark_not_same, merge, undo_merge
from patients.services.notes import add_addendum, change_note, draft_note, mark_note_in_error, sign_note
from patients.services.record import (
    add_identifier,
    join_facility,
    locked_patient,
    mark_deceased,
    next_record_number,
    register_patient,
    reindex,
    save_patient,
    update_patient,
)
from patients.services.restricted import lift_restriction, restrict_chart
from patients.services.restrictions import (
    agree_restriction,
    ask_restriction,
    end_restriction,
    refuse_restriction,
)
from patients.services.safety import add_allergy, add_flag, end_flag, mark_allergy_in_error

__all__ = [
    "agree_restriction",
    "ask_restriction",
    "end_restriction",
    "refuse_restriction",
    "add_addendum",
    "add_address",
    "add_allergy",
    "add_care_team_member",
    "add_contact_point",
    "add_flag",
    "add_identifier",
    "add_related_person",
    "change_address",
    "change_contact_point",
    "change_note",
    "contact_key",
    "draft_note",
    "end_care_team_member",
    "end_flag",
    "grant",
    "grant_desk",
    "join_facility",
    "lift_restriction",
    "locked_patient",
    "mark_not_same",
    "merge",
    "keys_of",
    "mark_allergy_in_error",
    "mark_deceased",
    "mark_note_in_error",
    "next_record_number",
    "register_patient",
    "reindex",
    "relation_permission",
    "restrict_chart",
    "resume_contact_point",
    "retire_contact_point",
    "revoke",
    "revoke_desk",
    "save_patient",
    "sign_note",
    "sound",
    "suspend_contact_point",
    "undo_merge",
    "update_patient",
]
