"""The processes of a measurement: a mail server that takes everything, and who sends to it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from carecoord.embedded.valkey import free_port

PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Sink:
    """A mail server in a process of its own, and the file with the Message-IDs it took."""

    port: int
    file: Path
    pid: int

    @property
    def taken(self) -> Counter[str]:
        """How often each message arrived, by the uuid of its reminder."""
        return Counter(line.split("@")[0] for line in self.file.read_text().split())


@contextmanager
def sink() -> Iterator[Sink]:
    """A mail server that takes everything."""
    with tempfile.TemporaryDirectory() as folder:
        port, file = free_port(), Path(folder) / "taken"
        file.touch()
        process = subprocess.Popen([sys.executable, "-m", "carecoord.bench.sink", str(port), str(file)])
        try:
            _until_open(port)
            yield Sink(port, file, process.pid)
        finally:
            process.kill()
            process.wait()


def worker(taker: Sink, lease: int = 300) -> subprocess.Popen:
    """One of our workers, on this process's database."""
    given = {"EMAIL_URL": f"smtp://127.0.0.1:{taker.port}", "REMINDER_LEASE_SECONDS": str(lease)}
    return _started(["carecoord.bench.drain"], os.environ | given)


def pusher(taker: Sink, number: int, message: Path) -> subprocess.Popen:
    """A process that pushes one ready message so many times with smtplib."""
    return _started(["carecoord.bench.plain", str(taker.port), str(number), str(message)], dict(os.environ))


def go(process: subprocess.Popen) -> None:
    """It reads the line when it is ready."""
    process.stdin.write("go\n")  # type: ignore[union-attr]
    process.stdin.flush()  # type: ignore[union-attr]


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and seconds of CPU of the senders, the mail server and PostgreSQL together."""

    wall: float
    cpu: float


def took(processes: Sequence[subprocess.Popen], taker: Sink) -> Took:
    """From the common start, when all are ready, until the last is done."""
    _each_says(processes, "ready")
    others, began = _cpu_of_servers(taker), time.monotonic()
    for process in processes:
        go(process)
    cpu = sum(float(said) for said in _each_says(processes, "done"))
    wall = time.monotonic() - began
    for process in processes:
        process.communicate()
    return Took(wall, cpu + _cpu_of_servers(taker) - others)


def _each_says(processes: Sequence[subprocess.Popen], word: str) -> list[str]:
    """What each says after the word."""
    lines = [process.stdout.readline() for process in processes]  # type: ignore[union-attr]
    if not all(line.startswith(word) for line in lines):
        raise RuntimeError("A process of the measurement died.")
    return [line.removeprefix(word).strip() for line in lines]


def _cpu_of_servers(taker: Sink) -> float:
    """Seconds of CPU so far of the mail server, and of PostgreSQL with all its processes if it runs here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        postmaster = _stat(cursor.fetchone()[0])[1]
    all_stats = [_stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")]
    theirs = [stat for stat in all_stats if postmaster > 1 and postmaster in stat[:2]]
    ticks = sum(stat[2] + (stat[3] if stat[0] == postmaster else 0) for stat in [*theirs, _stat(taker.pid)])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, int, int, int]:
    """The process, its parent, its ticks of CPU and those of its children that have ended (proc_pid_stat(5))."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0, 0, 0, 0
    return pid, int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


def _started(arguments: Sequence[str], environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], env=environment, cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _until_open(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("The mail server of the measurement did not start.")
