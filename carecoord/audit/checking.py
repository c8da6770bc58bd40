"""Verifying: is every sealed line as it was sealed, is every block in its place?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from accounts.models import AuditBlock
from carecoord.audit import anchor
from carecoord.audit.digests import Tally, block_digest, id_of
from carecoord.audit.findings import Finding
from carecoord.audit.keys import is_signed
from carecoord.audit.streams import MOMENT, Stream

AT_A_TIME = 2000  # blocks held in memory
LATE = timedelta(hours=1)  # what is dated so long before the block before was not written when it says

Keys = Mapping[str, Ed25519PublicKey]


def check(stream: Stream, keys: Keys) -> Iterator[Finding]:
    """Everything that is wrong with a stream's blocks and lines. Reads each sealed line once."""
    anchored = anchor.read(stream.name)
    before: AuditBlock | None = None
    for blocks in _batches(stream):
        for block in blocks:
            yield from _chain(stream, block, before, keys)
            yield from _anchored(stream, block, anchored)
            before = block
        for number, run in groupby(blocks, key=lambda block: block.format):
            yield from _rows(stream, number, list(run))
    if stream.dated_by_us:
        yield from _back_dated(stream)
    yield from _cut_off(stream, before, anchored)


def unsealed(stream: Stream) -> int:
    """How many lines wait for the next block."""
    last = AuditBlock.objects.filter(stream=stream.name).order_by("-number").values_list("last_id", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {stream.table} WHERE id > %s", [last or 0])  # noqa: S608
        return int(cursor.fetchone()[0])


def _batches(stream: Stream) -> Iterator[list[AuditBlock]]:
    number = 0
    while True:
        rows = AuditBlock.objects.filter(stream=stream.name, number__gt=number).order_by("number")[:AT_A_TIME]
        blocks = list(rows)
        if not blocks:
            return
        yield blocks
        number = blocks[-1].number


def _chain(stream: Stream, block: AuditBlock, before: AuditBlock | None, keys: Keys) -> Iterator[Finding]:
    expected = before.number + 1 if before else 1
    if block.number != expected:
        gone = f"block {expected}" if block.number == expected + 1 else f"blocks {expected} to {block.number - 1}"
        yield Finding("missing", stream.label, f"{gone} before it is gone", block.number)
    elif block.previous != (block_digest(before) if before else ""):
        yield Finding("chain", stream.label, "it does not continue the block before it", block.number)
    elif block.first_id != (before.last_id + 1 if before else 1):
        yield Finding("chain", stream.label, "it does not begin where the block before ends", block.number)
    if not is_signed(keys.get(block.key_id), block_digest(block), block.signature):
        why = "the signature is wrong" if block.key_id in keys else f"key {block.key_id} is not one of ours"
        yield Finding("signature", stream.label, f"{why}: not what the sealer wrote", block.number)


def _anchored(stream: Stream, block: AuditBlock, anchored: anchor.Anchor) -> Iterator[Finding]:
    digest = anchored.digests.get(block.number)
    if digest is None:
        yield Finding("anchor", stream.label, "the anchor outside does not know it", block.number)
    elif digest != block_digest(block) or block.number in anchored.torn:
        yield Finding("anchor", stream.label, "the anchor outside holds another digest", block.number)


def _cut_off(stream: Stream, last: AuditBlock | None, anchored: anchor.Anchor) -> Iterator[Finding]:
    there = last.number if last else 0
    gone = sorted(number for number in anchored.digests if number > there)
    for number in gone:
        yield Finding("missing", stream.label, "gone: the anchor outside knows it, the database does not", number)


@dataclass
class _Comparison:
    """Takes the lines of some blocks in the order of their ids, and notes each block that differs."""

    stream: Stream
    blocks: list[AuditBlock]
    found: list[Finding] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    position: int = 0

    def take(self, line: bytes) -> None:
        row_id = id_of(line)
        while int(row_id) > self.blocks[self.position].last_id:
            self.close()
        self.tally.add(line, row_id)

    def close(self) -> None:
        block, tally = self.blocks[self.position], self.tally
        if tally.rows.hexdigest() != block.rows_digest:
            self.found.append(_difference(self.stream, block, tally))
        self.tally, self.position = Tally(), self.position + 1

    def finish(self) -> list[Finding]:
        while self.position < len(self.blocks):
            self.close()
        return self.found


def _rows(stream: Stream, format_number: int, blocks: list[AuditBlock]) -> list[Finding]:
    if format_number not in stream.formats:
        return [Finding("chain", stream.label, f"format {format_number} is unknown", block.number) for block in blocks]
    comparison = _Comparison(stream, blocks)
    first_id = None if blocks[0].number == 1 else blocks[0].first_id
    stream.read(first_id, blocks[-1].last_id, format_number, comparison.take)
    return comparison.finish()


def _difference(stream: Stream, block: AuditBlock, tally: Tally) -> Finding:
    more = tally.count - block.count
    place = f"ids {block.first_id} to {block.last_id}, sealed {block.sealed_at:%Y-%m-%d %H:%M} UTC"
    if more < 0:
        return Finding("deleted", stream.label, f"{_lines(-more)} of {block.count} deleted ({place})", block.number)
    if more > 0:
        words = f"{_lines(more)} inserted later, under ids of that time ({place})"
        return Finding("inserted", stream.label, words, block.number)
    if tally.ids.hexdigest() != block.ids_digest:
        return Finding("replaced", stream.label, f"lines deleted and others put in their place ({place})", block.number)
    return Finding("edited", stream.label, f"at least one of {block.count} lines edited ({place})", block.number)


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


BACK_DATED = """
SELECT block.number, count(*), {first} FROM accounts_auditblock block
JOIN accounts_auditblock before ON before.stream = block.stream AND before.number = block.number - 1
JOIN {table} line ON line.id BETWEEN block.first_id AND block.last_id
WHERE block.stream = %s AND line.at < before.sealed_at - make_interval(secs => %s)
GROUP BY block.number ORDER BY block.number
"""


def _back_dated(stream: Stream) -> Iterator[Finding]:
    """Lines that say a time long before the block before theirs was closed: written later than they say."""
    statement = BACK_DATED.format(table=stream.table, first=MOMENT.format("min(line.at)"))
    with connection.cursor() as cursor:
        cursor.execute(statement, [stream.name, LATE.total_seconds()])
        found = cursor.fetchall()
    for number, count, oldest in found:
        words = f"{_lines(count)} dated back, to {oldest[:16].replace('T', ' ')} UTC"
        yield Finding("back-dated", stream.label, words, number)
