"""`manage.py migrate`: Django's, as the tables' owner; then the witness's triggers and the application's rights."""

from typing import Any

from django.core.management.commands import migrate

from carecoord.audit import rights, witness


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with rights.as_owner() as application:
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                witness.install()
                if application:
                    rights.add_role(application)
                    rights.grant(application["USER"])
