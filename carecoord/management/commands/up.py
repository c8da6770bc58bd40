"""`manage.py up`: everything CareCoord needs, in one foreground process, until Ctrl-C."""

import os
import socket
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Facility
from accounts.selectors import demo_people
from carecoord import embedded, heartbeat
from carecoord.embedded.process import Child, ServiceError, bring_up, stop_all
from carecoord.embedded.supervisor import watch
from carecoord.tasks import record_heartbeat


class Web(Child):
    def __init__(self, logs: Path, host: str, port: int):
        self.address = f"http://127.0.0.1:{port}"
        bind = ["--bind", f"{host}:{port}"]
        workers = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        super().__init__(
            name="web server",
            command=[
                sys.executable, "-m", "gunicorn", "carecoord.wsgi", *bind, *workers,
                "--timeout", "60", "--graceful-timeout", "5", "--no-control-socket",
            ],
            log=logs / "web.log",
            environment=_without("AUDIT_SEAL_KEY", "DATABASE_OWNER_URL"),
        )  # fmt: skip

    def ready(self) -> bool:
        """Any answer will do: the health's background part is waited for separately."""
        try:
            urlopen(f"{self.address}/healthz", timeout=5).close()  # noqa: S310  # nosec B310
        except HTTPError:
            return True
        except (URLError, OSError):
            return False
        return True


def _celery(name: str, logs: Path, *arguments: str) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "carecoord", *arguments, "--loglevel", "WARNING"]
    environment = _without("DATABASE_OWNER_URL")
    return Child(name=name, command=command, log=logs / f"{arguments[0]}.log", environment=environment)


def _without(*names: str) -> dict[str, str]:
    """Our environment, but for what the child has no business with: the sealer's key, the owner of the tables."""
    return {name: value for name, value in os.environ.items() if name not in names}


class Command(BaseCommand):
    help = "Migrate, then run web server, worker and beat (and what is embedded) until Ctrl-C."
    requires_system_checks = []  # migrate runs them

    def handle(self, *args: object, **options: object) -> None:
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        _refuse_busy_port(host, port)
        call_command("migrate", interactive=False, verbosity=0)
        self._seed_demo()
        children = _children(host, port)
        try:
            self._start(children)
            self._greet(port, time.monotonic() - embedded.BEGAN)
            watch([*embedded.children, *children])
        finally:
            stop_all(children)

    def _seed_demo(self) -> None:
        if settings.EMBEDDED and not Facility.objects.exists():
            self.stdout.write("Making the demo's people and facilities ...")
            call_command("seed_demo")

    def _start(self, children: list[Child]) -> None:
        try:
            for child in children:
                child.start()
            bring_up(children[0], seconds=60)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        record_heartbeat.apply_async(expires=60, retry=False)  # beat's own first one comes ten seconds later
        self._await_background(seconds=15)

    def _await_background(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not heartbeat.is_recent():
            if time.monotonic() > deadline:
                self.stdout.write("The background worker is not awake yet: see logs/worker.log.")
                return
            time.sleep(0.1)

    def _greet(self, port: int, seconds: float) -> None:
        address = f"http://localhost:{port}"
        self.stdout.write(f"\nCareCoord is ready: {address}  (after {seconds:.1f} s; Ctrl-C stops it)")
        if settings.EMBEDDED:
            self.stdout.write(f"  mail it would send:  {address}/mailbox/")
            self.stdout.write(f"  demo sign-in:        {address}{settings.LOGIN_URL}")
            for person in demo_people():
                self.stdout.write(f"    {person['role']:<34} {person['name']:<26} {person['email']}")
        self.stdout.flush()


def _children(host: str, port: int) -> list[Child]:
    """The web server first: it is the one to wait for."""
    logs = settings.HOME / "logs"
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        Web(logs, host, port),
        _celery("worker", logs, "worker", "--concurrency", "1", *quiet),
        _celery("beat", logs, "beat", "--pidfile="),  # no pid file: one left by kill -9 would stop the next beat
    ]


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"Port {port} cannot be used ({error.strerror}). Try another: make run PORT={port + 1}"
            raise CommandError(reason) from error
