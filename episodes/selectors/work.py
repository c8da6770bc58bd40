"""What is overdue, due today and waiting for whom, as lists print it."""

from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import Facility, User
from accounts.roles import Perm, Role
from core.labels import due_label
from core.times import day_bounds, today
from episodes.models import EpisodeOfCare, Handoff, Task
from patients.access import read_of, visible_patients, with_asking
from patients.models import Patient
from patients.selectors import as_known_to

ROWS_SHOWN = 200
# A task of a desk that nobody has taken: work without an owner.
UNTAKEN = Q(owner__isnull=True)
Row = dict[str, Any]


# The strip and its three lists.


def strip_counts(user: User, facility: Facility) -> dict[str, int]:
    """`overdue`, `due_today` and `waiting` of a person at a facility, as many as the lists have rows. One query.

    Every page of every desk asks this, so it is SQL: putting it together from querysets took longer than all else
    in the frame. Only who may be seen is asked of the door.
    """
    now = timezone.now()
    _, end = day_bounds(today(facility.tz), facility.tz)
    reach, chosen = _reach_in_sql(user, facility)
    values = [*chosen, now, now, end, *_whose(user, facility, end)]
    with connection.cursor() as cursor:
        cursor.execute(STRIP.replace("{reach}", reach), values)
        overdue, due_today, waiting = cursor.fetchone()
    return {"overdue": overdue, "due_today": due_today, "waiting": waiting}


# Work as the three lists have it: see `tasks_for`, `_batons_of` and `_handoffs_to`, and the test that compares them.
STRIP = """
WITH reach (id) AS NOT MATERIALIZED ({reach})
SELECT count(*) FILTER (WHERE due_at < %s), count(*) FILTER (WHERE due_at >= %s AND due_at < %s),
       count(*) FILTER (WHERE waits)
  FROM (SELECT due_at, owner_id IS NULL AS waits
          FROM episodes_task AS task
         WHERE facility_id = %s AND status IN ('requested', 'in-progress')
           AND (owner_id = %s OR (owner_id IS NULL AND owner_role = ANY(%s)))
           AND (patient_id IS NULL OR EXISTS (SELECT FROM reach WHERE reach.id = task.patient_id))
         UNION ALL
        SELECT due_at, false
          FROM episodes_episodeofcare AS episode
         WHERE facility_id = %s AND status IN ('planned', 'waitlist', 'active', 'onhold') AND owner_id = %s
           AND due_at < %s  -- a step for later is in none of the lists
           AND EXISTS (SELECT FROM reach WHERE reach.id = episode.patient_id)
         UNION ALL
        SELECT due_at, true
          FROM episodes_handoff AS handoff
         WHERE facility_id = %s AND status = 'requested' AND (to_user_id = %s OR to_user_id IS NULL)
           AND to_role = ANY(%s) AND EXISTS (SELECT FROM reach WHERE reach.id = handoff.patient_id)) AS work
"""


def _reach_in_sql(user: User, facility: Facility) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, chosen = _in_reach(user, facility).query.sql_with_params()
    except EmptyResultSet:  # a role without patients
        return "SELECT NULL::bigint WHERE false", ()
    return sql, chosen


def _whose(user: User, facility: Facility, end: datetime) -> list[Any]:
    """The values of STRIP in its order, once for tasks, for batons and for hand-offs."""
    roles = list(roles_at(user, facility))
    return [facility.pk, user.pk, roles, facility.pk, user.pk, end, facility.pk, user.pk, roles]


def overdue_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """What should have been done by now: tasks, batons and hand-offs, the oldest first. Three queries."""
    return _due_rows(user, facility, Q(due_at__lt=timezone.now()), limit)


def due_today_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """What is due later today, by the facility's clock, the earliest first. Three queries."""
    return _due_rows(user, facility, _later_today(facility), limit)


def waiting_rows(user: User, facility: Facility, limit: int = ROWS_SHOWN) -> list[Row]:
    """What nobody has accepted yet, the earliest due first. Two queries.

    Hand-offs to the person or to a desk of theirs that are unanswered, and tasks of their desks that are untaken.
    """
    handoffs, tasks = _handoffs_to(user, facility), tasks_for(user, facility).filter(UNTAKEN)
    return _sorted(_handoff_rows(handoffs, user, facility, limit) + _task_rows(tasks, user, facility, limit), limit)


def _open_work(user: User, facility: Facility) -> tuple[QuerySet[Any], QuerySet[Any], QuerySet[Any]]:
    return tasks_for(user, facility), _batons_of(user, facility), _handoffs_to(user, facility)


def _later_today(facility: Facility) -> Q:
    _, end = day_bounds(today(facility.tz), facility.tz)
    return Q(due_at__gte=timezone.now(), due_at__lt=end)


def _due_rows(user: User, facility: Facility, due: Q, limit: int) -> list[Row]:
    tasks, batons, handoffs = (rows.filter(due) for rows in _open_work(user, facility))
    found = with_asking(batons, facility, user=user).select_related("patient").order_by("due_at")[:limit]
    rows = [_baton_row(row, facility.tz) for row in found]
    rows += _task_rows(tasks, user, facility, limit) + _handoff_rows(handoffs, user, facility, limit)
    return _sorted(rows, limit)


def _task_rows(tasks: QuerySet[Task], user: User, facility: Facility, limit: int) -> list[Row]:
    found = with_asking(tasks, facility, user=user).select_related("patient", "requested_by").order_by("due_at")[:limit]
    return [task_row(row, user, facility.tz) for row in found]


def _handoff_rows(handoffs: QuerySet[Handoff], user: User, facility: Facility, limit: int) -> list[Row]:
    found = with_asking(handoffs, facility, user=user).select_related("patient", "from_user").order_by("due_at")[:limit]
    return [_handoff_row(row, facility.tz) for row in found]


def _sorted(rows: list[Row], limit: int) -> list[Row]:
    return sorted(rows, key=lambda row: row["due_at"])[:limit]


def tasks_for(user: User, facility: Facility) -> QuerySet[Task]:
    """Open tasks of the person, and those of their desks that nobody has taken, at a facility.

    A task about a patient shows only to those who may see that patient's path.
    """
    mine = Q(owner=user) | Q(owner__isnull=True, owner_role__in=roles_at(user, facility))
    return Task.objects.open().filter(mine, _reachable(user, facility), facility=facility)


def _reachable(user: User, facility: Facility) -> Q:
    return Q(patient__isnull=True) | Q(patient__in=_in_reach(user, facility))


def _batons_of(user: User, facility: Facility) -> QuerySet[EpisodeOfCare]:
    rows = EpisodeOfCare.objects.open().filter(owner=user, facility=facility)
    return rows.filter(patient__in=_in_reach(user, facility))


def _handoffs_to(user: User, facility: Facility) -> QuerySet[Handoff]:
    addressed = Q(to_user=user) | Q(to_user__isnull=True)
    rows = Handoff.objects.filter(addressed, status=Handoff.Status.REQUESTED, facility=facility)
    return rows.filter(to_role__in=roles_at(user, facility), patient__in=_in_reach(user, facility))


def _in_reach(user: User, facility: Facility) -> QuerySet[Any]:
    return visible_patients(user, Perm.HANDOFF_VIEW, facility).order_by().values("pk")


# Rows as lists print them: see docs/ui.md.


def task_row(task: Task, user: User, tz: tzinfo) -> Row:
    """A task as a list prints it: `url` leads to the thing it is about, if there is any; the rest are posted to."""
    row = _row("task", task, task.patient, task.text, "list-checks", tz) | {"action": "Open"}
    row["url"] = row["action_url"] = _task_url("open", task, when=bool(task.focus_id or task.patient_id))
    row["close_url"] = _task_url("close", task)
    row["take_url"] = _task_url("take", task, when=task.owner_id is None)
    row["give_back_url"] = _task_url("give_back", task, when=was_taken_by(task, user))
    row["whose"] = "Mine" if task.owner_id == user.pk else f"{Role(task.owner_role).label}, not taken yet"
    row["from_label"] = str(task.requested_by or "")
    return row | {"urgent": task.priority == Task.Priority.URGENT}


def was_taken_by(task: Task, user: User) -> bool:
    """Whether the person took it from their desk: what somebody asked of them by name cannot go back there."""
    return task.owner_id == user.pk and task.status == Task.Status.IN_PROGRESS


def _task_url(verb: str, task: Task, *, when: bool = True) -> str:
    return reverse(f"episodes:task_{verb}", args=[task.uuid]) if when else ""


def _baton_row(episode: EpisodeOfCare, tz: tzinfo) -> Row:
    url = episode.patient.get_absolute_url()
    row = _row("baton", episode, episode.patient, episode.next_step, "flag", tz) | {"url": url, "action": "Open"}
    return row | {"action_url": url, "whose": "I hold the baton", "urgent": False, "take_url": "", "from_label": ""}


def _handoff_row(handoff: Handoff, tz: tzinfo) -> Row:
    url = reverse("episodes:handoff_detail", args=[handoff.patient.uuid, handoff.uuid])
    row = _row("handoff", handoff, handoff.patient, handoff.next_step, "arrow-right-left", tz)
    row |= {"url": url, "action": "Read and accept", "action_url": url, "urgent": False, "take_url": ""}
    row["whose"] = "To me" if handoff.to_user_id else f"To {Role(handoff.to_role).label.lower()}s"
    row["from_label"] = f"{handoff.from_user} · {Role(handoff.from_role).label}"
    return row


def _row(kind: str, thing: Any, patient: Patient | None, title: str, icon: str, tz: tzinfo) -> Row:
    return {
        "uuid": thing.uuid,
        "kind": kind,
        "kind_label": {"task": "Task", "baton": "Next step", "handoff": "Hand-off"}[kind],
        "icon": icon,
        "title": read_of(thing, title),
        "name": patient.list_name if patient else "",
        "record_number": read_of(thing, patient.record_number, "") if patient else "",
        "patient_url": patient.get_absolute_url() if patient else "",
        "due_at": thing.due_at,
        "due": due_label(thing.due_at, tz),
    }


def task_of(user: User, facility: Facility, pk: UUID) -> Task:
    """An open task that is the person's, or of a desk of theirs. Raises Http404 for any other."""
    found = tasks_for(user, facility).filter(uuid=pk).select_related("patient").first()
    if found is None:
        raise Http404
    return found


def desk_task_of(user: User, facility: Facility, pk: UUID) -> Task:
    """A task of a desk of the person, whoever has it by now, closed or not. Raises Http404 for any other."""
    rows = Task.objects.filter(_reachable(user, facility), facility=facility, owner_role__in=roles_at(user, facility))
    found = rows.filter(uuid=pk).first()
    if found is None:
        raise Http404
    return found


def task_target(task: Task) -> str | None:
    """The path of the thing the task is about, else of its patient, else None."""
    focus: Model | None = task.focus
    if focus is not None and hasattr(focus, "get_absolute_url"):
        return str(focus.get_absolute_url())
    return task.patient.get_absolute_url() if task.patient else None


def task_rows(user: User, facility: Facility, show: str) -> list[Row]:
    """The person's and their desks' open tasks: `overdue`, due `today` or `all`, the earliest first. One query."""
    due = {"overdue": Q(due_at__lt=timezone.now()), "today": _later_today(facility)}.get(show, Q())
    return as_known_to(user, _task_rows(tasks_for(user, facility).filter(due), user, facility, ROWS_SHOWN))


def task_counts(user: User, facility: Facility) -> dict[str, int]:
    """How many tasks each filter of the list would show. One query."""
    return tasks_for(user, facility).aggregate(
        all=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=timezone.now())),
        today=Count("pk", filter=_later_today(facility)),
    )
