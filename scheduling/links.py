"""Tokens of patients' links: long, random, kept only as a digest."""

import hashlib
import secrets
from functools import cache

from django.conf import settings
from django.urls import reverse

from scheduling.models import AppointmentLink, Reminder

RANDOM_BYTES = 24  # 192 bits
_ANY_TOKEN = "0" * 32


def new_token() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_for(reminder: Reminder, token: str, purpose: AppointmentLink.Purpose) -> AppointmentLink:
    """The unsaved row a token stands for: this appointment, at this time, for this purpose."""
    return AppointmentLink(
        appointment_id=reminder.appointment_id, reminder=reminder, schedule_version=reminder.schedule_version,
        purpose=purpose, token_sha256=digest(token),
    )  # fmt: skip


def address(name: str, token: str) -> str:
    """The full address of a link page, on the neutral host."""
    return settings.PUBLIC_URL.rstrip("/") + _path(name).replace(_ANY_TOKEN, token)


@cache
def _path(name: str) -> str:
    return reverse(f"link:{name}", args=[_ANY_TOKEN])
