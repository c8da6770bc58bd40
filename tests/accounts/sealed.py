"""A sealed audit, and hands that touch it as each role can."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from accounts import access
from accounts.models import AccessEvent, AuditBlock
from carecoord.audit.sealing import seal_all

KEY = "a long random secret that only the sealer has"


def lines(number: int) -> list[AccessEvent]:
    """So many lines of the read log."""
    before = list(AccessEvent.objects.values_list("pk", flat=True))
    for n in range(number):
        access.log(user=None, action="view", data_class="identity.view", patient_id=n)
    return list(AccessEvent.objects.exclude(pk__in=before).order_by("pk"))


def sealed(number: int = 5, blocks: int = 3) -> list[AuditBlock]:
    """The read log with so many blocks of so many lines."""
    for _ in range(blocks):
        lines(number)
        seal_all()
    return list(AuditBlock.objects.filter(stream="read-log").order_by("number"))


def run(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@contextmanager
def as_superuser() -> Iterator[None]:
    """Triggers do not fire for a superuser who says so."""
    run("SET LOCAL session_replication_role = replica")
    yield
    run("SET LOCAL session_replication_role = origin")


def refusal(statement: str) -> str:
    """What PostgreSQL says to the statement; "" when it does it."""
    try:
        with transaction.atomic():
            run(statement)
    except DatabaseError as error:
        return str(error)
    return ""


def verdict() -> str:
    """What `manage.py verify_audit` says; its findings, and that it fails when there are any."""
    out = StringIO()
    try:
        call_command("verify_audit", stdout=out, no_color=True)
    except CommandError as error:
        return f"{out.getvalue()}\nexit status {error.returncode}"
    return out.getvalue()


def findings() -> list[str]:
    """What is wrong; the command fails exactly when there is something."""
    said = verdict()
    found = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert ("Nothing was touched." in said, "exit status 1" in said) == (not found, bool(found))
    return found


@pytest.fixture
def keys(db, settings, tmp_path):
    """The keys and an anchor, and an empty read log: refusals of other tests, written apart, outlive their rollback."""
    with transaction.atomic(), as_superuser():
        run("DELETE FROM accounts_accessevent")
    settings.AUDIT_SEAL_KEY, settings.AUDIT_VERIFY_KEY = KEY, []
    settings.AUDIT_ANCHOR = str(tmp_path / "anchor")
    return settings
