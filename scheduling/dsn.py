"""Delivery reports of mail servers (RFC 3464): which message came back, and whether for good."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings

# A permanent code that is not about the address: a full mailbox, a broken system or network, content, policy.
NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.", "5.4.", "5.6.", "5.7.")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# What a parser may raise on what somebody made up.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


@dataclass(frozen=True)
class Bounce:
    """What a report says: which message (by the reminder's uuid or the Message-ID), to whom, with which code."""

    uuid: UUID | None
    message_id: str
    recipients: frozenset[str]
    status: str
    for_good: bool


def bounce_in(raw: bytes) -> Bounce | None:
    """The bounce that a message reports; None for anything else, such as an absence notice or a mere receipt."""
    try:
        message = email.message_from_bytes(raw)
        reports = [fields for fields in _reports(message) if _action(fields) in ("failed", "delayed")]
        return _bounce(message, reports[0]) if reports else None
    except UNREADABLE:
        return None


def _bounce(message: Message, report: Message) -> Bounce | None:
    uuid, message_id = _uuid_of(message), _message_id(message)
    if uuid is None and not message_id:
        return None
    found = STATUS.search(str(report.get("Status", "")))
    status = found[0] if found else "0.0.0"
    is_permanent = status.startswith("5.") and not status.startswith(NOT_THE_ADDRESS)
    return Bounce(uuid, message_id, _recipients(report), status, is_permanent and _action(report) == "failed")


def _reports(message: Message) -> Iterator[Message]:
    """The fields about each recipient; the first block of a report is about the message."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            yield from (block for block in blocks if isinstance(block, Message) and block.get("Action"))


def _action(report: Message) -> str:
    return str(report.get("Action", "")).strip().lower()


def _recipients(report: Message) -> frozenset[str]:
    """As the server names them, `rfc822; somebody@example.org`."""
    named = (str(report.get(name, "")) for name in ("Original-Recipient", "Final-Recipient"))
    return frozenset(value.rpartition(";")[2].strip().lower() for value in named if value)


def _uuid_of(message: Message) -> UUID | None:
    """From the address it came back to, if that names the message."""
    before, marker, after = settings.BOUNCE_ADDRESS.partition("{id}")
    if not marker:
        return None
    pattern = re.compile(re.escape(before) + "([0-9a-f]{32})" + re.escape(after), re.IGNORECASE)
    addresses = (parseaddr(str(value))[1] for name in SENT_TO for value in message.get_all(name, []))
    found = next((match for address in addresses if (match := pattern.fullmatch(address))), None)
    return UUID(found[1]) if found else None


def _message_id(message: Message) -> str:
    """From the copy of the message, or of its head, that the report brings back."""
    for part in message.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and isinstance(payload[0], Message):
            return str(payload[0].get("Message-ID", "")).strip()
        if kind == "text/rfc822-headers":
            head = part.get_payload(decode=True)
            return str(email.message_from_bytes(head).get("Message-ID", "")).strip() if isinstance(head, bytes) else ""
    return ""
