"""One message as it would go now, without a working link."""

from dataclasses import dataclass, field

from scheduling.daymail import planned_with
from scheduling.models import Reminder
from scheduling.selectors import code_label


@dataclass(frozen=True)
class Preview:
    """The message, or why none would go."""

    problem: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    html: str = ""


def preview(reminder: Reminder) -> Preview:
    """The exact text of the message that would tell of this row; the address of the patient is not shown."""
    planned = planned_with(reminder)
    if planned.mail is None:
        return Preview(problem=code_label(planned.code))
    mail = planned.mail
    return Preview("", [("From", mail.from_email), ("Subject", mail.subject)], mail.body, mail.html)
