"""`make bench`: the figures of docs/performance.md on a database of its own, growing from size to size."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import Facility
from carecoord.audit.rights import as_owner
from carecoord.bench import auditing, booking, calendar, reminders, watching
from carecoord.bench.rounds import Cost, exponent
from carecoord.bench.scene import Scene, grow, set_up
from carecoord.bench.server import Server, running
from carecoord.demo.bulk import add_appointments
from scheduling.models import Appointment

SIZES = [1_000, 10_000, 100_000]


class Command(BaseCommand):
    help = "Measure, in a CARECOORD_HOME of its own, which is empty at first; the answer is also in bench.json there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, nargs="+", default=SIZES, metavar="N", help="sizes, ascending")
        parser.add_argument("--appointments", type=int, default=1_000_000, metavar="N", help="visits at the last size")
        parser.add_argument("--slots", type=int, default=100, help="how often 64 people want one slot")
        parser.add_argument(
            "--lines", type=int, default=1_000_000, help="of the read log, when its reports are measured"
        )
        parser.add_argument("--reminders", type=int, default=6000, help="how many are sent, and sent under fire")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("The bench runs on a database of its own: `make bench`.")
        call_command("migrate", interactive=False, verbosity=0)
        if not Facility.objects.exists():
            call_command("seed_demo", stdout=self.stdout)
        found: dict[str, Any] = {"sizes": [self._at(size, self._people(size)) for size in options["patients"]]}
        if options["appointments"]:
            found["sizes"].append(self._at(options["patients"][-1], self._visits(options["appointments"])))
        found |= self._growth(found["sizes"]) | self._guards(options["slots"])
        found |= self._reminders(options["reminders"]) | self._watching(options["lines"])
        Path(settings.HOME, "bench.json").write_text(json.dumps(found, indent=2))

    def _people(self, size: int) -> Callable[[], None]:
        return lambda: grow(Facility.objects.get(code="harbor"), people=size)

    def _visits(self, wanted: int) -> Callable[[], None]:
        def add() -> None:
            missing = wanted - Appointment.objects.count()
            if missing > 0:
                with as_owner():
                    add_appointments(facility=Facility.objects.get(code="harbor"), number=missing)

        return add

    def _at(self, size: int, prepare: Callable[[], None]) -> dict[str, Any]:
        prepare()
        scene = set_up()
        calendar.fill(scene)
        visits = Appointment.objects.count()
        self.stdout.write(f"\n{size:,} people, {visits:,} appointments")
        with running() as server:
            server.sign_in(scene.booker)
            address = reverse("bench_unit", urlconf="carecoord.bench.urls", args=[scene.patients[0].uuid])
            unit = partial(server.ask, address)
            found = {"people": size, "appointments": visits} | self._pages(server, scene, unit)
        return found | self._free_times(scene) | self._audit(scene)

    def _pages(self, server: Server, scene: Scene, unit: Callable[[], int]) -> dict[str, Any]:
        board, queries = calendar.day_board(server, scene, unit)
        self._say(4, "day board, 10 clinicians, 50 rows", _in_units(board), "≤ 2.5 F")
        self._say(4, "its queries at 10 and at 200 rows", f"{queries[10]} and {queries[200]}", "equal")
        page, page_queries = auditing.patient_page(server, scene, unit)
        self._say(6, "patient page with its lines in the read log", _in_units(page), "≤ 2.5 F")
        self._say(6, "its queries", str(page_queries), "≤ 8")
        visit = booking.booking(server, scene, unit)
        self._say(7, "booking with history, reminders, log", _in_units(visit), "≤ 2.5 F")
        self._say(16, "memory of a web worker", f"{server.memory():.0f} MB", "≤ 120 MB")
        return {
            "unit_ms": board.unit,
            "day_board": board.ratio,
            "booking": visit.ratio,
            "queries": queries,
            "patient_page": page.ratio,
            "patient_page_queries": page_queries,
        }

    def _free_times(self, scene: Scene) -> dict[str, Any]:
        found = calendar.free_times(scene)
        words = f"{found['ratio']:.2f} ({found['query_ms']:.0f} ms against {found['sweep_ms']:.0f} ms)"
        self._say(10, "free times, 50 clinicians, 4 weeks, to a Python sweep", words, "≤ 0.35")
        return {"free_times": found}

    def _audit(self, scene: Scene) -> dict[str, Any]:
        saves, seen = auditing.audited_save(scene), auditing.ways_seen(scene)
        words = f"{saves['ratio']:.1f} ({saves['audited']:.2f} ms to {saves['plain']:.2f} ms)"
        self._say(11, "audited save to a plain one", words, "≤ 3.3")
        self._say(11, "ways to write that the witness sees", f"{seen} of 7", "7 of 7")
        self._say(11, "a line of the read log", f"{saves['line']:.2f} ms")
        return {"saves": saves, "ways_seen": seen}

    def _guards(self, slots: int) -> dict[str, Any]:
        scene = set_up()
        with running() as server:
            server.sign_in(scene.booker)
            rush = booking.stampede(server, scene, slots=slots)
        words = f"{rush['wrong']} wrong, {rush['errors']} errors, {rush['deadlocks']} deadlocks"
        self._say(8, f"64 at once for one slot, {slots} times", words, "0, 0, 0")
        rates = booking.guards(scene)
        self._say(9, "guarded inserts to unguarded, spread", f"{rates['spread']:.2f}", "≥ 0.7")
        self._say(9, "guarded inserts to unguarded, contended", f"{rates['contended']:.2f}", "≥ 0.8")
        return {"stampede": rush, "guards": rates}

    def _reminders(self, number: int) -> dict[str, Any]:
        if not number:
            return {}
        pace = reminders.figure_12(number=number)
        rates = ", ".join(f"{ours} to {plain}" for plain, ours in zip(*pace["per_second"].values(), strict=True))
        self._say(12, "reminders a second to two smtplib processes", f"{pace['ratio']} ({rates})", "≥ 0.4")
        self._say(12, "the same, to a mail server that keeps nothing", f"{pace['ratio_unkept']}")
        fire = reminders.figure_13(number=number)
        words = f"{fire['lost']} lost, {fire['twice']} twice, {fire['in_doubt']} in doubt"
        self._say(13, f"{fire['kills']} kills in {number:,} reminders", words, "0, 0, all listed")
        return {"pace": pace, "under_fire": fire}

    def _watching(self, lines: int) -> dict[str, Any]:
        if not lines:
            return {}
        found = watching.reports(set_up(), lines=lines)
        for name in ("log", "log_of_a_subject_nobody_opened", "who_looked", "breach_month", "breach_all"):
            self._say(17, f"{name.replace('_', ' ')}, {found['lines']:,} lines", f"{found[name]:.0f} ms", "≤ 1 s")
        return {"watching": found}

    def _growth(self, sizes: list[dict[str, Any]]) -> dict[str, Any]:
        """How the ratios grow from the smallest to the largest number of appointments."""
        grown: dict[str, float] = {}
        for name in ("day_board", "booking"):
            known = [row for row in sizes if row[name]]
            if len(known) > 1:
                visits = [row["appointments"] for row in known]
                grown[name] = exponent(visits, [row[name] for row in known])
                self._say(4 if name == "day_board" else 7, f"growth of {name.replace('_', ' ')}", f"{grown[name]:.2f}")
        return {"growth": grown}

    def _say(self, figure: int, what: str, value: str, goal: str = "") -> None:
        self.stdout.write(f"  {figure:>2}  {what:<56}{value:<34}{goal}")


def _in_units(cost: Cost) -> str:
    if cost.ratio is None:
        return f"not told: F moved by {cost.drift:.0%}"
    return f"{cost.ratio:.2f} F ({cost.page:.1f} ms; F {cost.unit:.1f} ms)"
