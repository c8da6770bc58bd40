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

from carecoord.embedded.valkey import free_port

PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Sink:
    """A mail server in a process of its own, and the file with the Message-IDs it took."""

    port: int
    file: Path

    @property
    def taken(self) -> Counter[str]:
        """How often each message arrived, by the uuid of its reminder."""
        return Counter(line.split("@")[0] for line in self.file.read_text().split())


@contextmanager
def sink(*, keeps: bool = False) -> Iterator[Sink]:
    """A mail server that takes everything, and writes it to the disk before it says so if it `keeps` it."""
    with tempfile.TemporaryDirectory() as folder:
        port, file = free_port(), Path(folder) / "taken"
        file.touch()
        command = [sys.executable, "-m", "carecoord.bench.sink", str(port), str(file), *(["keep"] if keeps else [])]
        process = subprocess.Popen(command)
        try:
            _until_open(port)
            yield Sink(port, file)
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


def seconds_of(processes: Sequence[subprocess.Popen]) -> float:
    """From the common start, when all are ready, until the last is done."""
    _each_says(processes, "ready")
    began = time.monotonic()
    for process in processes:
        go(process)
    _each_says(processes, "done")
    took = time.monotonic() - began
    for process in processes:
        process.communicate()
    return took


def _each_says(processes: Sequence[subprocess.Popen], word: str) -> None:
    for process in processes:
        if process.stdout.readline().strip() != word:  # type: ignore[union-attr]
            raise RuntimeError("A process of the measurement died.")


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
