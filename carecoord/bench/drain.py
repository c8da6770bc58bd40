"""One worker, as Celery runs it: `python -m carecoord.bench.drain`.

Says "ready", waits for a line, sends what is due, says "done".
"""

import sys

import django

django.setup()

from scheduling.tasks import send_due_reminders  # noqa: E402 (the models must be loaded first)

if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    send_due_reminders()
    sys.stdout.write("done\n")
