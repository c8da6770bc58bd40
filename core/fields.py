"""A text field whose value is unreadable at rest."""

import base64
import hashlib
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


class EncryptedTextField(models.TextField):
    """AES-GCM with the column's name as associated data, so a value cannot be moved to another column.

    A value that does not decrypt raises `cryptography.exceptions.InvalidTag`: it fails closed.
    """

    def get_prep_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return value
        return seal(str(value), self._column())

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value in (None, ""):
            return value
        return unseal(value, self._column())

    def _column(self) -> bytes:
        return f"{str(self.model._meta.model_name).removeprefix('historical')}.{self.name}".encode()


def seal(text: str, context: bytes) -> str:
    """Encrypt a text; it opens only in the same context, such as a column's name."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, text.encode(), context)).decode()


def unseal(sealed: str, context: bytes) -> str:
    """The text again. Raises `cryptography.exceptions.InvalidTag` for any other context or a changed byte."""
    raw = base64.b64decode(sealed)
    return AESGCM(_key()).decrypt(raw[:12], raw[12:], context).decode()


def _key() -> bytes:
    return hashlib.sha256(b"carecoord.fields:" + settings.FIELD_ENCRYPTION_KEY.encode()).digest()
