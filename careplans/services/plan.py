"""A plan from its start to everyone's acknowledgement."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Perm, Role, scope_of
from careplans import papers
from careplans.models import CarePlan, PlanAcknowledgement
from careplans.selectors.plan import changed_since_shared, missing_parts, problems_of, review_is_near
from careplans.services.tree import locked
from core import audit
from core.errors import DomainError, explain
from core.times import today
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep, Task
from intake.models import IntakeInterview
from patients.models import AllergyIntolerance, Patient
from records import services as records
from records.models import Document

ACKNOWLEDGE_WITHIN = timedelta(days=2)
ASK_WITHIN = timedelta(hours=24)
REVIEW_AFTER = timedelta(days=30)
# The intake coordinator stays on the care team, and by the matrix knows only that there is a plan.
READERS = [role for role in Role if scope_of(role, Perm.PLAN_VIEW) or scope_of(role, Perm.PLAN_EXTRACT)]


@transaction.atomic
def start_plan(*, patient: Patient, by: User) -> CarePlan:
    """Begin the draft for the open episode, with needs and precautions taken from what intake has recorded.

    Raises DomainError without an open episode, or if the episode has a plan already.
    """
    episode = episodes.open_episode_of(patient)
    plan = CarePlan(patient=patient, episode=episode, facility=episode.facility, author=by)
    plan.needs, plan.precautions = _needs(episode), _precautions(patient)
    with explain(care_plan_one_current="This episode has a care plan already."):
        return audit.save(plan, by=by)


def _needs(episode: EpisodeOfCare) -> str:
    interview = IntakeInterview.objects.filter(episode=episode).first()
    if interview is None:
        return ""
    wishes = interview.strengths_and_wishes
    parts = [interview.presenting_concern, f"Strengths and wishes: {wishes}" if wishes else ""]
    return "\n\n".join(part for part in parts if part)


def _precautions(patient: Patient) -> str:
    allergies = patient.allergies.filter(
        entered_in_error=False, clinical_status=AllergyIntolerance.ClinicalStatus.ACTIVE
    )
    flags = patient.flags.filter(ends_at__isnull=True)
    lines = [f"Allergy: {row.substance}" + (f" ({row.reaction})" if row.reaction else "") for row in allergies]
    return "\n".join(lines + [row.text for row in flags])


@transaction.atomic
def edit_plan(*, plan: CarePlan, expected_version: int | None, by: User) -> CarePlan:
    """Save needs and precautions as changed by the form. Raises core.errors.Conflict, DomainError if closed."""
    locked(plan)
    return audit.save(plan, by=by, expected_version=expected_version)


@transaction.atomic
def share_plan(*, plan: CarePlan, by: User) -> CarePlan:
    """Make the next edition: a Document, a request to whoever on the care team may read it, a review date.

    Raises DomainError while a problem, goal, objective or intervention is missing, and when nothing has changed
    since the last edition and no review is due.
    """
    plan = locked(plan)
    _require_complete(plan)
    _require_news(plan)
    former = plan.document
    plan.edition += 1
    plan.status, plan.shared_at = CarePlan.Status.ACTIVE, timezone.now()
    plan.review_due_on = today(plan.facility.tz) + REVIEW_AFTER
    plan.document = _document(plan, by)
    audit.save(plan, by=by)
    _supersede(former, by)
    _close_former_requests(plan, by)
    _ask_the_team(plan, by)
    episodes.reach_step(episode=plan.episode, kind=EpisodeStep.Kind.PLAN_SHARED, by=by)
    _say_what_is_next(plan, by)
    return plan


def _say_what_is_next(plan: CarePlan, by: User) -> None:
    """After the first edition a physician has to be asked, unless somebody has been or has answered."""
    assessed = plan.episode.steps.filter(kind=EpisodeStep.Kind.ASSESSED, withdrawn_at__isnull=True)
    asked = Task.objects.open().filter(patient=plan.patient, kind="assessment-requested")
    if plan.edition == 1 and not assessed.exists() and not asked.exists():
        due_at = timezone.now() + ASK_WITHIN
        episodes.set_next_step(
            episode=plan.episode, next_step="Ask a physician for the assessment", due_at=due_at, by=by
        )


def _require_complete(plan: CarePlan) -> None:
    missing = missing_parts(problems_of(plan))
    if missing:
        raise DomainError(f"The plan still needs {' and '.join(missing)} before it can be shared.", code="plan.parts")


def _require_news(plan: CarePlan) -> None:
    if not plan.edition or changed_since_shared(plan, problems_of(plan)):
        return
    if not review_is_near(plan):
        raise DomainError(f"Nothing has changed since edition {plan.edition}.", code="plan.unchanged")


def _document(plan: CarePlan, by: User) -> Document:
    body = papers.plan_body(plan, problems_of(plan))
    return records.create_document(
        patient=plan.patient,
        facility=plan.facility,
        kind=Document.Kind.CARE_PLAN,
        title=f"Care plan, edition {plan.edition}",
        text=f"{papers.heading(plan.patient, 'Care plan')}\n\n{body}",
        by=by,
    )


def _supersede(document: Document | None, by: User) -> None:
    if document:
        records.supersede(document=document, by=by)


def _close_former_requests(plan: CarePlan, by: User) -> None:
    former = plan.acknowledgements.filter(acknowledged_at__isnull=True).exclude(edition=plan.edition)
    for row in former:
        episodes.close_tasks_about(focus=row, by=by, outcome="A newer edition was shared")


def _ask_the_team(plan: CarePlan, by: User) -> None:
    team = plan.patient.care_team.filter(facility=plan.facility, ends_at__isnull=True, role__in=READERS)
    team = team.exclude(user=plan.author)
    for member in team.exclude(user=by).select_related("user"):
        ask_to_acknowledge(plan=plan, user=member.user, role=member.role, by=by)


@transaction.atomic
def ask_to_acknowledge(*, plan: CarePlan, user: User, role: str, by: User) -> PlanAcknowledgement:
    """Ask one person to read the present edition, with a task that is due in two days. Harmless twice."""
    row = plan.acknowledgements.filter(edition=plan.edition, user=user).first()
    if row:
        return row
    row = PlanAcknowledgement(plan=plan, edition=plan.edition, user=user, role=role)
    row.due_at = timezone.now() + ACKNOWLEDGE_WITHIN
    audit.save(row, by=by)
    episodes.ask(
        facility=plan.facility,
        patient=plan.patient,
        kind="plan-acknowledge",
        text=f"Read and acknowledge the care plan, edition {plan.edition}",
        owner_role=role,
        owner=user,
        due_at=row.due_at,
        focus=row,
        by=by,
    )
    return row


@transaction.atomic
def acknowledge_plan(*, plan: CarePlan, by: User) -> PlanAcknowledgement:
    """Say “I have read this edition”. With the last one the step of the path is reached. Harmless twice.

    Raises DomainError if the person was not asked to acknowledge the present edition.
    """
    plan = CarePlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    row = plan.acknowledgements.filter(edition=plan.edition, user=by).first()
    if row is None:
        raise DomainError("You have not been asked to acknowledge this edition.", code="acknowledge.not_asked")
    if row.acknowledged_at is None:
        row.acknowledged_at = timezone.now()
        audit.save(row, by=by)
        episodes.close_tasks_about(focus=row, by=by, outcome="Acknowledged")
    waiting = plan.acknowledgements.filter(edition=plan.edition, acknowledged_at__isnull=True)
    if not waiting.exists():
        episodes.reach_step(episode=plan.episode, kind=EpisodeStep.Kind.PLAN_ACKNOWLEDGED, by=by)
    return row
