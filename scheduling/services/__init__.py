"""What changes the calendar, and what it owes to patients."""

from scheduling.services.answers import log_call, opt_out, record_answer
from scheduling.services.attendance import set_status
from scheduling.services.booking import (
    add_seat,
    book_appointment,
    book_group,
    cancel_appointment,
    move_appointment,
    remove_seat,
)
from scheduling.services.deadletters import resolve_reminder
from scheduling.services.queue import queue_reminders, withdraw_reminders
from scheduling.services.sending import send_due_reminders
from scheduling.services.waitlist import add_to_waitlist, change_entry, close_met_wishes, owe_freed_time

__all__ = [
    "add_seat",
    "add_to_waitlist",
    "book_appointment",
    "book_group",
    "cancel_appointment",
    "change_entry",
    "close_met_wishes",
    "log_call",
    "move_appointment",
    "opt_out",
    "owe_freed_time",
    "queue_reminders",
    "record_answer",
    "remove_seat",
    "resolve_reminder",
    "send_due_reminders",
    "set_status",
    "withdraw_reminders",
]
