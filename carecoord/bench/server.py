"""The measured server: two web workers on loopback, somebody signed in, and what they cost."""

import http.client
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from accounts.middleware import SECOND_FACTOR
from accounts.models import User
from carecoord.embedded.process import Child, bring_up

WORKERS, THREADS = 2, 4
PROC = Path("/proc")
CSRF = "b" * 32


@dataclass
class Server:
    """A running server. `ask` is one request of the person signed in; `cpu` what all was spent so far."""

    port: int
    child: Child
    cookie: str = ""
    kept: http.client.HTTPConnection | None = field(default=None)

    def ask(self, path: str, data: dict[str, str] | None = None, line: http.client.HTTPConnection | None = None) -> int:
        """The status of the answer; the whole of it is read. A form goes as HTMX would send it."""
        line = line or self._line()
        headers = {"Cookie": self.cookie, "Host": "localhost"}
        if data is None:
            line.request("GET", path, headers=headers)
        else:
            headers |= {"X-CSRFToken": CSRF, "Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", path, urlencode(data), headers)
        response = line.getresponse()
        response.read()
        return response.status

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _line(self) -> http.client.HTTPConnection:
        if self.kept is None:
            self.kept = self.line()
        return self.kept

    def cpu(self) -> float:
        """Milliseconds of processor time of the web workers and of every database connection but ours."""
        return sum(spent_by(pid) for pid in [*_children_of(self.child), *_backends()]) / 1e6

    def memory(self) -> float:
        """Megabytes held by a web worker alone (its unique set), on average."""
        pids = _children_of(self.child)
        return sum(_unique_set(pid) for pid in pids) / len(pids)

    def sign_in(self, user: User) -> None:
        """A session with both factors, as if the person had just signed in."""
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY], session[SECOND_FACTOR] = settings.AUTHENTICATION_BACKENDS[0], True
        session.save()
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


@contextmanager
def running() -> Iterator[Server]:
    """Two gunicorn workers with the real settings, on a free port of loopback, until the block ends."""
    port = _free_port()
    server = Server(port, MeasuredWeb(port))
    try:
        bring_up(server.child, seconds=60)
        yield server
    finally:
        server.child.stop()


class MeasuredWeb(Child):
    """gunicorn as `up` runs it, with the bench's settings."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(
            name="measured server",
            command=[
                sys.executable, "-m", "gunicorn", "carecoord.wsgi", "--bind", f"127.0.0.1:{port}",
                "--no-control-socket", "--worker-class", "gthread", "--workers", str(WORKERS),
                "--threads", str(THREADS), "--keep-alive", "60",
            ],
            log=settings.HOME / "logs" / "bench.log",
            environment=os.environ | {"DJANGO_SETTINGS_MODULE": "carecoord.bench.settings", "LOG_LEVEL": "CRITICAL"},
        )  # fmt: skip

    def ready(self) -> bool:
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            line.request("GET", "/healthz")
            line.getresponse().read()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children_of(child: Child) -> list[int]:
    pid = child.process.pid if child.process else 0
    return [int(word) for word in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]


def _backends() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in cursor.fetchall()]


def spent_by(pid: int) -> int:
    """Nanoseconds of all threads of a process so far; of one that is gone, nothing."""
    total = 0
    for task in (PROC / str(pid) / "task").glob("*/schedstat"):
        try:
            total += int(task.read_text().split()[0])
        except FileNotFoundError:
            continue
    return total


def spent_here() -> float:
    """Processor milliseconds of this process and of its database connection so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return (spent_by(os.getpid()) + spent_by(backend)) / 1e6


def _unique_set(pid: int) -> float:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    kept = [line.split() for line in lines if line.startswith("Private_")]
    return sum(int(words[1]) for words in kept) / 1024
