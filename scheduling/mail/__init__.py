"""The message to a patient: what it says, and the check that it says nothing else."""

from scheduling.mail.calendars import calendar_file, calendar_of
from scheduling.mail.hosts import envelope_sender, message_id, neutral_host
from scheduling.mail.letters import CLOCK, LONG_DAY, Letter, letter, skeleton_words
from scheduling.mail.messages import Mail, Matter, Skeletons, forbidden_words, message, reminder_mail
from scheduling.mail.words import TellingWords, Wordlist, telling_words, wordlist

__all__ = [
    "CLOCK",
    "LONG_DAY",
    "Letter",
    "Mail",
    "Matter",
    "Skeletons",
    "TellingWords",
    "Wordlist",
    "calendar_file",
    "calendar_of",
    "envelope_sender",
    "forbidden_words",
    "letter",
    "message",
    "message_id",
    "neutral_host",
    "reminder_mail",
    "skeleton_words",
    "telling_words",
    "wordlist",
]
