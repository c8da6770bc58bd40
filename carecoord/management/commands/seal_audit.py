"""`manage.py seal_audit`: seal what was appended to the audit. The sealer alone has the key."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from carecoord.audit.keys import NoKey, public_text, sealing_key
from carecoord.audit.sealing import seal_all


class Command(BaseCommand):
    help = "Seal the audit's streams in signed blocks, and anchor each block's digest in the file AUDIT_ANCHOR."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS", help="go on, once in so many seconds")
        parser.add_argument("--show-key", action="store_true", help="print what AUDIT_VERIFY_KEY has to hold, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = sealing_key()
        except NoKey as error:
            raise CommandError(str(error)) from error
        if options["show_key"]:
            self.stdout.write(public_text(key.public_key()))
            return
        while True:
            for block in seal_all():
                self.stdout.write(f"{block.stream}: block {block.number}, {block.count:,} lines")
            if not options["every"]:
                return
            connection.close()
            time.sleep(options["every"])
