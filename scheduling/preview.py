"""A reminder as it would go now, without a working link."""

from dataclasses import dataclass, field

from records.selectors import channel_consent
from scheduling import links
from scheduling.mail import TellingWords, reminder_mail, wordlist
from scheduling.models import Reminder
from scheduling.selectors import code_label
from scheduling.services.reading import refusal

SAMPLE = "sample-link-that-opens-nothing"


@dataclass(frozen=True)
class Preview:
    """The message, or why none would go."""

    problem: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""


def preview(reminder: Reminder) -> Preview:
    """The exact text of the message if it went now; the address of the patient is not shown."""
    appointment = reminder.appointment
    consent = channel_consent(appointment.patient, appointment.facility) if appointment.patient else None
    problem = refusal(reminder, appointment, consent)
    if problem or consent is None:
        return Preview(problem=code_label(problem))
    try:
        message = reminder_mail(
            reminder, appointment, consent, wordlist(appointment.facility),
            reply_url=links.address("reply", SAMPLE), stop_url=links.address("opt_out", SAMPLE),
        )  # fmt: skip
    except TellingWords:
        return Preview(problem=code_label("wording"))
    return Preview(headers=[("From", message.from_email), ("Subject", str(message.subject))], text=str(message.body))
