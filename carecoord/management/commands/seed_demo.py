"""`manage.py seed_demo [--patients N] [--appointments N]`: the demo, and as much more as a measurement asks for."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Facility
from carecoord.audit.rights import as_owner
from carecoord.demo.bulk import add_appointments, add_people
from carecoord.demo.seed import seed

MOST = 1_000_000


class Command(BaseCommand):
    help = "Write the invented demo facilities into an empty database; --patients adds people by SQL, for measurement."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=0, metavar="N", help="how many people to add by SQL")
        parser.add_argument("--appointments", type=int, default=0, metavar="N", help="how many past visits of theirs")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        people, visits = (self._number(options, name) for name in ("patients", "appointments"))
        call_command("migrate", interactive=False, verbosity=0)
        if not Facility.objects.exists():
            seed(say=self.stdout.write)
        elif not people and not visits:
            raise CommandError("The demo is written already. `make clean` removes it.")
        with as_owner():  # who adds rows by the hundred thousand tells PostgreSQL to look at its tables anew
            self._add_by_sql(people, visits)
        self.stdout.write(f"Done in {time.monotonic() - started:.0f} seconds")

    def _add_by_sql(self, people: int, visits: int) -> None:
        if people:
            add_people(facility=self._facility(), number=people)
            self.stdout.write(f"{people:,} people added by SQL")
        if visits:
            self._add_appointments(visits)

    def _number(self, options: dict[str, Any], name: str) -> int:
        if not 0 <= options[name] <= MOST:
            raise CommandError(f"--{name} takes a number from 0 to {MOST:,}.")
        return int(options[name])

    def _facility(self) -> Facility:
        facility = Facility.objects.filter(code="harbor", is_demo=True).first()
        if facility is None:
            raise CommandError("People are added to the demo facility only, and it is not there.")
        return facility

    def _add_appointments(self, number: int) -> None:
        try:
            add_appointments(facility=self._facility(), number=number)
        except LookupError as error:
            raise CommandError("Visits are of people added by --patients, and there are none.") from error
        self.stdout.write(f"{number:,} past visits added by SQL")
