"""The folder of a CareCoord that runs everything itself: secrets, locks, and where its services answer."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from carecoord.embedded.process import ServiceError, is_running

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Running:
    """Where the services of a home answer, and which process runs them. Written when all are ready."""

    pid: int
    command: str
    port: str
    database_url: str
    owner_url: str
    redis_url: str
    email_url: str
    socket_folder: str


@dataclass(frozen=True)
class Home:
    folder: Path

    @classmethod
    def from_environment(cls) -> "Home":
        return cls(Path(os.environ.get("CARECOORD_HOME") or REPOSITORY / ".carecoord").resolve())

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def elsewhere(self) -> Path:
        """A link to the folder outside that is used when PostgreSQL's account cannot enter this one."""
        return self.folder / "elsewhere"

    @property
    def _state(self) -> Path:
        return self.folder / "services.json"

    def create(self) -> None:
        """Root's home lets `nobody` pass through to its own data, and see nothing."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(mode)
        except PermissionError as error:
            raise self._not_ours() from error

    def secret(self, name: str) -> str:
        """A random secret, made once and kept. It is there whole or not at all: another command may read it now."""
        path = self.folder / name
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=f"{name}.") as fresh:  # mode 0600
                fresh.write(secrets.token_urlsafe(50))
                fresh.flush()
                with suppress(FileExistsError):
                    os.link(fresh.name, path)
        return path.read_text()

    def running(self) -> Running | None:
        """What runs here, or ran when its process was killed."""
        try:
            return Running(**json.loads(self._state.read_text()))
        except (FileNotFoundError, PermissionError, json.JSONDecodeError, TypeError):
            return None

    def announce(self, running: Running) -> None:
        fresh = self._state.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(asdict(running)))
        fresh.replace(self._state)

    def withdraw(self) -> None:
        self._state.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete everything, the folder outside included."""
        if self.elsewhere.is_symlink():
            shutil.rmtree(self.elsewhere.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _lock(self, name: str) -> TextIO:
        try:
            return (self.folder / name).open("a")
        except PermissionError as error:
            raise self._not_ours() from error

    def _not_ours(self) -> ServiceError:
        return ServiceError(f"{self.folder} belongs to another user: choose another CARECOORD_HOME.")

    @contextmanager
    def try_to_own(self) -> Iterator[bool]:
        """Whether this process may run the services. The kernel takes the lock back even after `kill -9`."""
        with self._lock("owner.lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def use(self) -> Iterator[Running | None]:
        """While one command is inside, the process that runs the services does not stop them.

        None while they start: what a killed process left behind is not running, although its file is still there.
        """
        with self._lock("users.lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            running = self.running()
            yield running if running and is_running(running.pid) else None

    @contextmanager
    def unused(self) -> Iterator[None]:
        """Wait until no other command uses the services, and let none begin."""
        with self._lock("users.lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another command that uses this database ...", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
