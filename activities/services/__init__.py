"""What changes programs, enrolments, sessions and attendance."""

from activities.services.attendance import Line, Mark, record_attendance, save_notes, save_sheet, sign_session
from activities.services.enrolments import end_enrolment, enrol
from activities.services.programs import save_program
from activities.services.roster import add_to_roster, remove_from_roster
from activities.services.sessions import cancel_session, plan_sessions

__all__ = [
    "Line",
    "Mark",
    "add_to_roster",
    "cancel_session",
    "end_enrolment",
    "enrol",
    "plan_sessions",
    "record_attendance",
    "remove_from_roster",
    "save_notes",
    "save_program",
    "save_sheet",
    "sign_session",
]
