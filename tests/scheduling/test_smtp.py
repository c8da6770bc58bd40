"""Mail servers that are slow, refuse, or go away at the worst moment."""

import socket
import threading

import pytest
from django.utils import timezone

from scheduling import services
from scheduling.models import Reminder
from scheduling.services.line import Line
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


def send():
    return dict(services.send_due_reminders(worker="test"))


@pytest.fixture
def two(facility, postbox):
    """Two due reminders; something happens to the first."""
    return stage.owe(facility, 2)


def state(row):
    row.refresh_from_db()
    return row.status, row.code


def to(row, address):
    row.appointment.patient.telecoms.update(value=address)


def test_a_server_too_slow_before_the_message_has_not_got_it(two, postbox, settings):
    settings.EMAIL_TIMEOUT = 0.3
    to(two[0], "slow-to-greet@example.net")
    assert send() == {"due": 1, "sent": 1}
    assert state(two[0]) == ("due", "connection-lost")
    assert state(two[1])[0] == "sent"


def test_a_server_too_slow_after_the_message_may_have_it(two, postbox, settings):
    settings.EMAIL_TIMEOUT = 0.3
    to(two[0], "slow-to-take@example.net")
    assert send() == {"in-doubt": 1, "sent": 1}
    assert state(two[0]) == ("in-doubt", "connection-lost")


@pytest.mark.parametrize(
    ("where", "line", "ends"),
    [
        ("MAIL", "550 Not you", ("failed", "smtp-550")),
        ("MAIL", "451 Later", ("due", "smtp-451")),
        ("DATA", "554 Looks like spam", ("failed", "smtp-554")),
        ("DATA", "452 No room", ("due", "smtp-452")),
        ("p0@example.net", "550 Nobody here", ("failed", "smtp-550")),
    ],
)
def test_each_refusal_is_kept_with_its_code_and_spoils_nothing_after_it(where, line, ends, two, postbox):
    postbox.answers[where] = line
    assert send()
    assert state(two[0]) == ends
    postbox.answers.clear()
    Reminder.objects.filter(pk=two[1].pk).update(status="due", send_at=timezone.now(), attempts=0)
    assert send()["sent"] >= 1


def test_a_server_that_takes_no_commands_in_a_row_is_spoken_to_one_by_one(two, postbox):
    """aiosmtpd does not announce pipelining; the sink of the benchmark does."""
    line = Line()
    line.open()
    assert not line._backend.connection.has_extn("pipelining")
    line.close()
    assert send() == {"sent": 2}


class Surly:
    """A server with prepared answers, each given before so many lines are read; then it hangs up."""

    def __init__(self, *script: tuple[bytes, int]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.script, self.got = script, []
        threading.Thread(target=self._talk, daemon=True).start()

    def _talk(self) -> None:
        link, _ = self.listener.accept()
        with link, link.makefile("rb") as lines:
            for answer, number in self.script:
                link.sendall(answer + b"\r\n")
                self.got += [lines.readline() for _ in range(number)]


@pytest.fixture
def surly(settings):
    def server(*script):
        made = Surly(*script)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = made.listener.getsockname()
        return made

    return server


def test_a_server_that_wants_nobody_counts_against_nobody(facility, surly):
    rows = stage.owe(facility, 2)
    surly((b"554 Go away", 1))
    assert send() == {"released": 2}
    assert state(rows[0]) == ("due", "server-away")


PIPELINED = (b"220 Hello", 1), (b"250-surly\r\n250 PIPELINING", 3)


def test_three_commands_in_one_go_and_a_refusal_among_them(surly):
    """The recipient is refused, yet the server waits for a message: it gets an empty one, and no other."""
    replies = b"250 OK\r\n550 Nobody\r\n354 Go on"
    server = surly(*PIPELINED, (replies, 1), (b"554 No recipients", 1), (b"250 Reset", 0))
    line = Line()
    line.open()
    outcome = line.send("us@localhost", "nobody@example.net", b"Subject: x\r\n\r\nSecret\r\n")
    assert (outcome.kind, outcome.code) == ("refused", "smtp-550")
    said = [b"MAIL FROM:<us@localhost>\r\n", b"RCPT TO:<nobody@example.net>\r\n", b"DATA\r\n", b".\r\n", b"rset\r\n"]
    assert server.got[1:] == said


def test_a_lone_dot_in_a_message_does_not_end_it(surly):
    server = surly(*PIPELINED, (b"250 OK\r\n250 OK\r\n354 Go on", 5), (b"250 Taken", 0))
    line = Line()
    line.open()
    assert line.send("us@localhost", "you@example.net", b"a: b\r\n\r\n.\r\n.x\r\n").kind == "sent"
    assert server.got[4:] == [b"a: b\r\n", b"\r\n", b"..\r\n", b"..x\r\n", b".\r\n"]
