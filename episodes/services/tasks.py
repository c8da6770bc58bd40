"""What a desk or a person is asked for: asked, taken, given back, closed."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from accounts.access import current_facility, roles_at
from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from episodes.models import Task
from episodes.selectors import UNTAKEN, can_be_asked, was_taken_by
from patients.models import Patient


@transaction.atomic
def ask(
    *,
    facility: Facility,
    kind: str,
    text: str,
    owner_role: str,
    due_at: datetime,
    by: User | None,
    patient: Patient | None = None,
    owner: User | None = None,
    priority: str = Task.Priority.ROUTINE,
    focus: models.Model | None = None,
) -> Task:
    """Ask a desk, or one person, for something by a time. Asked twice of the same thing, it is one task."""
    focus_type = ContentType.objects.get_for_model(focus) if focus else None
    if focus:
        asked = Task.objects.open().filter(kind=kind, focus_type=focus_type, focus_id=focus.pk, owner_role=owner_role)
        if existing := asked.first():
            return existing
    task = Task(facility=facility, patient=patient, kind=kind, text=text, owner_role=owner_role, owner=owner)
    task.due_at, task.priority, task.requested_by = due_at, priority, by
    task.focus_type, task.focus_id = focus_type, focus.pk if focus else None
    return audit.save(task, by=by, reason="" if by else kind)


@transaction.atomic
def add_task(
    *,
    patient: Patient,
    text: str,
    role: str,
    due_at: datetime,
    by: User,
    owner: User | None = None,
    urgent: bool = False,
) -> Task:
    """Ask a colleague or a desk, in one's own words, for something about a person.

    Raises DomainError if nobody there could see it: a request must not get lost.
    """
    facility = current_facility(by)
    if owner and role not in roles_at(owner, facility):
        raise DomainError(f"{owner} does not hold that role here.", code="membership", field="to")
    if not can_be_asked(patient, facility, role=role, owner=owner):
        raise DomainError(
            "Nobody there is on this person's care team yet. Hand the person over, or ask another desk.",
            code="relation",
            field="to",
        )
    priority = Task.Priority.URGENT if urgent else Task.Priority.ROUTINE
    return ask(
        facility=facility,
        patient=patient,
        kind="request",
        text=text,
        owner_role=role,
        owner=owner,
        due_at=due_at,
        priority=priority,
        by=by,
    )


@transaction.atomic
def take_task(*, task: Task, by: User) -> Task:
    """Make a task of one's desk one's own: from now on it is nobody else's. Harmless on what one has already.

    Raises DomainError if somebody took it meanwhile, it is closed, or it is another desk's.
    """
    task = _open_task(task)
    if task.owner_id == by.pk:
        return task
    if task.owner_id is not None:
        raise DomainError(f"{task.owner} took this task before you. It is off your list.", code="task.taken")
    if task.owner_role not in roles_at(by, task.facility):
        raise DomainError("This task is another desk's.", code="task.desk")
    task.owner, task.status = by, Task.Status.IN_PROGRESS
    return audit.save(task, by=by)


@transaction.atomic
def take_tasks_about(*, focus: models.Model, kind: str, by: User) -> None:
    """Take the untaken tasks of one kind about a thing: its app calls this when somebody takes the thing in hand."""
    rows = Task.objects.open().filter(UNTAKEN, focus_type=ContentType.objects.get_for_model(focus), focus_id=focus.pk)
    for task in rows.filter(kind=kind):
        take_task(task=task, by=by)


@transaction.atomic
def give_back_task(*, task: Task, by: User) -> Task:
    """Return a task one has taken to its desk, where it waits for somebody to take it.

    Raises DomainError if it is closed, or the acting person has not taken it.
    """
    task = _open_task(task)
    if not was_taken_by(task, by):
        raise DomainError("Only who has taken a task can give it back to the desk.", code="task.owner")
    task.owner, task.status = None, Task.Status.REQUESTED
    return audit.save(task, by=by)


@transaction.atomic
def close_task(*, task: Task, by: User | None, outcome: str = "", status: str = Task.Status.COMPLETED) -> Task:
    """Say that it is done, or no longer needed. Harmless on a closed task."""
    task = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    if task.status not in Task.OPEN:
        return task
    task.status, task.outcome, task.closed_at, task.closed_by = status, outcome, timezone.now(), by
    return audit.save(task, by=by, reason="" if by else task.kind)


@transaction.atomic
def close_tasks_about(*, focus: models.Model, by: User | None, kind: str = "", outcome: str = "") -> None:
    """Close every open task that links to a thing (of one kind, if given): its app calls this when it is settled."""
    rows = Task.objects.open().filter(focus_type=ContentType.objects.get_for_model(focus), focus_id=focus.pk)
    for task in rows.filter(kind=kind) if kind else rows:
        close_task(task=task, by=by, outcome=outcome)


@transaction.atomic
def settle_missing(*, patient: Patient, what: str, by: User | None) -> None:
    """A paper of this kind, or this step, is there now: close what asked for it. Who brings it calls this."""
    close_tasks_about(focus=patient, kind=f"{Task.MISSING}{what}", outcome="It is in the chart now", by=by)


def _open_task(task: Task) -> Task:
    """The row, locked until the transaction ends. Raises DomainError if it is closed."""
    row = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    if row.status not in Task.OPEN:
        raise DomainError("This task is closed already.", code="task.closed")
    return row
