"""Whether the rows that let people in agree with what they stand for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from episodes.drift import grant_drift


class Command(BaseCommand):
    help = "Report grants without their reason, and care-team members or open hand-offs without their grant."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints ids only. Raises CommandError (exit code 1) if anything differs."""
        found = grant_drift()
        for line in found:
            self.stdout.write(str(line))
        if found:
            raise CommandError(f"{len(found)} grants differ from care teams and open hand-offs.")
        self.stdout.write(self.style.SUCCESS("Grants agree with care teams and open hand-offs."))
