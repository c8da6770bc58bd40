"""A migrated PostgreSQL cluster kept between test runs: migrating from nothing takes half a minute.

It is found by the content of every migration, of what is installed after them and of the lock file: never stale.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carecoord.embedded.home import REPOSITORY, Home
from carecoord.embedded.postgres import DATABASE, Postgres, postgres
from carecoord.embedded.process import bring_up

CACHE = REPOSITORY / ".pytest_cache" / "migrated-clusters"


def start_cluster(home: Home) -> Postgres:
    """Start the database of one test run; tests copy its migrated database (tests.settings)."""
    kept = CACHE / _fingerprint()
    found = _take(kept, home.folder / "postgres")
    server = postgres(home, throwaway=True)
    bring_up(server)
    if found or _migrate(server):
        os.environ["CARECOORD_TEST_TEMPLATE"] = DATABASE
    if not found and "CARECOORD_TEST_TEMPLATE" in os.environ:
        server.stop()
        _keep(server.data, kept)
        server = postgres(home, throwaway=True)
        bring_up(server)
    return server


@contextmanager
def _locked() -> Iterator[None]:
    """Several test runs may go on in one checkout."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _take(kept: Path, target: Path) -> bool:
    with _locked():
        if kept.exists():
            _copy(kept, target)
        return target.exists()


def _keep(data: Path, kept: Path) -> None:
    """Keep this cluster, which is at rest, and drop the others."""
    with _locked():
        for old in CACHE.glob("*/"):
            shutil.rmtree(old)
        fresh = CACHE / "new"
        _copy(data, fresh)
        fresh.rename(kept)


def _migrate(server: Postgres) -> bool:
    """Whether it worked: if not, the tests themselves will say why."""
    settings = {"DATABASE_URL": server.owner_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, str(REPOSITORY / "manage.py"), "migrate", "--verbosity", "0"]
    return subprocess.run(command, env=os.environ | settings, check=False, capture_output=True).returncode == 0


def _fingerprint() -> str:
    """Of all that decides what an empty database becomes."""
    digest = hashlib.sha256((REPOSITORY / "requirements" / "dev.txt").read_bytes())
    installed = [*REPOSITORY.glob("carecoord/audit/*.py"), REPOSITORY / "patients" / "mergeguard.py"]
    for path in sorted([*REPOSITORY.glob("*/migrations/*.py"), *installed]):
        digest.update(f"{path.relative_to(REPOSITORY)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    """With `cp`, which keeps the owner: as root the files belong to PostgreSQL's account."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
