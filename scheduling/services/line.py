"""The line to the mail server: one connection for many messages, and what became of each."""

import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import get_connection

# The server asks everybody to slow down for the domain of this recipient.
SLOW_DOWN = ("smtp-421", "smtp-450")
ACCEPTED, GO_ON = range(200, 300), 354


class MailServerAway(Exception):
    """Nothing can be sent now; no message has left."""


@dataclass(frozen=True)
class Outcome:
    """`sent`; `refused` for good; `again` later; `unsent`: the line broke before the message began to leave;
    `in-doubt`: it broke after. `code` is kept in the row."""

    kind: str
    code: str = ""


SENT = Outcome("sent")


class Line:
    """One connection to the mail server of the settings, opened when it is needed."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()

    def open(self) -> None:
        """Connect, if the server has hung up or never was there. Raises MailServerAway."""
        if self._backend.connection is not None and self._backend.connection.sock is None:
            self.close()
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerAway from error

    def close(self) -> None:
        try:
            self._backend.close()
        except (smtplib.SMTPException, OSError):
            self._backend.connection = None

    def send(self, sender: str, recipient: str, raw: bytes) -> Outcome:
        """Hand one message over to the open line. Answers only after the server has spoken or the line is broken."""
        server: smtplib.SMTP = self._backend.connection
        try:
            server.ehlo_or_helo_if_needed()
            refused = _announced(server, sender, recipient, "" if raw.isascii() else " BODY=8BITMIME")
            if refused:
                return self._refused(server, refused)
        except (smtplib.SMTPException, OSError):
            self.close()
            return Outcome("unsent", "connection-lost")
        try:
            server.send(raw.replace(b"\n.", b"\n..") + b".\r\n")
            code, _ = server.getreply()
        except (smtplib.SMTPException, OSError):
            self.close()
            return Outcome("in-doubt", "connection-lost")
        return SENT if code in ACCEPTED else self._refused(server, code)

    def _refused(self, server: smtplib.SMTP, code: int) -> Outcome:
        """421 says that the server hangs up; after anything else the line is good for the next message."""
        try:
            if code == 421 or server.rset()[0] not in ACCEPTED:
                self.close()
        except (smtplib.SMTPException, OSError):
            self.close()
        return Outcome("again" if 400 <= code < 500 else "refused", f"smtp-{code}")


def _announced(server: smtplib.SMTP, sender: str, recipient: str, body: str) -> int:
    """Say who writes to whom; the code of the first refusal, 0 if the server waits for the message."""
    body = body if server.has_extn("8bitmime") else ""
    commands = [f"MAIL FROM:<{sender}>{body}", f"RCPT TO:<{recipient}>", "DATA"]
    if server.has_extn("pipelining"):
        return _all_at_once(server, commands)
    code = 0
    for command in commands:
        code, _ = server.docmd(command)
        if code not in ACCEPTED:
            break
    return 0 if code == GO_ON else code


def _all_at_once(server: smtplib.SMTP, commands: list[str]) -> int:
    """One round trip for all three (RFC 2920). A server that waits all the same gets an empty message."""
    server.send("".join(f"{command}\r\n" for command in commands).encode("ascii"))
    codes = [server.getreply()[0] for _ in commands]
    refused = next((code for code in codes[:2] if code not in ACCEPTED), 0)
    if refused and codes[2] == GO_ON:
        server.send(b".\r\n")
        server.getreply()
    return refused or (0 if codes[2] == GO_ON else codes[2])
