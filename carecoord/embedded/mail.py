"""A mail server that keeps every message in a folder and sends none."""

import signal
import socket
import sys

from carecoord.embedded.home import Home
from carecoord.embedded.process import Child
from carecoord.embedded.valkey import free_port


class MailCatcher(Child):
    def __init__(self, home: Home):
        self.port = free_port()
        address = f"127.0.0.1:{self.port}"
        handler = ["-c", "aiosmtpd.handlers.Mailbox", str(home.mail)]
        super().__init__(
            name="mail catcher",
            command=[sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", address, *handler],
            log=home.logs / "mail.log",
            stop_signal=signal.SIGTERM,
            own_session=True,
        )

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                return connection.recv(3) == b"220"
        except OSError:
            return False
