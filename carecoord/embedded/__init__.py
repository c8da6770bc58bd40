"""A complete CareCoord on one machine: database, broker and mail server that are started when none are given.

Give DATABASE_URL (with SECRET_KEY, REDIS_URL, EMAIL_URL) and nothing here starts anything.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from carecoord.embedded.home import Home, Running
from carecoord.embedded.mail import MailCatcher
from carecoord.embedded.postgres import postgres
from carecoord.embedded.process import Child, ServiceError, bring_up, stop_all
from carecoord.embedded.valkey import Valkey

BEGAN = time.monotonic()  # for telling how long a start took
PATIENCE = 60  # seconds to wait for another process that is starting or stopping the services

# The services that this process runs, for `manage.py up` to watch.
children: list[Child] = []


@contextmanager
def services(argv: list[str]) -> Iterator[None]:
    """Find or start what the environment does not give, for the duration of one command, and set the environment.

    Leaves the process with a sentence when that is impossible.
    """
    command = argv[1] if len(argv) > 1 else "help"
    if command == "up":
        _stop_on_signals()
    with ExitStack() as stack:
        try:
            if os.environ.get("DATABASE_URL"):
                _use_given()
            else:
                _use_embedded(stack, command)
        except ServiceError as error:
            sys.exit(str(error))
        yield


def runs(database_url: str) -> bool:
    """Whether this address is the embedded database's: the demo's doors open for no other."""
    running = Home.from_environment().running()
    return running is not None and running.database_url == database_url


def _stop_on_signals() -> None:
    """SIGINT too: a start in the background inherits it ignored. Later signals may not disturb the stopping."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(0)

    for each in signals:
        signal.signal(each, stop)


def _use_given() -> None:
    """Believe CARECOORD_EMBEDDED only from our own parent process (the reloader's), never from outside."""
    if not os.environ.get("SECRET_KEY"):
        raise ServiceError("DATABASE_URL is given, so SECRET_KEY must be given too.")
    os.environ.pop("CARECOORD_EMBEDDED", None)
    if runs(os.environ["DATABASE_URL"]):
        os.environ["CARECOORD_EMBEDDED"] = "1"


def _use_embedded(stack: ExitStack, command: str) -> None:
    home = Home.from_environment()
    home.create()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if stack.enter_context(home.try_to_own()):
            _export(home, _start(stack, home, command))
            return
        running = home.running() if command == "up" else stack.enter_context(home.use())
        if running and command != "up":
            _export(home, running)
            return
        if running and running.command == "up":
            raise ServiceError(f"CareCoord already runs here: http://localhost:{running.port} (process {running.pid}).")
        stack.close()  # give back what we hold, so that the other can stop
        time.sleep(0.1)
    raise ServiceError(f"Another process holds {home.folder} and its services do not answer.")


def _start(stack: ExitStack, home: Home, command: str) -> Running:
    _clear_leftovers(home)
    database = postgres(home)
    broker = None if os.environ.get("REDIS_URL") else Valkey(home)
    mail = None if os.environ.get("EMAIL_URL") else MailCatcher(home)
    started: list[Child] = [child for child in (mail, broker, database) if child]
    stack.callback(_stop, home, started, wait=command != "up")
    for child in started:
        child.start()  # all at once, then wait for each
    for child in started:
        if child is not mail or command == "up":
            bring_up(child)
    database.add_application()
    running = Running(
        pid=os.getpid(),
        command=command,
        port=os.environ.get("PORT", "8000"),
        database_url=database.url,
        owner_url=database.owner_url,
        redis_url=broker.url if broker else os.environ["REDIS_URL"],
        email_url=mail.url if mail else os.environ["EMAIL_URL"],
        socket_folder=str(database.socket_folder),
    )
    children[:] = started
    home.announce(running)
    return running


def _stop(home: Home, started: list[Child], wait: bool) -> None:
    """A short command lets others finish; `up` is told to stop, and stops."""
    with ExitStack() as stack:
        if wait:
            stack.enter_context(home.unused())
        home.withdraw()
        stop_all(started)
        children.clear()


def _clear_leftovers(home: Home) -> None:
    """We hold the home's lock, so what an earlier owner recorded is stale."""
    stale = home.running()
    if stale:
        shutil.rmtree(Path(stale.socket_folder), ignore_errors=True)
    home.withdraw()


def _export(home: Home, running: Running) -> None:
    os.environ["DATABASE_URL"] = running.database_url
    os.environ["DATABASE_OWNER_URL"] = running.owner_url
    os.environ["CARECOORD_HOME"] = str(home.folder)
    os.environ["CARECOORD_EMBEDDED"] = "1"
    os.environ.setdefault("REDIS_URL", running.redis_url)
    os.environ.setdefault("EMAIL_URL", running.email_url)
    os.environ.setdefault("SECRET_KEY", home.secret("secret_key"))
    os.environ.setdefault("AUDIT_SEAL_KEY", home.secret("audit_seal_key"))
