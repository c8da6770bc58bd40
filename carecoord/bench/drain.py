"""One worker, as Celery runs it: `python -m carecoord.bench.drain`.

Says "ready", waits for a line, sends what is due, says "done".
"""

import sys

import django

django.setup()

from scheduling import links  # noqa: E402 (the models must be loaded first)
from scheduling.mail import skeleton_words  # noqa: E402
from scheduling.tasks import send_due_reminders  # noqa: E402

if __name__ == "__main__":
    links.address("reply", "")  # a worker has been running for hours: it has its addresses and templates loaded
    skeleton_words()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    send_due_reminders()
    sys.stdout.write("done\n")
