"""What the calendar's screens and the desks show."""

from scheduling.selectors.appointments import (
    answers_to,
    appointment_of,
    bookable_practitioners,
    bookable_types,
    bookings_per_practitioner_after,
    next_statuses,
    problems,
    row_of,
    step_back,
    todays_appointments,
)
from scheduling.selectors.arrivals import arrivals
from scheduling.selectors.availability import (
    availability_rows,
    bookings_in,
    closure_rows,
    exception_of,
    exception_row,
    exception_rows,
    hours_rows,
    place_rows,
    rule_of,
    rule_words,
)
from scheduling.selectors.board import Board, day_board, parse_day, week_board
from scheduling.selectors.calls import PAGE_SIZE as CALLS_A_PAGE
from scheduling.selectors.calls import CallList, call_list, call_list_rows, confirmations, is_safe
from scheduling.selectors.columns import practitioners_of, rooms_of
from scheduling.selectors.detail import held_for, joinable, offered_until, overrides_of
from scheduling.selectors.diary import appointments_of, patient_month, patient_week
from scheduling.selectors.feeds import busy_times, feed_of, feeds_of, live_feed, practitioner_of
from scheduling.selectors.finding import earliest, found_times
from scheduling.selectors.holding import open_hold, open_holds
from scheduling.selectors.hours import is_within_hours
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
from scheduling.selectors.resources import equipment_of, interpreters_of, overriders
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
    "Board",
    "CallList",
    "Offer",
    "Slot",
    "answers_to",
    "appointment_of",
    "appointments_of",
    "arrivals",
    "availability_rows",
    "bookable_practitioners",
    "bookable_types",
    "bookings_in",
    "bookings_per_practitioner_after",
    "busy_times",
    "call_list",
    "call_list_rows",
    "closure_rows",
    "code_label",
    "confirmations",
    "day_board",
    "dead_letters",
    "earliest",
    "ends_label",
    "entries_of",
    "entry_of",
    "equipment_of",
    "exception_of",
    "exception_row",
    "exception_rows",
    "feed_of",
    "feeds_of",
    "found_times",
    "free_slots",
    "held_for",
    "hours_rows",
    "interpreters_of",
    "is_safe",
    "is_within_hours",
    "joinable",
    "ledger",
    "ledger_page",
    "live_feed",
    "next_statuses",
    "offer_of",
    "offerable",
    "offered_until",
    "offers",
    "open_hold",
    "open_holds",
    "overriders",
    "overrides_of",
    "parse_day",
    "patient_month",
    "patient_week",
    "place_rows",
    "practitioner_of",
    "practitioners_of",
    "problems",
    "reminder_of",
    "reminder_row",
    "reminders_of",
    "replaceable",
    "rooms_of",
    "row_of",
    "rule_of",
    "rule_words",
    "step_back",
    "todays_appointments",
    "waitlist",
    "waitlist_count",
    "week_board",
]
