"""What is offered."""

from django.db import transaction

from accounts.models import User
from activities.models import Enrolment, Program
from core import audit
from core.errors import DomainError, explain


@transaction.atomic
def save_program(*, program: Program, expected_version: int | None = None, by: User) -> Program:
    """Add a program, or save what the form changed.

    Raises DomainError for a name in use and for a capacity below the number enrolled, core.errors.Conflict.
    """
    if program.pk:
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    enrolled = Enrolment.objects.filter(program=program, ends_on__isnull=True).count() if program.pk else 0
    if enrolled > program.capacity:
        raise DomainError(f"{enrolled} people are enrolled; end an enrollment first.", field="capacity")
    with explain(program_name_once="A program of this name is there already."):
        return audit.save(program, by=by, expected_version=expected_version)
