"""`manage.py import_fhir PATH… --facility CODE [--dry-run]`"""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Facility
from fhir.services import import_files
from fhir.sources import Unreadable, sources


class Command(BaseCommand):
    help = "Import FHIR R4 resources and bundles. The last line of the output is a JSON summary."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=".json, .ndjson, .tar.xz or a folder")
        parser.add_argument("--facility", required=True, metavar="CODE", help="whose patients they become")
        parser.add_argument("--dry-run", action="store_true", help="try everything and keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        facility = Facility.objects.filter(code=options["facility"]).first()
        if facility is None:
            raise CommandError(f"There is no facility with the code “{options['facility']}”.")
        if missing := [str(path) for path in options["paths"] if not path.exists()]:
            raise CommandError(f"Not found: {', '.join(missing)}")
        files = tqdm(sources(options["paths"]), unit="file", file=sys.stderr, disable=not sys.stderr.isatty())
        try:
            report = import_files(
                sources=files, facility=facility, dry_run=options["dry_run"], say=lambda line: self.stderr.write(line)
            )
        except Unreadable as error:
            raise CommandError(str(error)) from error
        summary = report.summary() | {"seconds": round(time.monotonic() - started, 1), "dry_run": options["dry_run"]}
        self.stdout.write(json.dumps(summary))
