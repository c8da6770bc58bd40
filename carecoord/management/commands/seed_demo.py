"""`manage.py seed_demo [--patients N]`: the demo, and as many more people as a measurement asks for."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Facility
from carecoord.demo.bulk import add_people
from carecoord.demo.seed import seed

MOST = 1_000_000


class Command(BaseCommand):
    help = "Write the invented demo facilities into an empty database; --patients adds people by SQL, for measurement."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=0, metavar="N", help="how many people to add by SQL")

    def handle(self, *args: Any, **options: Any) -> None:
        started, wanted = time.monotonic(), options["patients"]
        if not 0 <= wanted <= MOST:
            raise CommandError(f"--patients takes a number from 0 to {MOST:,}.")
        if not Facility.objects.exists():
            seed(say=self.stdout.write)
        elif not wanted:
            raise CommandError("The demo is written already. `make clean` removes it.")
        if wanted:
            facility = Facility.objects.filter(code="harbor", is_demo=True).first()
            if facility is None:
                raise CommandError("People are added to the demo facility only, and it is not there.")
            add_people(facility=facility, number=wanted)
            self.stdout.write(f"{wanted:,} people added by SQL")
        self.stdout.write(f"Done in {time.monotonic() - started:.0f} seconds")
