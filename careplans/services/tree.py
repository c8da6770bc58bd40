"""The rows of a plan: problem > goal > objective > intervention."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from accounts.models import User
from accounts.roles import Role
from careplans import library
from careplans.models import CarePlan, Goal, Intervention, Objective, Problem
from careplans.selectors.plan import tree_plan
from core import audit
from core.errors import DomainError
from core.times import today

Row = Problem | Goal | Objective | Intervention

EDITABLE = (CarePlan.Status.DRAFT, CarePlan.Status.ACTIVE, CarePlan.Status.ON_HOLD)


@transaction.atomic
def add_problem(*, plan: CarePlan, text: str, by: User) -> Problem:
    """Put a problem at the end of the plan. Raises DomainError if the plan is closed."""
    plan = locked(plan)
    return audit.save(Problem(plan=plan, text=text, position=_last(plan.problems) + 1), by=by)


@transaction.atomic
def add_goal(*, problem: Problem, text: str, by: User, target_on: date | None = None) -> Goal:
    """Put a goal at the end of its problem. Raises DomainError if the plan is closed."""
    locked(problem.plan)
    goal = Goal(problem=problem, text=text, target_on=target_on, position=_last(problem.goals) + 1)
    return audit.save(goal, by=by)


@transaction.atomic
def add_objective(*, goal: Goal, text: str, by: User, target_on: date | None = None) -> Objective:
    """Put an objective at the end of its goal. Raises DomainError if the plan is closed."""
    locked(goal.problem.plan)
    objective = Objective(goal=goal, text=text, target_on=target_on, position=_last(goal.objectives) + 1)
    return audit.save(objective, by=by)


@transaction.atomic
def add_intervention(
    *,
    objective: Objective,
    text: str,
    by: User,
    modality: str = Intervention.Modality.INDIVIDUAL,
    times_per_week: Decimal | None = None,
    responsible_role: str = Role.CLINICIAN,
) -> Intervention:
    """Put an intervention at the end of its objective. Raises DomainError if the plan is closed."""
    locked(objective.goal.problem.plan)
    row = Intervention(objective=objective, text=text, modality=modality, times_per_week=times_per_week)
    row.responsible_role, row.position = responsible_role, _last(objective.interventions) + 1
    return audit.save(row, by=by)


@transaction.atomic
def edit_row(*, row: Row, expected_version: int | None, by: User) -> Row:
    """Save a row as changed by its form. Raises core.errors.Conflict, DomainError if the plan is closed."""
    locked(tree_plan(row))
    return audit.save(row, by=by, expected_version=expected_version)


@transaction.atomic
def remove_row(*, row: Row, by: User) -> bool:
    """Take a row, with all below it, off the plan. True if it is gone, False if it stays, marked as ended.

    What nobody has been shown yet is deleted (its history stays, with the author). What was part of a shared
    edition stays on the plan: a problem resolved, a goal or objective dropped, an intervention ended.
    Raises DomainError if the plan is closed.
    """
    plan = locked(tree_plan(row))
    if plan.shared_at is None or row.created_at > plan.shared_at:
        _delete(row, by)
        return True
    _end(row, today(plan.facility.tz))
    audit.save(row, by=by)
    return False


@transaction.atomic
def move_row(*, row: Row, up: bool, by: User) -> None:
    """Change places with the row before or after it under the same parent. Harmless at either end."""
    locked(tree_plan(row))
    rows = list(_siblings(row))
    here = next(index for index, other in enumerate(rows) if other.pk == row.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for position, other in enumerate(rows, 1):
        if other.position != position:
            other.position = position
            audit.save(other, by=by)


@transaction.atomic
def insert_from_library(*, plan: CarePlan, key: str, by: User) -> Problem:
    """Put a library entry with all its goals, objectives and interventions at the end of the plan.

    Raises DomainError for an entry the library does not have.
    """
    entry = library.BY_KEY.get(key)
    if entry is None:
        raise DomainError("Choose one of the library's problems.", field="key")
    problem = add_problem(plan=plan, text=entry.problem, by=by)
    for goal in entry.goals:
        _insert_goal(add_goal(problem=problem, text=goal.text, by=by), goal, by)
    return problem


def _insert_goal(row: Goal, goal: library.Goal, by: User) -> None:
    begins = today(row.problem.plan.facility.tz)
    for objective in goal.objectives:
        due = begins + timedelta(days=objective.days)
        parent = add_objective(goal=row, text=objective.text, target_on=due, by=by)
        for step in objective.steps:
            times = None if step.times_per_week is None else Decimal(str(step.times_per_week))
            add_intervention(
                objective=parent,
                text=step.text,
                modality=step.modality,
                times_per_week=times,
                responsible_role=step.role,
                by=by,
            )


def locked(plan: CarePlan) -> CarePlan:
    """The plan, locked until the transaction ends. Raises DomainError unless it may still be written."""
    row = CarePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if row.status not in EDITABLE:
        raise DomainError("This care plan is closed. Start a new one to change it.", code="plan.closed")
    return row


def _siblings(row: Row) -> models.QuerySet[Any]:
    if isinstance(row, Problem):
        return row.plan.problems.all()
    if isinstance(row, Goal):
        return row.problem.goals.all()
    if isinstance(row, Objective):
        return row.goal.objectives.all()
    return row.objective.interventions.all()


def _below(row: Row) -> list[Any]:
    if isinstance(row, Problem):
        return list(row.goals.all())
    if isinstance(row, Goal):
        return list(row.objectives.all())
    if isinstance(row, Objective):
        return list(row.interventions.all())
    return []


def _last(rows: Any) -> int:
    return rows.aggregate(last=Max("position"))["last"] or 0


def _delete(row: Row, by: User) -> None:
    """Bottom up, so that the history of each row names who took it off."""
    for child in _below(row):
        _delete(child, by)
    row._history_user = by
    row._change_reason = "removed before sharing"
    row.delete()


def _end(row: Row, on: date) -> None:
    if isinstance(row, Problem):
        row.resolved_on = row.resolved_on or on
    elif isinstance(row, Goal):
        row.lifecycle_status = Goal.LifecycleStatus.REJECTED
    elif isinstance(row, Objective):
        row.status = Objective.Status.DROPPED
    else:
        row.ended_on = row.ended_on or on
