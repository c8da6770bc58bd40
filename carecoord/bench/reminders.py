"""Figures 12 and 13: how quickly reminders leave, and what a killed worker costs.

Both need the services of the environment (`carecoord.embedded.services`), and take away again what they write.
"""

import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from carecoord.bench import owed
from carecoord.bench.harness import PATIENCE, Sink, go, pusher, seconds_of, sink, worker
from records.models import ChannelConsent
from scheduling.mail import Matter, message, wordlist
from scheduling.models import Reminder

LEASE = 2  # seconds: a killed worker's rows must come back while we look
UNSETTLED = [Reminder.Status.DUE, Reminder.Status.CLAIMED, Reminder.Status.SENDING]


def figure_12(*, number: int = 6000, rounds: int = 3) -> dict[str, Any]:
    """Messages a second of two of our workers, and of two smtplib processes that push ready bytes, in turns.

    The mail server has each message on its disk before it says that it has it, as mail servers do. To one that
    keeps nothing (`ratio_unkept`) smtplib pushes at the speed of the loopback, and what our mail costs beside the
    pushing shows.
    """
    kept, unkept = _pace(number, rounds, keeps=True), _pace(number, rounds, keeps=False)
    return {"figure": 12, "goal": "at least 0.4", "ratio": _ratio(*kept.values())} | {
        "ratio_unkept": _ratio(*unkept.values()), "per_second": kept, "per_second_unkept": unkept,
    }  # fmt: skip


def _pace(number: int, rounds: int, *, keeps: bool) -> dict[str, list[int]]:
    """Messages a second in each round."""
    rates: dict[str, list[int]] = {"plain": [], "ours": []}
    with owed.measured_house() as type, sink(keeps=keeps) as taker, tempfile.TemporaryDirectory() as folder:
        visits = [row.appointment for row in owed.owe(type, number, language=("en", "es"))]
        for _ in range(rounds):
            owed.settle_all(type)
            rows = owed.remind(visits)
            example = Path(folder) / "message"
            example.write_bytes(_message(rows[0]))
            rates["plain"].append(round(number / seconds_of([pusher(taker, number // 2, example) for _ in range(2)])))
            rates["ours"].append(round(number / seconds_of([worker(taker) for _ in range(2)])))
            _require_all(rows, taker)
    return rates


def figure_13(*, number: int = 6000, kills: int = 25, seed: int = 13) -> dict[str, Any]:
    """Kill a worker with signal 9 so many times while they send; what was lost, went twice, is in doubt."""
    with owed.measured_house() as type, sink() as taker:
        rows = owed.owe(type, number)
        done = _send_under_fire(taker, number, kills, random.Random(seed))  # noqa: S311
        _finish(rows, taker)
        return {"figure": 13, "goal": "0 lost, 0 twice, all in doubt listed", "kills": done} | _found(rows, taker)


def _ratio(plain: Sequence[int], ours: Sequence[int]) -> float:
    return round(statistics.median(mine / base for base, mine in zip(plain, ours, strict=True)), 2)


def _message(reminder: Reminder) -> bytes:
    """The bytes of a message as we send it, by another Message-ID: both sides push the same amount."""
    visit = reminder.appointment
    consent = ChannelConsent.objects.select_related("contact_point").get(patient=visit.patient, facility=visit.facility)
    url = f"{settings.PUBLIC_URL}/a/{'x' * 32}/"
    return message(
        [Matter(reminder, visit, url)], consent, wordlist(visit.facility),
        message_of=Reminder(), stop_url=f"{url}stop/", skeletons={},
    ).raw  # fmt: skip


def _require_all(rows: Sequence[Reminder], taker: Sink) -> None:
    """A figure of messages that never arrived, or arrived malformed, would be worth nothing."""
    missing = {str(row.uuid) for row in rows} - taker.taken.keys()
    if missing or _of(rows).exclude(status=Reminder.Status.SENT).exists():
        raise RuntimeError(f"{len(missing)} of {len(rows)} messages did not arrive.")


def _of(rows: Sequence[Reminder]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(pk__in=[row.pk for row in rows])


def _send_under_fire(taker: Sink, number: int, kills: int, chance: random.Random) -> int:
    """Two workers; at each of so many random points of the run one is killed, and another started in its place."""
    points = sorted(chance.sample(range(1, number - number // 10), kills))
    running, done = [_going(taker), _going(taker)], 0
    deadline = time.monotonic() + PATIENCE
    while done < kills and time.monotonic() < deadline:
        running = [each if each.poll() is None else _going(taker) for each in running]
        if taker.taken.total() >= points[done]:
            _kill(chance.choice(running))
            done += 1
        time.sleep(chance.uniform(0, 0.01))
    for each in running:
        _kill(each)
    return done


def _going(taker: Sink) -> subprocess.Popen:
    process = worker(taker, LEASE)
    go(process)
    return process


def _kill(process: subprocess.Popen) -> None:
    process.kill()
    process.communicate()


def _finish(rows: Sequence[Reminder], taker: Sink) -> None:
    """Let the leases of the killed end, and send the rest."""
    deadline = time.monotonic() + PATIENCE
    while _of(rows).filter(status__in=UNSETTLED).exists() and time.monotonic() < deadline:
        time.sleep(LEASE)
        _going(taker).communicate()


def _found(rows: Sequence[Reminder], taker: Sink) -> dict[str, int]:
    states = {str(uuid): status for uuid, status in _of(rows).values_list("uuid", "status")}
    taken = taker.taken
    sent = {uuid for uuid, status in states.items() if status == Reminder.Status.SENT}
    doubted = {uuid for uuid, status in states.items() if status == Reminder.Status.IN_DOUBT}
    return {
        "reminders": len(rows),
        "lost": len(rows) - len(sent | doubted) + len(sent - taken.keys()),
        "twice": sum(times > 1 for times in taken.values()),
        "in_doubt": len(doubted),
        "arrived_but_not_listed": len(taken.keys() - sent - doubted),
    }
