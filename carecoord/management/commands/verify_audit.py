"""`manage.py verify_audit`: is the audit as it was sealed? Names each block that is not; exit status 1 then."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import AuditBlock
from carecoord.audit import checking
from carecoord.audit.findings import Finding
from carecoord.audit.guards import check_guards
from carecoord.audit.keys import NoKey, verifying_keys
from carecoord.audit.streams import STREAMS
from carecoord.audit.witness import check_witness


class Command(BaseCommand):
    help = "Verify read log, disclosures and witness log against their sealed blocks, and the triggers that guard them."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = verifying_keys()
        except NoKey as error:
            raise CommandError(str(error)) from error
        found: list[Finding] = []
        for stream in STREAMS:
            wrong = list(checking.check(stream, keys))
            blocks = AuditBlock.objects.filter(stream=stream.name).count()
            waiting = checking.unsealed(stream)
            state = "whole" if not wrong else "TOUCHED"
            self.stdout.write(f"{stream.label}: {blocks:,} blocks, {state}; {waiting:,} lines not sealed yet")
            found += wrong
        found += [*check_guards(), *check_witness()]
        for finding in found:
            self.stdout.write(self.style.ERROR(f"  {finding}"))
        if found:
            raise CommandError(f"{len(found)} findings.", returncode=1)
        self.stdout.write(self.style.SUCCESS("Nothing was touched."))
