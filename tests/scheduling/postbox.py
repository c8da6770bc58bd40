"""A real mail server on loopback that counts what it gets, and can be told to refuse."""

import asyncio
import email
from collections import Counter
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller

from carecoord.embedded.valkey import free_port

SLOW = 1.5  # seconds: longer than a test's EMAIL_TIMEOUT


class Postbox:
    """Keeps every message; `answers` maps a recipient, MAIL or DATA to what it says instead of OK."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.senders: list[str] = []
        self.answers: dict[str, str] = {}

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("slow-to-greet"):
            await asyncio.sleep(SLOW)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("hangs-up"):
            server.transport.abort()
            return "250 OK"
        if envelope.rcpt_tos[0].startswith("slow-to-take"):
            await asyncio.sleep(SLOW)
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.raw.append(envelope.original_content)
        self.recipients.append(envelope.rcpt_tos)
        self.senders.append(envelope.mail_from)
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(raw, policy=default) for raw in self.raw]

    @property
    def ids(self) -> Counter[str]:
        return Counter(message["Message-ID"] for message in self.messages)


def running(box: Postbox) -> Controller:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller


def port_of(controller: Controller) -> int:
    return controller.port
