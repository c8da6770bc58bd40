"""Nobody changes a sealed line unseen: not the application's role, not the owner, not a superuser."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import AccessEvent, AuditBlock
from carecoord.audit import rights, sealing
from carecoord.audit.digests import block_digest
from carecoord.audit.keys import key_id
from tests.accounts.sealed import as_superuser, findings, keys, lines, refusal, run, sealed, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
__all__ = ["keys"]

APPENDED = ("accounts_accessevent", "accounts_auditblock", "accounts_rowversion", "records_disclosure")


def test_an_untouched_audit_is_whole():
    blocks = sealed()
    assert [(block.number, block.count) for block in blocks] == [(1, 5), (2, 5), (3, 5)]
    lines(2)
    assert "Read log: 3 blocks, whole; 2 lines not sealed yet" in verdict()


def test_the_newest_lines_wait_for_the_next_block_and_no_empty_block_is_made():
    sealed(blocks=1)
    sealing.seal_all()
    assert AuditBlock.objects.filter(stream="read-log").count() == 1


def test_a_long_stretch_becomes_several_blocks(monkeypatch):
    monkeypatch.setattr(sealing, "MOST_ROWS", 4)
    assert [block.count for block in sealed(number=10, blocks=1)] == [4, 4, 2]
    assert findings() == []


def test_blocks_follow_each_other_without_a_gap():
    blocks = sealed()
    for before, after in zip(blocks, blocks[1:], strict=False):
        assert after.first_id == before.last_id + 1
        assert after.previous == block_digest(before)


@pytest.mark.parametrize("table", APPENDED)
def test_the_applications_role_reads_and_appends_and_no_more(table, facility):
    sealed(blocks=1)
    run("CREATE ROLE carecoord_test_application")
    rights.grant("carecoord_test_application")
    run("SET LOCAL ROLE carecoord_test_application")
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        assert "permission denied" in refusal(statement)
    assert "must be owner" in refusal(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert "permission denied" in refusal("SET session_replication_role = replica")
    assert "permission denied" in refusal(
        "INSERT INTO accounts_rowversion (at, \"table\", op) VALUES (now(), 'x', 'I')"
    )
    assert refusal("UPDATE accounts_facility SET name = 'Renamed'") == ""  # and the witness, which is its trigger's
    assert refusal("UPDATE accounts_historicalfacility SET name = 'Never so'") != ""
    assert len(lines(1)) == 1
    sealing.seal_all()
    run("RESET ROLE")
    assert findings() == []


@pytest.mark.parametrize("table", APPENDED)
def test_the_owner_is_refused_by_trigger(table, facility):
    sealed(blocks=1)
    assert "never" in refusal(f"TRUNCATE {table} CASCADE")
    if table != "records_disclosure":  # its rows have their test where they are made
        assert "never changed" in refusal(f"UPDATE {table} SET id = id")
        assert "never changed" in refusal(f"DELETE FROM {table}")


def test_a_trigger_that_is_switched_off_or_gone_is_found():
    sealed(blocks=1)
    run("ALTER TABLE accounts_accessevent DISABLE TRIGGER accounts_accessevent_never_changes")
    assert findings() == [
        "accounts_accessevent: the trigger that refuses UPDATE is switched off",
        "accounts_accessevent: the trigger that refuses DELETE is switched off",
    ]
    run("DROP TRIGGER accounts_accessevent_never_changes ON accounts_accessevent")
    assert "accounts_accessevent: no trigger refuses UPDATE" in findings()


def test_a_function_that_was_changed_is_found():
    run("CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    run("ALTER TABLE patients_patient DISABLE TRIGGER audit_witness_update")
    assert findings() == [
        "audit_refuse_change: the function was changed",
        "patients_patient: the trigger that witnesses UPDATE is switched off",
    ]


def test_an_edit_is_found_and_its_block_named():
    blocks = sealed()
    with as_superuser():
        run("UPDATE accounts_accessevent SET patient_id = 99 WHERE id = %s", blocks[1].first_id)
    assert len(findings()) == 1
    assert findings()[0].startswith("Read log, block 2: at least one of 5 lines edited")


def test_an_edit_with_a_fresh_digest_breaks_signature_chain_and_anchor():
    blocks = sealed()
    with as_superuser():
        run("UPDATE accounts_accessevent SET patient_id = 99 WHERE id = %s", blocks[1].first_id)
        _seal_again(blocks[1], Ed25519PrivateKey.generate())
    found = findings()
    assert "Read log, block 2: the signature is wrong: not what the sealer wrote" in found
    assert "Read log, block 2: the anchor outside holds another digest" in found
    assert "Read log, block 3: it does not continue the block before it" in found
    assert not any("edited" in line for line in found)


def test_a_key_of_somebody_else_is_not_ours():
    block = sealed(blocks=1)[0]
    stranger = Ed25519PrivateKey.generate()
    block.key_id = key_id(stranger.public_key())
    with as_superuser():
        _seal_again(block, stranger)
    assert any(f"key {block.key_id} is not one of ours" in line for line in findings())


def _seal_again(block: AuditBlock, key: Ed25519PrivateKey) -> None:
    """As the sealer does, with what the lines are now."""
    fresh = sealing._next_block(sealing.STREAMS[0], key, _before(block), block.last_id)
    fresh.pk, fresh.key_id = block.pk, block.key_id
    fresh.signature = key.sign(bytes.fromhex(block_digest(fresh))).hex()
    fresh.save(force_update=True)


def _before(block: AuditBlock) -> AuditBlock | None:
    return AuditBlock.objects.filter(stream=block.stream, number=block.number - 1).first()


def test_a_deletion_is_found():
    blocks = sealed()
    with as_superuser():
        run("DELETE FROM accounts_accessevent WHERE id = %s", blocks[1].last_id)
    assert findings()[0].startswith("Read log, block 2: 1 line of 5 deleted")


def test_a_line_put_in_later_under_an_old_id_is_found():
    sealed(blocks=1)
    AccessEvent(pk=-10, action="view").save(force_insert=True)
    assert findings()[0].startswith("Read log, block 1: 1 line inserted later")


def test_a_line_exchanged_for_another_is_found():
    block = sealed(blocks=1)[0]
    with as_superuser():
        run("UPDATE accounts_accessevent SET id = -100 WHERE id = %s", block.last_id)
    assert findings()[0].startswith("Read log, block 1: lines deleted and others put in their place")


def test_a_line_dated_back_is_found():
    sealed()
    AccessEvent.objects.create(action="view", at=timezone.now() - timedelta(days=2))
    sealing.seal_all()
    assert findings()[0].startswith("Read log, block 4: 1 line dated back")


def test_a_tail_cut_off_with_its_blocks_is_found_by_the_anchor():
    blocks = sealed()
    with as_superuser():
        run("DELETE FROM accounts_accessevent WHERE id >= %s", blocks[2].first_id)
        run("DELETE FROM accounts_auditblock WHERE stream = 'read-log' AND number = 3")
    assert findings() == ["Read log, block 3: gone: the anchor outside knows it, the database does not"]
    sealed(blocks=1)  # the sealer goes on, with another block of that number
    assert "Read log, block 3: the anchor outside holds another digest" in findings()


def test_a_block_taken_out_of_the_middle_is_found():
    blocks = sealed()
    with as_superuser():
        run("DELETE FROM accounts_auditblock WHERE id = %s", blocks[1].pk)
    assert "Read log, block 3: block 2 before it is gone" in findings()


def test_a_lost_anchor_is_found(keys):
    sealed(blocks=1)
    Path(keys.AUDIT_ANCHOR).unlink()
    assert "Read log, block 1: the anchor outside does not know it" in findings()


def test_what_a_killed_sealer_did_not_anchor_is_anchored_by_the_next(keys):
    sealed(blocks=2)
    path = Path(keys.AUDIT_ANCHOR)
    kept = [line for line in path.read_text().splitlines(keepends=True) if not line.startswith("read-log 2")]
    path.write_text("".join(kept))
    sealing.seal_all()
    assert findings() == []


def test_a_new_column_raises_no_alarm():
    sealed()
    run("ALTER TABLE accounts_accessevent ADD COLUMN device varchar(16) NOT NULL DEFAULT 'unknown'")
    assert findings() == []


def test_a_copy_of_the_lines_raises_no_alarm():
    """As after a dump and a restore: the same rows, written anew, in another order on the disk."""
    sealed()
    with as_superuser():
        run("CREATE TEMP TABLE kept AS SELECT * FROM accounts_accessevent ORDER BY random()")
        run("DELETE FROM accounts_accessevent")
        run("INSERT INTO accounts_accessevent OVERRIDING SYSTEM VALUE SELECT * FROM kept")
    assert findings() == []


def test_only_the_sealer_seals_and_the_public_key_is_enough_to_verify(keys):
    sealed(blocks=1)
    shown = StringIO()
    call_command("seal_audit", show_key=True, stdout=shown)
    keys.AUDIT_SEAL_KEY, keys.AUDIT_VERIFY_KEY = "", [shown.getvalue().strip()]
    assert findings() == []
    with pytest.raises(CommandError, match="AUDIT_SEAL_KEY"):
        call_command("seal_audit")
    keys.AUDIT_VERIFY_KEY = []
    with pytest.raises(CommandError, match="AUDIT_VERIFY_KEY"):
        call_command("verify_audit")


def test_a_seal_that_cannot_be_asked_for_leaves_the_connection_usable():
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_boundary('accounts_accessevent')")
    assert "is not sealed" in refusal("SELECT audit_boundary('patients_patient')")
