"""`manage.py check_writes`: which rows were written past their history? Exit status 1 when there are any."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carecoord.audit.unseen import unseen_writes


class Command(BaseCommand):
    help = "List the writes that PostgreSQL witnessed and no history tells: raw SQL, update(), bulk writes."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(unseen_writes())
        for each in found:
            self.stdout.write(str(each))
        if found:
            raise CommandError(f"{len(found)} kinds of writes without history.", returncode=1)
        self.stdout.write(self.style.SUCCESS("Every write is in its history."))
