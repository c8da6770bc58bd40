"""The mailbox to which undeliverable mail comes back: a folder of this machine, or one on a mail server."""

import imaplib
import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20  # seconds
IMAPS = 993
MOST = 500  # messages in one go


class BounceBox(Protocol):
    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Messages that nobody has looked at, each with its name in the mailbox."""

    def remove(self, name: str) -> None:
        """It is dealt with; what it tells of a patient does not stay."""

    def keep(self, name: str) -> None:
        """It is none of ours: mark it as seen, for a person."""


@contextmanager
def opened(url: str) -> Iterator[BounceBox]:
    """The mailbox at `maildir:///path` or `imaps://user:password@host/INBOX`.

    Raises ValueError for another address, OSError or imaplib.IMAP4.error if it cannot be opened.
    """
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Folder(parts.path)
    elif parts.scheme == "imaps":
        with Remote(parts) as box:
            yield box
    else:
        raise ValueError("BOUNCE_URL must begin with maildir:// or imaps://.")


class Folder:
    """A Maildir."""

    def __init__(self, path: str) -> None:
        self._box = mailbox.Maildir(path, factory=None, create=True)

    def unread(self) -> Iterator[tuple[str, bytes]]:
        names = [name for name in self._box.keys() if "S" not in self._box.get_message(name).get_flags()]  # noqa: SIM118
        return ((name, self._box.get_bytes(name)) for name in sorted(names)[:MOST])

    def remove(self, name: str) -> None:
        self._box.discard(name)

    def keep(self, name: str) -> None:
        message = self._box.get_message(name)
        message.set_subdir("cur")
        message.add_flag("S")
        self._box[name] = message


class Remote:
    """A folder on an IMAP server, over TLS."""

    def __init__(self, parts: SplitResult) -> None:
        self._server = imaplib.IMAP4_SSL(parts.hostname or "", parts.port or IMAPS, timeout=TIMEOUT)
        self._server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        self._server.select(unquote(parts.path.strip("/")) or "INBOX")

    def __enter__(self) -> "Remote":
        return self

    def __exit__(self, *error: object) -> None:
        """What was removed goes now, and not if the line broke."""
        if not any(error):
            self._server.close()
        self._server.shutdown() if any(error) else self._server.logout()

    def unread(self) -> Iterator[tuple[str, bytes]]:
        _, (names,) = self._server.uid("SEARCH", "UNSEEN", "UNDELETED")
        for name in (names or b"").decode().split()[:MOST]:
            _, found = self._server.uid("FETCH", name, "(BODY.PEEK[])")
            raw = next((part[1] for part in found if isinstance(part, tuple)), b"")
            yield name, raw

    def remove(self, name: str) -> None:
        self._server.uid("STORE", name, "+FLAGS", r"(\Deleted)")

    def keep(self, name: str) -> None:
        self._server.uid("STORE", name, "+FLAGS", r"(\Seen)")
