"""The care plan and the packet as data for their PDF: labels in the person's language, content as it was written."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.roles import Role
from careplans import icd10
from careplans.labels import dose_words, word
from careplans.models import Assessment, CarePlan, Goal, Intervention, Objective, PlanAcknowledgement, Problem
from patients.models import Patient
from records.letters import day_words, letter, moment_words, paper_language


def plan_data(
    patient: Patient, plan: CarePlan, problems: Iterable[Problem], readers: Iterable[PlanAcknowledgement]
) -> dict[str, Any]:
    """The plan as it stands now, with lines to sign on by hand."""
    lang = paper_language(patient)
    with translation.override(lang):
        return letter(
            patient,
            plan.facility,
            _("Care plan"),
            lang=lang,
            subtitle=_("Edition %(number)s") % {"number": plan.edition} if plan.edition else _("Not shared yet"),
            facts=_facts(plan),
            words=_words(),
            needs=plan.needs or _("None recorded."),
            precautions=plan.precautions or _("None recorded."),
            problems=[_problem(str(number), row) for number, row in enumerate(problems, 1)],
            readers=[_reader(row, plan) for row in readers if row.acknowledged_at],
            sign=[_("Patient"), _("Coordinator"), _("Date")],
        )


def assessment_data(patient: Patient, assessment: Assessment) -> dict[str, Any]:
    """The physician's packet, word for word."""
    lang = paper_language(patient)
    with translation.override(lang):
        return letter(
            patient,
            assessment.facility,
            _("Physician's assessment"),
            lang=lang,
            subtitle=word(assessment.get_status_display()),
            facts=[(_("Written by"), str(assessment.author))],
            sections=[*_found(assessment), *_available(assessment)],
            sha256="",
            signatures=[],
        )


def _found(assessment: Assessment) -> list[dict[str, str]]:
    diagnoses = "\n".join(icd10.label_of(code) for code in assessment.diagnosis_codes)
    parts = [
        (_("Findings"), assessment.findings),
        (_("Precautions"), assessment.precautions or _("None recorded.")),
        (_("Diagnoses"), diagnoses),
    ]
    return [{"heading": heading, "body": body} for heading, body in parts]


def _available(assessment: Assessment) -> list[dict[str, str]]:
    found = []
    for number, row in enumerate(assessment.available_plans.all(), 1):
        heading = _("Available plan %(number)s: %(title)s") % {"number": number, "title": row.title}
        level = _("Level of care: %(level)s") % {"level": row.level_of_care} if row.level_of_care else ""
        found.append({"heading": heading, "body": f"{level}\n{row.description}".strip()})
    return found


def _words() -> dict[str, Any]:
    """The plan's own headings."""
    return {
        "needs": _("Needs"), "precautions": _("Precautions"), "problem": _("Problem"), "goal": _("Goal"),
        "objective": _("Objective"), "empty": _("No problem is written yet."),
        "readers": _("Who has read this edition"), "head": [_("Name"), _("Desk"), _("Read on")],
    }  # fmt: skip


def _facts(plan: CarePlan) -> list[tuple[str, str]]:
    facts = [(_("Status"), word(plan.get_status_display())), (_("Written by"), str(plan.author))]
    if plan.shared_at:
        facts.append((_("Shared"), moment_words(plan.shared_at, plan.facility.tz)))
    if plan.review_due_on:
        facts.append((_("Review by"), day_words(plan.review_due_on)))
    return facts


def _reader(row: PlanAcknowledgement, plan: CarePlan) -> tuple[str, ...]:
    read = moment_words(row.acknowledged_at, plan.facility.tz) if row.acknowledged_at else ""
    return str(row.user), word(row.get_role_display()), read


def _problem(number: str, row: Problem) -> dict[str, Any]:
    ended = _("Resolved on %(day)s") % {"day": day_words(row.resolved_on)} if row.resolved_on else ""
    goals = [_goal(f"{number}.{place}", goal) for place, goal in enumerate(row.goals.all(), 1)]
    return {"number": number, "text": row.text, "facts": ended, "rows": goals}


def _goal(number: str, row: Goal) -> dict[str, Any]:
    dropped = row.lifecycle_status == Goal.LifecycleStatus.REJECTED
    state = word("Dropped" if dropped else row.get_achievement_status_display())
    objectives = [_objective(f"{number}.{place}", part) for place, part in enumerate(row.objectives.all(), 1)]
    return {"number": number, "text": row.text, "facts": _until(state, row.target_on), "rows": objectives}


def _objective(number: str, row: Objective) -> dict[str, Any]:
    state = _until(word(row.get_status_display()), row.target_on)
    parts = [_intervention(part) for part in row.interventions.all()]
    return {"number": number, "text": row.text, "facts": state, "rows": parts}


def _intervention(row: Intervention) -> dict[str, str]:
    facts = [word(row.get_modality_display()), dose_words(row), word(Role(row.responsible_role).label)]
    if row.ended_on:
        facts.append(_("ended on %(day)s") % {"day": day_words(row.ended_on)})
    return {"text": row.text, "facts": ", ".join(fact for fact in facts if fact)}


def _until(state: str, day: Any) -> str:
    return _("%(state)s, by %(day)s") % {"state": state, "day": day_words(day)} if day else state
