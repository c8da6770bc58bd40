"""Time: appointments, availability, reminders, the waitlist."""

from scheduling.models.answers import AppointmentResponse, CallAttempt
from scheduling.models.appointments import (
    FOLLOWS,
    Appointment,
    AppointmentParticipant,
    BookingOverride,
    Hold,
    Series,
)
from scheduling.models.availability import AvailabilityException, AvailabilityRule
from scheduling.models.feeds import Feed
from scheduling.models.reminders import AppointmentLink, Reminder, ReminderRule
from scheduling.models.types import TELEHEALTH, AppointmentType
from scheduling.models.waitlist import FreedTime, WaitlistEntry, WaitlistOffer

__all__ = [
    "FOLLOWS",
    "TELEHEALTH",
    "Appointment",
    "AppointmentLink",
    "AppointmentParticipant",
    "AppointmentResponse",
    "AppointmentType",
    "AvailabilityException",
    "AvailabilityRule",
    "BookingOverride",
    "CallAttempt",
    "Feed",
    "FreedTime",
    "Hold",
    "Reminder",
    "ReminderRule",
    "Series",
    "WaitlistEntry",
    "WaitlistOffer",
]
