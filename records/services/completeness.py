"""The facility's rules of a complete chart, and asking for what is missing."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeStep, Task
from patients.models import Patient
from records.models import ChartRule, Document
from records.selectors.completeness import is_missing, what_of
from records.services.documents import arrivals_of

ANSWER_WITHIN = timedelta(hours=24)
ONCE = "There is a rule for this already; change its hours instead."
Kind, Step = Document.Kind, EpisodeStep.Kind
# Paper or step, hours after the stay began, who owes it.
USUAL: list[tuple[str, str, int, str]] = [
    ("", Step.NOTICE_GIVEN, 24, Role.INTAKE),
    ("", Step.CONSENTED, 24, Role.INTAKE),
    (Kind.IDENTIFICATION, "", 24, Role.INTAKE),
    (Kind.INTAKE_PACKET, "", 48, Role.INTAKE),
    (Kind.CARE_PLAN, "", 72, Role.PATIENT_CARE),
    (Kind.ASSESSMENT, "", 168, Role.CLINICIAN),
    (Kind.ACCEPTANCE, "", 240, Role.TREATMENT),
    ("", Step.RECORD_FILED, 480, Role.TREATMENT),
]


@transaction.atomic
def save_chart_rule(*, rule: ChartRule, by: User, expected_version: int | None = None) -> ChartRule:
    """Add or change a rule. Raises DomainError if it names nothing, or a rule for it is there; Conflict if changed."""
    if bool(rule.document_kind) == bool(rule.step):
        raise DomainError("Choose a paper or a step: one of the two.", field="document_kind")
    if not rule.within_hours:
        raise DomainError("Give it at least an hour.", field="within_hours")
    with explain(chart_rule_once_per_facility=ONCE):
        return audit.save(rule, by=by, expected_version=expected_version)


@transaction.atomic
def retire_chart_rule(*, rule: ChartRule, by: User) -> ChartRule:
    """The rule and the tasks that came of it ask for nothing from now on; it stays in the history. Harmless twice."""
    rule = ChartRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    rule.is_active = False
    for task in Task.objects.open().filter(facility=rule.facility, kind=_kind_of_asking(rule)).order_by("pk"):
        episodes.close_task(task=task, by=by, outcome="The rule is retired", status=Task.Status.CANCELLED)
    return audit.save(rule, by=by)


@transaction.atomic
def add_usual_rules(*, facility: Facility, by: User | None, reason: str = "") -> list[ChartRule]:
    """The rules most facilities begin with. Does nothing where there are rules already."""
    if ChartRule.objects.filter(facility=facility).exists():
        return []
    rules = [
        ChartRule(facility=facility, document_kind=kind, step=step, within_hours=hours, owed_by=role)
        for kind, step, hours, role in USUAL
    ]
    return [audit.save(rule, by=by, reason=reason) for rule in rules]


@transaction.atomic
def ask_for_missing(*, patient: Patient, rule: ChartRule, by: User) -> Task:
    """Ask the desk that owes it, within a day. Asked twice it is one task, which closes when it arrives.

    Raises DomainError if it is not missing any more.
    """
    _wait_for_arrivals(patient, rule)
    if not is_missing(patient, rule):
        raise DomainError("This is in the chart now; look at the list again.", code="chart.complete")
    return episodes.ask(
        facility=rule.facility,
        patient=patient,
        kind=_kind_of_asking(rule),
        text=f"Complete the chart: {what_of(rule).lower()}",
        owner_role=rule.owed_by,
        due_at=timezone.now() + ANSWER_WITHIN,
        focus=patient,
        by=by,
    )


def _wait_for_arrivals(patient: Patient, rule: ChartRule) -> None:
    """What is on its way at this moment is waited for; what comes after sees the task."""
    if rule.step:  # whoever reaches a step locks its stay
        list(patient.episodes.open().select_for_update(no_key=True))
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", arrivals_of(patient))


def _kind_of_asking(rule: ChartRule) -> str:
    return f"{Task.MISSING}{rule.document_kind or rule.step}"
