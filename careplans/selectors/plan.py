"""The plan page: the plan, its tree as rows, who has read it, what comes next."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from careplans import papers
from careplans.models import CarePlan, Goal, Intervention, Objective, PlanAcknowledgement, Problem
from core.labels import day_label
from core.times import today
from episodes.models import EpisodeOfCare
from patients.models import Patient

REVIEW_AHEAD = timedelta(days=7)
CURRENT = (CarePlan.Status.DRAFT, CarePlan.Status.ACTIVE, CarePlan.Status.ON_HOLD)


def current_plan(patient: Patient) -> CarePlan | None:
    """The plan in force or in preparation, None if there is none."""
    rows = CarePlan.objects.filter(patient=patient, status__in=CURRENT)
    plan = rows.select_related("author", "document", "facility", "episode__owner").first()
    if plan:
        plan.patient = patient
    return plan


def plan_of(patient: Patient) -> CarePlan:
    """The same; raises Http404 without one."""
    plan = current_plan(patient)
    if plan is None:
        raise Http404
    return plan


def open_episode(patient: Patient) -> EpisodeOfCare | None:
    return patient.episodes.open().select_related("owner", "facility", "level_of_care").first()


def problem_of(patient: Patient, pk: UUID) -> Problem:
    """A problem of this patient's plan. Raises Http404."""
    return _found(Problem.objects.filter(plan__patient=patient, uuid=pk).select_related("plan"))


def goal_of(patient: Patient, pk: UUID) -> Goal:
    """A goal of this patient's plan. Raises Http404."""
    return _found(Goal.objects.filter(problem__plan__patient=patient, uuid=pk).select_related("problem__plan"))


def objective_of(patient: Patient, pk: UUID) -> Objective:
    """An objective of this patient's plan. Raises Http404."""
    rows = Objective.objects.filter(goal__problem__plan__patient=patient, uuid=pk)
    return _found(rows.select_related("goal__problem__plan"))


def intervention_of(patient: Patient, pk: UUID) -> Intervention:
    """An intervention of this patient's plan. Raises Http404."""
    rows = Intervention.objects.filter(objective__goal__problem__plan__patient=patient, uuid=pk)
    return _found(rows.select_related("objective__goal__problem__plan"))


def _found(rows: QuerySet[Any]) -> Any:
    row = rows.first()
    if row is None:
        raise Http404
    return row


def tree_plan(row: Problem | Goal | Objective | Intervention) -> CarePlan:
    """The plan a row of any level belongs to."""
    if isinstance(row, Problem):
        return row.plan
    if isinstance(row, Goal):
        return row.problem.plan
    if isinstance(row, Objective):
        return row.goal.problem.plan
    return row.objective.goal.problem.plan


def was_shared(row: Problem | Goal | Objective | Intervention) -> bool:
    """Whether a row was part of an edition, so that it is never deleted any more."""
    shared_at = tree_plan(row).shared_at
    return shared_at is not None and row.created_at <= shared_at


def problems_of(plan: CarePlan) -> list[Problem]:
    """The whole tree in four queries, however large."""
    return list(plan.problems.prefetch_related("goals__objectives__interventions"))


def missing_parts(problems: list[Problem]) -> list[str]:
    """What a plan needs before it can be shared: `["a goal", "an objective"]`. Ended rows do not count."""
    live_problems = [row for row in problems if not row.resolved_on]
    goals = [
        goal
        for row in live_problems
        for goal in row.goals.all()
        if goal.lifecycle_status != Goal.LifecycleStatus.REJECTED
    ]
    objectives = [row for goal in goals for row in goal.objectives.all() if row.status != Objective.Status.DROPPED]
    interventions = [row for objective in objectives for row in objective.interventions.all() if not row.ended_on]
    parts = [
        ("a problem", live_problems),
        ("a goal", goals),
        ("an objective", objectives),
        ("an intervention", interventions),
    ]
    return [name for name, rows in parts if not rows]


def changed_since_shared(plan: CarePlan, problems: list[Problem]) -> bool:
    """Whether the plan says something else than the paper of its last edition. False before the first."""
    return plan.document is not None and not plan.document.text.endswith(f"\n\n{papers.plan_body(plan, problems)}")


def review_is_near(plan: CarePlan) -> bool:
    """Whether the review is overdue or due within seven days: then even an unchanged plan gets a new edition."""
    return plan.review_due_on is not None and plan.review_due_on <= today(plan.facility.tz) + REVIEW_AHEAD


def tree_rows(plan: CarePlan, problems: list[Problem], focus: UUID | None = None) -> list[dict[str, Any]]:
    """The tree as flat rows in reading order, each ready to print. `focus` is the row just written."""
    base = reverse("careplans:plan_detail", args=[plan.patient.uuid])
    day = today(plan.facility.tz)
    rows = []
    for row, kind, number, child in _numbered(problems):
        rows.append(
            {
                "uuid": row.uuid,
                "kind": kind,
                "word": kind.capitalize(),
                "number": number,
                "text": row.text,
                "url": f"{base}{kind}s/{row.uuid}/",
                "child": child,
                "focus": row.uuid == focus,
                **_state(row, day),
            }
        )
    return rows


def _numbered(problems: list[Problem]) -> Iterator[tuple[Any, str, str, str]]:
    """(row, its level, its number such as 1.2.1, the level below) in reading order."""
    for p, problem in enumerate(problems, 1):
        yield problem, "problem", f"{p}", "goal"
        for g, goal in enumerate(problem.goals.all(), 1):
            yield goal, "goal", f"{p}.{g}", "objective"
            for o, objective in enumerate(goal.objectives.all(), 1):
                yield objective, "objective", f"{p}.{g}.{o}", "intervention"
                for i, intervention in enumerate(objective.interventions.all(), 1):
                    yield intervention, "intervention", f"{p}.{g}.{o}.{i}", ""


def _state(row: Problem | Goal | Objective | Intervention, now: date) -> dict[str, Any]:
    """The small words under a row's text, its badge, and whether it has ended."""
    if isinstance(row, Problem):
        ended = row.resolved_on is not None
        return {"meta": "", "badge": "Resolved" if ended else "", "tone": "success", "ended": ended}
    if isinstance(row, Goal):
        return _goal_state(row, now)
    if isinstance(row, Objective):
        tone = {"met": "success", "dropped": "neutral"}.get(row.status, "info")
        badge = "" if row.status == Objective.Status.OPEN else row.get_status_display()
        ended = row.status == Objective.Status.DROPPED
        return {"meta": _target(row.target_on, now), "badge": badge, "tone": tone, "ended": ended}
    words = [row.get_modality_display(), papers.dose(row), Role(row.responsible_role).label]
    ended = row.ended_on is not None
    meta = " · ".join(word for word in words if word)
    return {"meta": meta, "badge": "Ended" if ended else "", "tone": "neutral", "ended": ended}


def _goal_state(goal: Goal, now: date) -> dict[str, Any]:
    dropped = goal.lifecycle_status == Goal.LifecycleStatus.REJECTED
    tones = {"achieved": "success", "improving": "success", "sustaining": "success", "worsening": "danger"}
    return {
        "meta": _target(goal.target_on, now),
        "badge": "Dropped" if dropped else goal.get_achievement_status_display(),
        "tone": "neutral" if dropped else tones.get(goal.achievement_status, "info"),
        "ended": dropped,
    }


def _target(day: date | None, now: date) -> str:
    return f"by {day_label(day, now)}" if day else ""


def acknowledgements_of(plan: CarePlan) -> list[PlanAcknowledgement]:
    """Who is asked to read the present edition, those still to come first."""
    rows = plan.acknowledgements.filter(edition=plan.edition).select_related("user")
    return sorted(rows, key=lambda row: (row.acknowledged_at is not None, row.due_at))


def my_acknowledgement(rows: list[PlanAcknowledgement], user: User) -> PlanAcknowledgement | None:
    """The viewer's own row that still waits, None when nothing is asked."""
    return next((row for row in rows if row.user_id == user.pk and row.acknowledged_at is None), None)


def extract_of(plan: CarePlan) -> list[dict[str, Any]]:
    """For the activities coordinator: the goals that stand, with what that desk is asked to do. No problems."""
    goals = Goal.objects.filter(problem__plan=plan, problem__resolved_on__isnull=True)
    standing = goals.exclude(lifecycle_status=Goal.LifecycleStatus.REJECTED)
    rows = standing.order_by("problem__position", "position", "id").prefetch_related("objectives__interventions")
    return [{"text": goal.text, "target_on": goal.target_on, "asked": _asked_of_activities(goal)} for goal in rows]


def _asked_of_activities(goal: Goal) -> list[str]:
    return [
        papers.intervention_line(row)
        for objective in goal.objectives.all()
        for row in objective.interventions.all()
        if row.responsible_role == Role.ACTIVITIES and not row.ended_on
    ]
