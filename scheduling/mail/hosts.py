"""Names of machines that appear in messages: neutral ones."""

from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from scheduling.models import Reminder


def neutral_host() -> str:
    """The host of patients' links and Message-IDs."""
    return _host(settings.PUBLIC_URL)


@cache
def _host(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


def message_id(reminder: Reminder) -> str:
    """The same for every attempt, so that a mailbox can tell a repeated message from a new one."""
    return f"<{reminder.uuid}@{neutral_host()}>"


def envelope_sender(reminder: Reminder, sender: str) -> str:
    """Where a mail server sends the message back to; BOUNCE_ADDRESS may name the message by `{id}`."""
    return settings.BOUNCE_ADDRESS.replace("{id}", reminder.uuid.hex) or sender
