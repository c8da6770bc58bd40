"""Sealing: what was appended since the last block becomes the next one."""

from contextlib import suppress

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import AuditBlock
from carecoord.audit import anchor
from carecoord.audit.digests import Tally, block_digest, id_of
from carecoord.audit.keys import key_id, sealing_key
from carecoord.audit.streams import STREAMS, Stream

MOST_ROWS = 50_000  # in one block: what a finding narrows down to
LOCK_WAIT = "250ms"  # writers queue behind us as long as we wait for the one before us


def seal_all() -> list[AuditBlock]:
    """Seal every stream with the key of this process. Raises NoKey in a process that is not the sealer."""
    key = sealing_key()
    return [block for stream in STREAMS for block in seal(stream, key)]


def seal(stream: Stream, key: Ed25519PrivateKey) -> list[AuditBlock]:
    """Seal everything that is settled, and anchor it. Nothing to do, or somebody writing without end: no block.

    Safe to run twice at once: the second finds the sealing taken.
    """
    boundary = _boundary(stream)
    if boundary is not None:
        _seal_up_to(stream, key, boundary)
    return _anchor_new(stream)


def _boundary(stream: Stream) -> int | None:
    """The highest id below which nothing is on its way any more; None when that cannot be told now.

    An id is drawn inside an INSERT, which holds the table's lock by then: whoever gets the lock that excludes
    writers has every lower id before him, committed or gone.
    """
    with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        cursor.execute("SELECT audit_boundary(%s)", [stream.table])
        return cursor.fetchone()[0]
    return None


@transaction.atomic
def _seal_up_to(stream: Stream, key: Ed25519PrivateKey, boundary: int) -> None:
    if not _only_sealer():
        return
    last = AuditBlock.objects.filter(stream=stream.name).order_by("-number").first()
    while last is None or last.last_id < boundary:
        last = _next_block(stream, key, last, boundary)
        last.save(force_insert=True)


def _next_block(stream: Stream, key: Ed25519PrivateKey, last: AuditBlock | None, boundary: int) -> AuditBlock:
    first_id = last.last_id + 1 if last else 1
    block = AuditBlock(
        stream=stream.name,
        number=last.number + 1 if last else 1,
        first_id=first_id,
        last_id=_end_of(stream, first_id, boundary),
        previous=block_digest(last) if last else "",
        sealed_at=timezone.now(),
        format=stream.newest_format,
        key_id=key_id(key.public_key()),
    )
    tally, lowest = Tally(), first_id if last else None
    stream.read(lowest, block.last_id, block.format, lambda line: tally.add(line, id_of(line)))
    block.count, block.rows_digest, block.ids_digest = tally.count, tally.rows.hexdigest(), tally.ids.hexdigest()
    block.signature = key.sign(bytes.fromhex(block_digest(block))).hex()
    return block


def _end_of(stream: Stream, first_id: int, boundary: int) -> int:
    """The id of the block's last line: the boundary, or the line that fills it."""
    rows = f"SELECT id FROM {stream.table} WHERE id BETWEEN %s AND %s ORDER BY id OFFSET %s LIMIT 1"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(rows, [first_id, boundary, MOST_ROWS - 1])
        found = cursor.fetchone()
    return found[0] if found else boundary


def _only_sealer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('carecoord.audit.seal'))")
        return bool(cursor.fetchone()[0])


def _anchor_new(stream: Stream) -> list[AuditBlock]:
    """Also what a sealer that was killed had sealed and not anchored."""
    new = AuditBlock.objects.filter(stream=stream.name, number__gt=anchor.last_number(stream.name))
    blocks = list(new.order_by("number"))
    anchor.append(blocks)
    return blocks
