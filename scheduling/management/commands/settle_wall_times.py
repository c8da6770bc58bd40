"""`manage.py settle_wall_times [--dry-run]`: after new rules of a time zone (an update of tzdata)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from scheduling.services import settle_wall_times


class Command(BaseCommand):
    help = "Move coming appointments whose moment disagrees with their wall time under today's time zone rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say which would move")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        report = settle_wall_times(dry_run=dry_run)
        verb = "Would move" if dry_run else "Moved"
        self.stdout.write(f"{report.looked_at} appointments to come. {verb}: {len(report.moved)}{_ids(report.moved)}.")
        for pk, code in report.left.items():
            self.stdout.write(f"Left: appointment {pk} ({code}). Move it by hand.")


def _ids(pks: list[int]) -> str:
    return f" (appointments {', '.join(map(str, pks))})" if pks else ""
