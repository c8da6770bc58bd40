"""How lines and blocks become digests. Whatever changes here needs a new format number."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC

from accounts.models import AuditBlock


@dataclass
class Tally:
    """The digests of a stretch of lines, counted as they pass."""

    count: int = 0
    rows: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    ids: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, line: bytes, row_id: bytes) -> None:
        self.count += 1
        self.rows.update(line)
        self.ids.update(row_id + b"\n")


def id_of(line: bytes) -> bytes:
    """A line of COPY begins with its id, and a tab follows."""
    return line[: line.index(b"\t")]


def block_digest(block: AuditBlock) -> str:
    """SHA-256 over everything the block says but its signature: what is signed, chained and anchored."""
    words = (
        "carecoord-audit", block.format, block.stream, block.number, block.first_id, block.last_id, block.count,
        block.rows_digest, block.ids_digest, block.previous,
        block.sealed_at.astimezone(UTC).isoformat(), block.key_id,
    )  # fmt: skip
    return hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()
