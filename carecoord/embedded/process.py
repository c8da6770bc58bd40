"""Child processes that stop when told and never outlive the process that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
EARLY_DEATHS = 8
BIGGEST_LOG = 10 * 1024 * 1024


class ServiceError(RuntimeError):
    """An embedded service cannot run here; the text says what to do."""


@dataclass
class Account:
    """The system account a child runs as."""

    uid: int
    gid: int

    @classmethod
    def nobody(cls) -> "Account":
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def popen_options(self) -> dict:
        """Supplementary groups go too: root's would open files that `nobody` must not read."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class Child:
    """One long-running program: how to start it, how to know that it is ready, how to stop it."""

    name: str
    command: list[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    account: Account | None = None
    environment: dict[str, str] | None = None  # None: ours
    own_session: bool = False  # out of reach of the terminal's Ctrl-C: stopped last, by us
    process: subprocess.Popen | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)

    def prepare(self) -> None:
        """What must be done before each start."""

    def ready(self) -> bool:
        return self.alive()

    def configuration(self) -> bytes:
        """What the program reads from standard input."""
        return b""

    def start(self) -> None:
        self.prepare()
        self.started_at = time.monotonic()
        with _open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd="/" if self.account else None,  # `nobody` may not stand where root stood
                start_new_session=self.own_session,
                preexec_fn=_end_with_parent(self.stop_signal),
                **(self.account.popen_options if self.account else {}),
            )
        _feed(self.process, self.configuration())

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process and self.alive():
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask, wait, and kill what does not listen. Safe to call twice."""
        self.ask_to_stop()
        if self.process is None:
            return
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def _open_log(path: Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > BIGGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _feed(process: subprocess.Popen, text: bytes) -> None:
    if process.stdin is None:
        return
    try:
        process.stdin.write(text)
        process.stdin.close()
    except BrokenPipeError:  # it died already: whoever waits for it will see
        return


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`, which runs after the change of user: that change would erase the death signal."""
    parent = os.getpid()

    def arrange() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background start inherits it ignored
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(stop_signal))
            if os.getppid() != parent:  # the parent died before we asked to be told
                os._exit(1)

    return arrange


def bring_up(child: Child, seconds: float = 30) -> None:
    """Start `child` and wait until it is ready.

    A start may fail for a moment only, while leftovers of a killed predecessor go away, so a few
    early deaths are forgiven. Raises ServiceError with the end of its log.
    """
    deadline = time.monotonic() + seconds
    tries = 0 if child.alive() else -1
    while time.monotonic() < deadline and tries < EARLY_DEATHS:
        if not child.alive():
            tries += 1
            time.sleep(0.5 if tries else 0)
            child.start()
        if child.ready():
            return
        time.sleep(0.02)
    child.stop()
    raise ServiceError(f"{child.name} did not start. The end of {child.log}:\n{child.last_words()}")


def stop_all(children: list[Child]) -> None:
    """Ask all at once, then wait for each."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()


def is_running(pid: int) -> bool:
    """Whether a process has this id now, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
