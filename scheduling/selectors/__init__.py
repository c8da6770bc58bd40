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
from scheduling.selectors.ledger import (
    call_list_rows,
    code_label,
    confirmations,
    dead_letters,
    ledger,
    reminder_of,
    reminders_of,
)
from scheduling.selectors.offers import Offer, offers
from scheduling.selectors.slots import Slot, free_slots

__all__ = [
    "Offer",
    "Slot",
    "answers_to",
    "appointment_of",
    "appointments_of",
    "bookable_practitioners",
    "bookable_types",
    "bookings_per_practitioner_after",
    "call_list_rows",
    "code_label",
    "confirmations",
    "day_board",
    "dead_letters",
    "free_slots",
    "ledger",
    "next_statuses",
    "offers",
    "parse_day",
    "practitioners_of",
    "problems",
    "reminder_of",
    "reminders_of",
    "rooms_of",
    "row_of",
    "todays_appointments",
    "week_board",
]
