"""Figures 7, 8 and 9: what a booking costs, and what the guards cost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any

from django.db import connection
from django.urls import reverse

from carecoord.audit.rights import as_owner
from carecoord.bench.rounds import Cost, cost
from carecoord.bench.scene import Scene
from carecoord.bench.server import Server
from scheduling.models import AppointmentParticipant

AT_ONCE = 64
INSERTS, LINES = 300, 8


def booking(server: Server, scene: Scene, unit: Callable[[], int]) -> Cost:
    """Figure 7: the POST that books a visit with its history, its reminders and the read log."""
    return cost(server, unit, lambda: server.ask(*_booking(scene)))


def stampede(server: Server, scene: Scene, *, slots: int = 100) -> dict[str, int]:
    """Figure 8: 64 people want one slot at the same moment, so many times over.

    Wrong is a slot that more or fewer than one got.
    """
    lines = [server.line() for _ in range(AT_ONCE)]
    outcome: Counter[str] = Counter()
    before = _deadlocks()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(slots):
            doctor, starts_at = scene.fresh_slot()
            wanted = partial(_want, server, scene, _form(scene, doctor, starts_at), Barrier(AT_ONCE))
            codes = Counter(pool.map(wanted, lines, range(AT_ONCE)))
            held = AppointmentParticipant.objects.filter(practitioner=doctor, active=True, during__contains=starts_at)
            outcome["wrong"] += held.count() != 1
            outcome["refused"] += codes[422]
            outcome["errors"] += sum(number for code, number in codes.items() if code >= 500)
    return {
        "slots": slots, "wrong": outcome["wrong"], "refused": outcome["refused"], "errors": outcome["errors"],
        "deadlocks": _deadlocks() - before,
    }  # fmt: skip


def _want(server: Server, scene: Scene, form: dict[str, str], gate: Barrier, line: HTTPConnection, number: int) -> int:
    gate.wait(timeout=60)
    return server.ask(_address(scene, number), form, line)


def guards(scene: Scene) -> dict[str, float]:
    """Figure 9: inserts a second into a copy of the participants with the exclusion constraints, against one without.

    Spread: every connection books another practitioner. Contended: all book the same, each another time, and lock
    the practitioner first, as booking does.
    """
    with as_owner():
        _copies()
    found: dict[tuple[str, bool], list[float]] = {}
    for table, contended in _order():
        found.setdefault((table, contended), []).append(_throughput(scene, table, contended))
    middle = {key: median(rates) for key, rates in found.items()}
    return {
        "spread": middle["bench_guarded", False] / middle["bench_plain", False],
        "contended": middle["bench_guarded", True] / middle["bench_plain", True],
    }


def _booking(scene: Scene) -> tuple[str, dict[str, str]]:
    doctor, starts_at = scene.fresh_slot()
    return _address(scene, scene.number_of_next_patient()), _form(scene, doctor, starts_at)


def _address(scene: Scene, number: int) -> str:
    return reverse("scheduling:appointment_book", args=[scene.patients[number % len(scene.patients)].uuid])


def _form(scene: Scene, doctor: Any, starts_at: Any) -> dict[str, str]:
    return {"type": str(scene.kind.uuid), "practitioner": str(doctor.uuid), "starts_at": starts_at.isoformat()}


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _order() -> list[tuple[str, bool]]:
    """By turns, five times each, so that a slow moment of the machine meets both."""
    return [(table, contended) for _ in range(5) for contended in (False, True) for table in TABLES]


TABLES = ("bench_guarded", "bench_plain")


def _copies() -> None:
    """The real table's shape twice; from one the indexes behind the guards are left out."""
    source = AppointmentParticipant._meta.db_table
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.execute(f"CREATE TABLE {table} (LIKE {source} INCLUDING ALL)")
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'bench_plain'::regclass AND contype = 'x'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE bench_plain DROP CONSTRAINT "{name}"')


def _throughput(scene: Scene, table: str, contended: bool) -> float:
    """Committed inserts a second over eight connections."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")
    gate = Barrier(LINES + 1)
    with ThreadPoolExecutor(LINES) as pool:
        running = [pool.submit(_insert, scene, table, contended, line, gate) for line in range(LINES)]
        gate.wait(timeout=60)
        started = perf_counter()
        for each in running:
            each.result()
        return INSERTS * LINES / (perf_counter() - started)


def _insert(scene: Scene, table: str, contended: bool, line: int, gate: Barrier) -> None:
    doctor = scene.doctors[0 if contended else line].pk
    lock = "SELECT 1 FROM staff_practitioner WHERE id = %(doctor)s FOR NO KEY UPDATE; " if contended else ""
    insert = (
        f"{lock}INSERT INTO {table} (uuid, version, created_at, updated_at, practitioner_id, during, active,"  # noqa: S608
        " overlap_permitted, appointment_id) VALUES (gen_random_uuid(), 1, now(), now(), %(doctor)s,"
        " tstzrange(%(start)s, %(start)s + interval '30 minutes'), true, false, %(appointment)s)"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            gate.wait(timeout=60)
            for number in range(INSERTS):
                place = number * LINES + line
                start = scene.moment(FARTHER + place // 40, 0)
                start = start.replace(hour=place % 40 // 2, minute=place % 2 * 30)
                cursor.execute(insert, {"doctor": doctor, "start": start, "appointment": place})
    finally:
        connection.close()


FARTHER = 2000  # days ahead: nothing stands there
