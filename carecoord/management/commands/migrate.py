"""`manage.py migrate`: Django's, as the owner of the tables; then the triggers, and the rights of the application."""

from typing import Any

from django.core.management.commands import migrate

from carecoord.audit import rights, witness
from patients import mergeguard


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with rights.as_owner() as application:
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                witness.install()
                mergeguard.install()
                if application:
                    rights.add_role(application)
                    rights.grant(application["USER"])
