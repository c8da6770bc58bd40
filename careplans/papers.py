"""The papers this app renders: care plan, physician's assessment, accepted option. Plain text, sections apart."""

from collections.abc import Iterable
from decimal import Decimal

from accounts.roles import Role
from careplans import costs, icd10
from careplans.models import Assessment, CarePlan, Goal, Intervention, Objective, Problem, TreatmentOption
from patients.models import Patient


def heading(patient: Patient, title: str) -> str:
    """Whose paper it is. Comes first on every paper."""
    born = patient.birth_date.isoformat() if patient.birth_date else "not known"
    return f"{title}\n{patient.legal_name}\nBorn {born} · Record {patient.record_number}"


def plan_body(plan: CarePlan, problems: Iterable[Problem]) -> str:
    """What the plan says, without its edition: two bodies are equal when nothing has changed."""
    parts = [f"Needs\n{plan.needs or 'None recorded.'}", f"Precautions\n{plan.precautions or 'None recorded.'}"]
    parts += [_problem(number, problem) for number, problem in enumerate(problems, 1)]
    return "\n\n".join(parts)


def _problem(number: int, problem: Problem) -> str:
    ended = f" (resolved {problem.resolved_on:%Y-%m-%d})" if problem.resolved_on else ""
    lines = [f"Problem {number}: {problem.text}{ended}"]
    for goal_number, goal in enumerate(problem.goals.all(), 1):
        lines += _goal(f"{number}.{goal_number}", goal)
    return "\n".join(lines)


def _goal(number: str, goal: Goal) -> list[str]:
    dropped = goal.lifecycle_status == Goal.LifecycleStatus.REJECTED
    state = "Dropped" if dropped else goal.get_achievement_status_display()
    lines = [f"  Goal {number}: {goal.text}{_by(goal.target_on)} [{state}]"]
    for position, objective in enumerate(goal.objectives.all(), 1):
        lines += _objective(f"{number}.{position}", objective)
    return lines


def _objective(number: str, objective: Objective) -> list[str]:
    lines = [f"    Objective {number}: {objective.text}{_by(objective.target_on)} [{objective.get_status_display()}]"]
    return lines + [f"      - {intervention_line(row)}" for row in objective.interventions.all()]


def intervention_line(row: Intervention) -> str:
    """`Recovery skills group (Group counseling, 2 times a week, Clinician)`."""
    facts = [row.get_modality_display(), dose(row), Role(row.responsible_role).label]
    ended = f", ended {row.ended_on:%Y-%m-%d}" if row.ended_on else ""
    return f"{row.text} ({', '.join(fact for fact in facts if fact)}{ended})"


def dose(row: Intervention) -> str:
    """`2 times a week`; nothing when no dose is planned."""
    times = row.times_per_week
    if not times:
        return ""
    if times == Decimal("0.5"):
        return "every second week"
    return "once a week" if times == 1 else f"{times.normalize():f} times a week"


def _by(day: object) -> str:
    return f", by {day:%Y-%m-%d}" if day else ""


def assessment_text(assessment: Assessment) -> str:
    """The physician's packet: findings, precautions, diagnoses, available plans."""
    diagnoses = "\n".join(icd10.label_of(code) for code in assessment.diagnosis_codes)
    parts = [
        heading(assessment.patient, "Physician's assessment"),
        f"Written by {assessment.author}",
        f"Findings\n{assessment.findings}",
        f"Precautions\n{assessment.precautions or 'None recorded.'}",
        f"Diagnoses\n{diagnoses}",
    ]
    for number, row in enumerate(assessment.available_plans.all(), 1):
        level = f"Level of care: {row.level_of_care}\n" if row.level_of_care else ""
        parts.append(f"Available plan {number}: {row.title}\n{level}{row.description}".rstrip())
    return "\n\n".join(parts)


def acceptance_text(patient: Patient, accepted: TreatmentOption, options: Iterable[TreatmentOption]) -> str:
    """Exactly what was on the screen: the accepted option in full, then those that were shown beside it."""
    others = [option for option in options if option.pk != accepted.pk]
    parts = [
        heading(patient, "Accepted treatment option"),
        "I have been told about the options below, with their benefits, risks and cost, and could ask questions. "
        "I choose the first one of my own free will. I may change my mind later.",
        f"My choice\n{option_text(accepted)}",
    ]
    parts += [f"Also offered\n{option_text(option)}" for option in others]
    return "\n\n".join(parts)


def option_text(option: TreatmentOption) -> str:
    """One option as it is shown."""
    lines = [
        option.title,
        f"Level of care: {option.level_of_care}" if option.level_of_care else "",
        f"Length: {option.weeks} weeks" if option.weeks else "",
        f"What to expect: {option.description}" if option.description else "",
        f"Benefits: {option.benefits}",
        f"Risks: {option.risks}",
        f"Cost: {_money(option, option.cost_total)}, of which covered {_money(option, option.cost_covered)}",
        f"To pay: {_money(option, option.patient_share)}, "
        f"{costs.instalments_label(option.monthly_amounts, option.currency)}",
    ]
    return "\n".join(line for line in lines if line)


def _money(option: TreatmentOption, amount: object) -> str:
    return costs.amount_label(amount, option.currency)  # type: ignore[arg-type]
