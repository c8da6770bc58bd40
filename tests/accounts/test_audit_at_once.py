"""Sealing while others write: no line falls between two blocks, and nobody waits for long."""

from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from accounts.models import AccessEvent, AuditBlock
from carecoord.audit.sealing import seal_all
from tests.accounts.sealed import findings, keys, lines

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("keys")]
__all__ = ["keys"]

WRITERS, EACH = 4, 40


def test_a_line_whose_transaction_is_still_open_is_waited_for():
    written, may_end = Event(), Event()
    writer = Thread(target=_write_and_hold, args=(written, may_end))
    writer.start()
    assert written.wait(10)
    lines(1)  # committed, with a higher id
    seal_all()
    assert not AuditBlock.objects.filter(stream="read-log").exists()
    may_end.set()
    writer.join(10)
    seal_all()
    assert [block.count for block in AuditBlock.objects.filter(stream="read-log")] == [2]
    assert findings() == []


def _write_and_hold(written: Event, may_end: Event) -> None:
    try:
        with transaction.atomic():
            lines(1)
            written.set()
            may_end.wait(10)
    finally:
        connection.close()


def test_sealing_while_writers_write_leaves_no_gap():
    gate = Barrier(WRITERS + 1)
    writers = [Thread(target=_write, args=(gate,)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    gate.wait(10)
    while any(writer.is_alive() for writer in writers):
        seal_all()
    seal_all()
    assert AccessEvent.objects.count() == WRITERS * EACH
    blocks = AuditBlock.objects.filter(stream="read-log")
    assert sum(block.count for block in blocks) == WRITERS * EACH
    assert findings() == []


def _write(gate: Barrier) -> None:
    try:
        gate.wait(10)
        for _ in range(EACH):
            with transaction.atomic():
                AccessEvent.objects.create(action="view", data_class="identity.view")
    finally:
        connection.close()
