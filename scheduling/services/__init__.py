"""What changes the calendar, and what it owes to patients."""

from scheduling.services.answers import log_call, record_answer, set_next_try
from scheduling.services.attendance import set_status
from scheduling.services.availability import add_exception, add_hours, change_hours, end_hours, withdraw_exception
from scheduling.services.booking import book_appointment, cancel_appointment, move_appointment
from scheduling.services.bounces import read_bounces
from scheduling.services.calling import end_call, start_call
from scheduling.services.channel import agree_to_mail, decline_mail, opt_out, stop_mail
from scheduling.services.deadletters import resolve_reminder
from scheduling.services.feeds import create_feed, note_feed_read, revoke_feed
from scheduling.services.groups import add_seat, book_group, remove_seat
from scheduling.services.heldback import hold_back_reminder, let_go_reminder
from scheduling.services.holds import hold_time, release_hold
from scheduling.services.moving import MOVED, move_seen
from scheduling.services.occurrences import Choice, Choices, DaysRefused
from scheduling.services.offers import accept_offer, decline_offer, offer_time, remove_entry, withdraw_offer
from scheduling.services.overrides import may_override
from scheduling.services.proposals import accept_proposal, propose_appointment, withdraw_proposal
from scheduling.services.queue import queue_reminders, withdraw_reminders
from scheduling.services.selfmove import hold_other_time, let_other_time_go, take_other_time
from scheduling.services.sending import lanes_needed, send_due_reminders
from scheduling.services.series import book_series, cancel_series, change_series, require_bookable
from scheduling.services.turns import offer_freed_times
from scheduling.services.waitlist import add_to_waitlist, change_entry, close_met_wishes, owe_freed_time
from scheduling.services.walltime import settle_wall_times

__all__ = [
    "stop_mail",
    "MOVED",
    "Choice",
    "Choices",
    "DaysRefused",
    "accept_offer",
    "accept_proposal",
    "add_exception",
    "add_hours",
    "add_seat",
    "add_to_waitlist",
    "agree_to_mail",
    "book_appointment",
    "book_group",
    "book_series",
    "cancel_appointment",
    "cancel_series",
    "change_entry",
    "change_hours",
    "change_series",
    "close_met_wishes",
    "create_feed",
    "decline_mail",
    "decline_offer",
    "end_call",
    "end_hours",
    "hold_back_reminder",
    "hold_other_time",
    "hold_time",
    "lanes_needed",
    "let_go_reminder",
    "let_other_time_go",
    "log_call",
    "may_override",
    "move_appointment",
    "move_seen",
    "note_feed_read",
    "offer_freed_times",
    "offer_time",
    "opt_out",
    "owe_freed_time",
    "propose_appointment",
    "queue_reminders",
    "read_bounces",
    "record_answer",
    "release_hold",
    "remove_entry",
    "remove_seat",
    "require_bookable",
    "resolve_reminder",
    "revoke_feed",
    "send_due_reminders",
    "set_next_try",
    "set_status",
    "settle_wall_times",
    "start_call",
    "take_other_time",
    "withdraw_exception",
    "withdraw_offer",
    "withdraw_proposal",
    "withdraw_reminders",
]
