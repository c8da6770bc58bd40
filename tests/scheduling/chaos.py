"""All processes of one CareCoord, on services of their own, watched and restarted as `manage.py up` does it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from carecoord.bench.harness import Sink, sink
from carecoord.embedded.home import Home
from carecoord.embedded.process import Child, bring_up
from carecoord.embedded.supervisor import Watched
from carecoord.embedded.valkey import Valkey
from tests.template import start_cluster

QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
LEASE = 3
PATIENCE = 150  # seconds, on a machine that does much else
OWE = """
import django
django.setup()
from carecoord.bench import owed
owed.owe(owed.measured_type(), {number})
"""


class House:
    """What runs: `children` by kind. `kill` is signal 9, to the whole group of a Celery worker."""

    def __init__(self, home: Home, taker: Sink, stack: ExitStack) -> None:
        self.taker = taker
        self.database, self.broker = start_cluster(home), Valkey(home)
        bring_up(self.broker)
        # This run loses its database's memory: what was committed must be in the log by then.
        self.ask("ALTER DATABASE carecoord SET synchronous_commit = on")
        self.environment = self._environment(home)
        workers = [self._celery(home, f"worker-{n}", "worker", "--concurrency", "1", "-n", f"w{n}@%h") for n in "12"]
        plans = [str(home.folder / f"beat-{n}") for n in "12"]
        beats = [self._celery(home, "beat", "beat", "--pidfile=", "--schedule", plan) for plan in plans]
        self.children = {"worker": workers, "beat": beats, "redis": [self.broker], "database": [self.database]}
        self.watched = [Watched(child) for kind in self.children.values() for child in kind]
        stack.callback(self._end)

    def owe(self, number: int) -> None:
        script = OWE.format(number=number)
        subprocess.run([sys.executable, "-c", script], env=self.environment, cwd=settings.BASE_DIR, check=True)

    def start(self) -> None:
        for child in [*self.children["worker"], *self.children["beat"]]:
            child.start()

    def look(self) -> None:
        for each in self.watched:
            each.look(time.monotonic())

    def kill(self, kind: str, number: int) -> None:
        child = self.children[kind][number % len(self.children[kind])]
        if child.process and child.alive():
            group = kind in ("worker", "beat")
            (os.killpg if group else os.kill)(child.process.pid, signal.SIGKILL)
            child.process.wait()

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "It did not get that far."
            self.look()
            time.sleep(0.02)

    def ask(self, sql: str) -> list[Any]:
        """Rows, over a connection of its own; none while the database is down."""
        driver = connection.Database
        try:
            link = driver.connect(host=str(self.database.socket_folder), user="postgres", dbname="carecoord")
        except driver.OperationalError:
            return []
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        link.close()
        return rows

    def states(self) -> dict[str, str]:
        return dict(self.ask("SELECT uuid::text, status FROM scheduling_reminder"))

    def is_done(self) -> bool:
        left = Counter(self.states().values())
        return bool(left) and not {"due", "claimed", "sending"} & left.keys()

    def _environment(self, home: Home) -> dict[str, str]:
        given = {
            "DATABASE_URL": self.database.owner_url, "REDIS_URL": self.broker.url, "CARECOORD_HOME": str(home.folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.taker.port}", "REMINDER_LEASE_SECONDS": str(LEASE),
            "DJANGO_SETTINGS_MODULE": "tests.scheduling.chaos_settings", "PYTHONPATH": str(settings.BASE_DIR),
        }  # fmt: skip
        return os.environ | given

    def _celery(self, home: Home, name: str, what: str, *arguments: str) -> Child:
        quiet = QUIET if what == "worker" else QUIET[-2:]
        command = [sys.executable, "-m", "celery", "-A", "carecoord", what, *arguments, *quiet]
        log = home.logs / f"{name}.log"
        return Child(name=name, command=command, log=log, environment=self.environment, own_session=True)

    def _end(self) -> None:
        for number in range(2):
            self.kill("worker", number)
            self.kill("beat", number)
        self.broker.stop()
        self.database.stop()


@contextmanager
def house():
    home = Home(Path(tempfile.mkdtemp(prefix="carecoord-chaos-")))
    home.create()
    with ExitStack() as stack:
        taker = stack.enter_context(sink())
        stack.callback(home.remove)
        yield House(home, taker, stack)
