"""The sealer's key. The private half is a long random secret that only the sealing process is given."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


class NoKey(Exception):
    """This process was not given the key that it needs; the text says which."""


def sealing_key() -> Ed25519PrivateKey:
    """From AUDIT_SEAL_KEY. Raises NoKey in every process but the sealer."""
    if not settings.AUDIT_SEAL_KEY:
        raise NoKey("AUDIT_SEAL_KEY is not given: only the sealer has it.")
    seed = hashlib.sha256(b"carecoord.audit.seal:" + settings.AUDIT_SEAL_KEY.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def verifying_keys() -> dict[str, Ed25519PublicKey]:
    """Key id → key, from AUDIT_VERIFY_KEY (several after a change of key), else from the sealer's own.

    Raises NoKey when neither is given.
    """
    keys = [Ed25519PublicKey.from_public_bytes(base64.b64decode(text)) for text in settings.AUDIT_VERIFY_KEY]
    if not keys and settings.AUDIT_SEAL_KEY:
        keys = [sealing_key().public_key()]
    if not keys:
        raise NoKey("AUDIT_VERIFY_KEY is not given: `manage.py seal_audit --show-key` of the sealer tells it.")
    return {key_id(key): key for key in keys}


def public_text(key: Ed25519PublicKey) -> str:
    """What AUDIT_VERIFY_KEY holds."""
    return base64.b64encode(_raw(key)).decode()


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(_raw(key)).hexdigest()[:16]


def is_signed(key: Ed25519PublicKey | None, digest: str, signature: str) -> bool:
    """Whether the key made this signature; False for a key we do not know."""
    if key is None:
        return False
    try:
        key.verify(bytes.fromhex(signature), bytes.fromhex(digest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
