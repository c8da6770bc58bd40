"""Tokens of the links by which a consent is read and signed away from the desk: long, random, kept as a digest."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from core.public import digest

__all__ = ["LIVES", "address", "digest", "new_token"]

RANDOM_BYTES = 24  # 192 bits
LIVES = timedelta(days=3)


def new_token() -> str:
    return secrets.token_urlsafe(RANDOM_BYTES)


def address(token: str) -> str:
    """The full address of the page, on the neutral host."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("consentlink:consent", args=[token])
