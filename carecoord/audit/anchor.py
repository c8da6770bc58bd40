"""The digests of all blocks outside the database: a file that is meant to lie on another machine.

One line for each block: stream, number, digest, when. A tail cut off the database is still in the file.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from accounts.models import AuditBlock
from carecoord.audit.digests import block_digest

TAIL = 64 * 1024  # bytes


@dataclass
class Anchor:
    """What the file says of one stream: number → digest. `torn` are numbers of which it says two things."""

    digests: dict[int, str] = field(default_factory=dict)
    torn: set[int] = field(default_factory=set)


def path() -> Path:
    return Path(settings.AUDIT_ANCHOR)


def read(stream: str) -> Anchor:
    """What is anchored of a stream; nothing when there is no file."""
    anchor = Anchor()
    if not path().exists():
        return anchor
    with path().open() as file:
        for line in file:
            words = line.split()
            if len(words) == 4 and words[0] == stream:
                _note(anchor, int(words[1]), words[2])
    return anchor


def last_number(stream: str) -> int:
    """The last block anchored of a stream, 0 for none. Reads the file's end first: it is long after some years."""
    if not path().exists():
        return 0
    with path().open("rb") as file:
        file.seek(max(0, path().stat().st_size - TAIL))
        lines = file.read().decode(errors="replace").splitlines()
    numbers = [int(line.split()[1]) for line in lines if line.startswith(f"{stream} ") and len(line.split()) == 4]
    return max(numbers) if numbers else max(read(stream).digests, default=0)


def append(blocks: Iterable[AuditBlock]) -> None:
    """Add blocks at the file's end, on the disk before this returns."""
    lines = [f"{row.stream} {row.number} {block_digest(row)} {row.sealed_at.isoformat()}\n" for row in blocks]
    if not lines:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


def _note(anchor: Anchor, number: int, digest: str) -> None:
    if anchor.digests.setdefault(number, digest) != digest:
        anchor.torn.add(number)
