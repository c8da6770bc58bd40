"""Two workers at once, one of them killed: no message goes twice, none is lost, at most one is in doubt."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone

from scheduling import services, tasks
from scheduling.models import Reminder
from tests.scheduling import stage

pytestmark = [pytest.mark.django_db(transaction=True)]
WORKER = """
import sys, django
django.setup()
from django.conf import settings
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
settings.DATABASES["default"]["NAME"] = sys.argv[3]
from scheduling.services import send_due_reminders
print("ready", flush=True)
send_due_reminders(worker=sys.argv[2], batch=20)
"""


def test_two_workers_send_each_message_once(facility, postbox):
    stage.owe(facility, 60)

    def drain(worker):
        try:
            return services.send_due_reminders(worker=worker, batch=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = sum(pool.map(drain, ["first", "second"]), Counter())
    assert counts == {"sent": 60}
    assert set(postbox.ids.values()) == {1}
    assert len(postbox.ids) == 60


def test_a_worker_with_much_to_do_sends_in_lanes(facility, postbox, settings):
    settings.REMINDER_LANES = 2
    stage.owe(facility, 220)
    tasks.send_due_reminders()
    assert set(postbox.ids.values()) == {1}
    assert len(postbox.ids) == Reminder.objects.filter(status="sent").count() == 220
    assert Reminder.objects.values("worker").distinct().count() == 2


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_sends_nothing_twice(postbox, settings, facility):
    rows = stage.owe(facility, 80)
    killed = worker("killed", settings.EMAIL_PORT)
    wait_for(lambda: len(postbox.raw) >= 10)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    other = worker("other", settings.EMAIL_PORT)
    assert other.wait(timeout=60) == 0
    Reminder.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
    services.send_due_reminders(worker="last")
    states = Counter(Reminder.objects.values_list("status", flat=True))
    assert states["in-doubt"] <= 1
    assert states["sent"] + states["in-doubt"] == len(rows)
    assert set(postbox.ids.values()) == {1}
    arrived = {key.strip("<>").split("@")[0] for key in postbox.ids}
    sent = {str(uuid) for uuid in Reminder.objects.filter(status="sent").values_list("uuid", flat=True)}
    assert sent <= arrived
    assert len(arrived - sent) <= 1


def worker(name: str, port: int) -> subprocess.Popen:
    """A worker in a process of its own, on the test's database and mail server."""
    command = [sys.executable, "-c", WORKER, str(port), name, connection.settings_dict["NAME"]]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(command, env=environment, cwd=live.BASE_DIR)


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "The worker did not get that far."
        time.sleep(0.005)
