#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from carecoord import embedded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecoord.settings")
    with embedded.services(sys.argv):
        execute_from_command_line(sys.argv)
