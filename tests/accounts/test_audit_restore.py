"""A dump and a restore with PostgreSQL's own tools raise no alarm."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from carecoord.embedded.home import Home
from carecoord.embedded.postgres_files import choose_account, find_binaries
from tests.accounts.sealed import findings, keys, lines, sealed

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("keys")]
__all__ = ["keys"]


@pytest.fixture
def tools() -> Path:
    """The folder of pg_dump and pg_restore: beside the server that the tests run on."""
    beside = Path(shutil.which("pg_dump") or "")
    home = Home(Path(os.environ["CARECOORD_HOME"]))
    folder = find_binaries(home.folder, choose_account(home))
    found = folder if (folder / "pg_dump").exists() else beside.parent
    if not (found / "pg_dump").exists():
        pytest.skip("needs pg_dump")
    return found


def test_a_dump_and_its_restore_raise_no_alarm(tools, tmp_path):
    sealed()
    lines(2)
    where = connection.get_connection_params()
    address = ["-h", where["host"], "-U", where["user"]]
    dump = subprocess.run(
        [tools / "pg_dump", *address, "-Fc", "--table=accounts_accessevent", "--table=accounts_auditblock",
         "--data-only", where["dbname"]],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        cursor.execute("TRUNCATE accounts_accessevent, accounts_auditblock RESTART IDENTITY; COMMIT")
    assert len(findings()) == 3  # the anchor outside knows of blocks that are gone
    subprocess.run([tools / "pg_restore", *address, "-d", where["dbname"]], input=dump, check=True)
    assert findings() == []
