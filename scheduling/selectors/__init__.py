"""What the calendar's screens and the desks show."""

from scheduling.selectors.appointments import (
    answers_to,
    appointment_of,
    appointments_of,
    bookable_practitioners,
    bookable_types,
    bookings_per_practitioner_after,
    next_statuses,
    problems,
    row_of,
    todays_appointments,
)
from scheduling.selectors.board import day_board, parse_day, practitioners_of, rooms_of, week_board
from scheduling.selectors.calls import PAGE_SIZE as CALLS_A_PAGE
from scheduling.selectors.calls import CallList, call_list, call_list_rows, confirmations, is_safe
from scheduling.selectors.ledger import (
    DEAD,
    FIRST_ROWS,
    code_label,
    dead_letters,
    ledger,
    ledger_page,
    reminder_of,
    reminder_row,
    reminders_of,
)
from scheduling.selectors.ledger import PAGE_SIZE as LEDGER_A_PAGE
from scheduling.selectors.offers import Offer, offers
from scheduling.selectors.slots import Slot, free_slots
from scheduling.selectors.waitlist import (
    ends_label,
    entries_of,
    entry_of,
    offer_of,
    offerable,
    replaceable,
    waitlist,
    waitlist_count,
)

__all__ = [
    "CALLS_A_PAGE",
    "DEAD",
    "FIRST_ROWS",
    "LEDGER_A_PAGE",
    "CallList",
    "Offer",
    "Slot",
    "answers_to",
    "appointment_of",
    "appointments_of",
    "bookable_practitioners",
    "bookable_types",
    "bookings_per_practitioner_after",
    "call_list",
    "call_list_rows",
    "code_label",
    "confirmations",
    "day_board",
    "dead_letters",
    "ends_label",
    "entries_of",
    "entry_of",
    "free_slots",
    "is_safe",
    "ledger",
    "ledger_page",
    "next_statuses",
    "offer_of",
    "offerable",
    "offers",
    "parse_day",
    "practitioners_of",
    "problems",
    "reminder_of",
    "reminder_row",
    "reminders_of",
    "replaceable",
    "rooms_of",
    "row_of",
    "todays_appointments",
    "waitlist",
    "waitlist_count",
    "week_board",
]
