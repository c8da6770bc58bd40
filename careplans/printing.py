"""The care plan and the packet as data for their PDF."""

from collections.abc import Iterable
from typing import Any

from careplans import papers
from careplans.models import Assessment, CarePlan, Goal, Intervention, Objective, PlanAcknowledgement, Problem
from core.labels import when_label
from patients.models import Patient
from records.letters import letter
from records.selectors import sections_of


def plan_data(
    patient: Patient, plan: CarePlan, problems: Iterable[Problem], readers: Iterable[PlanAcknowledgement]
) -> dict[str, Any]:
    """The plan as it stands now, with lines to sign on by hand."""
    facility = plan.facility
    edition = f"Edition {plan.edition}" if plan.edition else "Not shared yet"
    facts = [("Status", plan.get_status_display()), ("Written by", str(plan.author))]
    if plan.shared_at:
        facts.append(("Shared", when_label(plan.shared_at, facility.tz)))
    if plan.review_due_on:
        facts.append(("Review by", f"{plan.review_due_on:%b} {plan.review_due_on.day}, {plan.review_due_on.year}"))
    read = [
        (str(row.user), row.get_role_display(), when_label(row.acknowledged_at, facility.tz))
        for row in readers
        if row.acknowledged_at
    ]
    return letter(
        patient,
        facility,
        "Care plan",
        subtitle=edition,
        facts=facts,
        needs=plan.needs or "None recorded.",
        precautions=plan.precautions or "None recorded.",
        problems=[_problem(str(number), row) for number, row in enumerate(problems, 1)],
        readers=read,
        sign=["Patient", "Coordinator", "Date"],
    )


def assessment_data(patient: Patient, assessment: Assessment) -> dict[str, Any]:
    """The physician's packet, word for word."""
    whole = sections_of(papers.assessment_text(assessment))[1:]  # its own head is the letter's
    state = assessment.get_status_display()
    return letter(
        patient, assessment.facility, "Physician's assessment", subtitle=state, sections=whole, sha256="", signatures=[]
    )


def _problem(number: str, row: Problem) -> dict[str, Any]:
    ended = f"Resolved {row.resolved_on:%Y-%m-%d}" if row.resolved_on else ""
    goals = [_goal(f"{number}.{place}", goal) for place, goal in enumerate(row.goals.all(), 1)]
    return {"number": number, "text": row.text, "facts": ended, "rows": goals}


def _goal(number: str, row: Goal) -> dict[str, Any]:
    dropped = row.lifecycle_status == Goal.LifecycleStatus.REJECTED
    state = "Dropped" if dropped else row.get_achievement_status_display()
    objectives = [_objective(f"{number}.{place}", part) for place, part in enumerate(row.objectives.all(), 1)]
    return {"number": number, "text": row.text, "facts": _until(state, row.target_on), "rows": objectives}


def _objective(number: str, row: Objective) -> dict[str, Any]:
    state = _until(row.get_status_display(), row.target_on)
    parts = [_intervention(part) for part in row.interventions.all()]
    return {"number": number, "text": row.text, "facts": state, "rows": parts}


def _intervention(row: Intervention) -> dict[str, str]:
    line = papers.intervention_line(row)
    return {"text": row.text, "facts": line.removeprefix(row.text).strip(" ()")}


def _until(state: str, day: Any) -> str:
    return f"{state}, by {day:%b} {day.day}, {day.year}" if day else state
