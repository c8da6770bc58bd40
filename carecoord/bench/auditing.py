"""Figures 6 and 11: what the read log and an audited save cost, and how many ways to write the witness sees."""

from collections.abc import Callable
from statistics import median

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access
from accounts.models import RowVersion
from carecoord.audit.rights import as_owner
from carecoord.bench.rounds import Cost, cost
from carecoord.bench.scene import Scene
from carecoord.bench.server import Server, spent_here
from core import audit
from patients.models import Flag, Patient

SAVES, ROUNDS = 200, 7


def patient_page(server: Server, scene: Scene, unit: Callable[[], int]) -> tuple[Cost, int]:
    """Figure 6: the page of a patient with its lines in the read log; and its queries."""
    address = reverse("chart:patient_detail", args=[scene.patients[0].uuid])
    return cost(server, unit, lambda: server.ask(address)), _queries(server.cookie, address)


def audited_save(scene: Scene) -> dict[str, float]:
    """Figure 11: a save with author, history and witness to one with none of it; processor milliseconds of each.

    And a line of the read log, by the same measure. By turns, in transactions of one save each.
    """
    flags = _flags(scene)
    scene.booker.kept_memberships = []  # type: ignore[attr-defined]  # as in a request, which reads them once
    spent: dict[str, list[float]] = {"plain": [], "audited": [], "line": []}
    for _ in range(ROUNDS):
        spent["plain"].append(_plain(flags))
        spent["audited"].append(_each(flags, lambda flag: audit.save(flag, by=scene.booker)))
        spent["line"].append(_each(flags, lambda flag: access.log(user=scene.booker, patient_id=flag.patient_id)))
    found = {name: median(rounds) for name, rounds in spent.items()}
    return found | {"ratio": found["audited"] / found["plain"]}


def ways_seen(scene: Scene) -> int:
    """How many of seven ways to write the witness sees; nothing of it stays."""
    flag = _flags(scene)[0]
    fresh = Flag(patient=scene.patients[0], text="Measured")
    ways: list[Callable[[], object]] = [
        lambda: audit.save(flag, by=scene.booker),
        lambda: Flag.objects.create(patient=scene.patients[0], text="Measured"),
        lambda: Flag.objects.filter(pk=flag.pk).update(text="Measured"),
        lambda: Flag.objects.bulk_create([fresh]),
        lambda: Flag.objects.bulk_update([flag], ["text"]),
        lambda: fresh.delete(),
        lambda: _sql("UPDATE patients_flag SET text = text WHERE id = %s", flag.pk),
    ]
    with transaction.atomic():
        seen = sum(_is_seen(way) for way in ways)
        transaction.set_rollback(True)
    return seen


def _is_seen(way: Callable[[], object]) -> bool:
    last = RowVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    way()
    return RowVersion.objects.filter(pk__gt=last, table="patients_flag").exists()


def _plain(flags: list[Flag]) -> float:
    """Without history and without triggers, as a model of Django's saves by itself."""
    with as_owner():
        _sql("SET session_replication_role = replica")
        for flag in flags:
            flag.skip_history_when_saving = True  # type: ignore[attr-defined]  # django-simple-history's
        try:
            return _each(flags, lambda flag: flag.save())
        finally:
            _sql("SET session_replication_role = origin")
            for flag in flags:
                del flag.skip_history_when_saving  # type: ignore[attr-defined]


def _each(flags: list[Flag], act: Callable[[Flag], object]) -> float:
    before = spent_here()
    for flag in flags:
        with transaction.atomic():
            act(flag)
    return (spent_here() - before) / len(flags)


def _flags(scene: Scene) -> list[Flag]:
    people: list[Patient] = scene.patients[:SAVES]
    rows = list(Flag.objects.filter(text="Measured").select_related("patient")[:SAVES])
    return rows or [audit.save(Flag(patient=one, text="Measured"), by=scene.booker) for one in people]


def _sql(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _queries(cookie: str, address: str) -> int:
    client = Client(SERVER_NAME="localhost")
    client.cookies.load(cookie)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
