"""The physician's packet: asked for, written, sent, received."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import User
from accounts.roles import Role
from careplans import icd10, papers
from careplans.models import Assessment, AvailablePlan, CarePlan
from careplans.services.plan import ask_to_acknowledge
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep, Task
from patients import services as patients
from patients.models import Condition, Patient
from records import services as records
from records.models import Document

PACKET_WITHIN = timedelta(hours=48)
OPTIONS_WITHIN = timedelta(hours=24)
MOST_PLANS = 4


@transaction.atomic
def request_assessment(*, patient: Patient, clinician: User, by: User) -> Task:
    """Ask a clinician for the packet within 48 hours: a place on the care team, a task, the next step.

    A request to somebody else that is still open is taken back. A plan that is shared already goes to the
    clinician to acknowledge. Raises DomainError without an open episode, or if the person is no clinician there.
    """
    episode = episodes.open_episode_of(patient)
    facility = episode.facility
    if Role.CLINICIAN not in roles_at(clinician, facility):
        raise DomainError("Choose someone who works as a clinician here.", code="membership", field="clinician")
    patients.add_care_team_member(patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=by)
    _take_back_other_requests(patient, clinician, by)
    due_at = timezone.now() + PACKET_WITHIN
    episodes.set_next_step(episode=episode, next_step="Physician's assessment", due_at=due_at, by=by)
    plan = episode.care_plans.filter(status=CarePlan.Status.ACTIVE).first()
    if plan:
        ask_to_acknowledge(plan=plan, user=clinician, role=Role.CLINICIAN, by=by)
    return episodes.ask(
        facility=facility,
        patient=patient,
        kind="assessment-requested",
        text="Write the assessment packet",
        owner_role=Role.CLINICIAN,
        owner=clinician,
        due_at=due_at,
        focus=plan or patient,
        by=by,
    )


def _take_back_other_requests(patient: Patient, clinician: User, by: User) -> None:
    requests = Task.objects.open().filter(patient=patient, kind="assessment-requested")
    for task in requests.exclude(owner=clinician):
        episodes.close_task(task=task, by=by, outcome="Somebody else was asked", status=Task.Status.CANCELLED)


@transaction.atomic
def save_assessment(
    *,
    patient: Patient,
    findings: str,
    precautions: str,
    diagnosis_codes: Sequence[str],
    available_plans: Sequence[dict[str, Any]],
    by: User,
    assessment: Assessment | None = None,
    expected_version: int | None = None,
) -> Assessment:
    """Keep the draft of the packet; only its author sees it. `available_plans`: title, description, level_of_care.

    Raises DomainError without an open episode, for somebody who is no clinician there, for another person's
    draft and for a packet that has been sent; core.errors.Conflict.
    """
    episode = episodes.open_episode_of(patient)
    _require_clinician(by, episode)
    row = _own_draft(assessment, by) if assessment else _draft_of(episode, by)
    row.findings, row.precautions = findings, precautions
    row.diagnosis_codes = _known(diagnosis_codes)
    audit.save(row, by=by, expected_version=expected_version)
    _keep_plans(row, available_plans, by)
    return row


def _require_clinician(by: User, episode: EpisodeOfCare) -> None:
    if Role.CLINICIAN not in roles_at(by, episode.facility):
        raise DomainError("Only a clinician writes the assessment packet.", code="role")


def _draft_of(episode: EpisodeOfCare, by: User) -> Assessment:
    """The author's draft of this episode; the episode is locked, so that nobody begins it twice."""
    draft = episode.assessments.filter(author=by, status=Assessment.Status.DRAFT).first()
    return draft or Assessment(patient=episode.patient, episode=episode, facility=episode.facility, author=by)


def _own_draft(assessment: Assessment, by: User) -> Assessment:
    row = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if row.author_id != by.pk:
        raise DomainError("Only its author writes on this packet.", code="assessment.author")
    if row.status != Assessment.Status.DRAFT:
        raise DomainError("This packet has been sent and stays as it is. Write a new one.", code="assessment.sent")
    return row


def _known(codes: Sequence[str]) -> list[str]:
    unknown = [code for code in codes if code not in icd10.LABELS]
    if unknown:
        raise DomainError("Pick the diagnosis from the list: F10 to F19, with its label.", field="diagnosis_1")
    return list(dict.fromkeys(codes))


def _keep_plans(assessment: Assessment, wanted: Sequence[dict[str, Any]], by: User) -> None:
    """Make the lines the same as wanted: rewrite, add, and take off what is over."""
    held = list(assessment.available_plans.all())
    for position, fields in enumerate(wanted[:MOST_PLANS], 1):
        row = held.pop(0) if held else AvailablePlan(assessment=assessment)
        row.title, row.description = fields["title"], fields.get("description", "")
        row.level_of_care, row.position = fields.get("level_of_care"), position
        audit.save(row, by=by)
    for row in held:
        row._history_user, row._change_reason = by, "removed from the draft"
        row.delete()


@transaction.atomic
def send_assessment(*, assessment: Assessment, by: User) -> Assessment:
    """Send the packet: its Document, the diagnoses on the record, and a task for the treatment desk.

    Raises DomainError without findings, a diagnosis or an available plan, and for anyone but its author.
    """
    row = _own_draft(assessment, by)
    episode = episodes.open_episode_of(row.patient)
    _require_clinician(by, episode)
    _require_whole(row)
    row.document = _document(row, by)
    row.diagnoses.set(_conditions(row, by))
    row.status, row.completed_at = Assessment.Status.COMPLETED, timezone.now()
    audit.save(row, by=by)
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.ASSESSED, by=by)
    for task in Task.objects.open().filter(patient=row.patient, kind="assessment-requested"):
        episodes.close_task(task=task, by=by, outcome="Packet sent")
    _tell_treatment(row, episode, by)
    return row


def _require_whole(assessment: Assessment) -> None:
    if not assessment.findings.strip():
        raise DomainError("Write your findings before you send the packet.", field="findings")
    if not assessment.diagnosis_codes:
        raise DomainError("Pick at least one diagnosis before you send the packet.", field="diagnosis_1")
    if not assessment.available_plans.exists():
        raise DomainError("Name at least one plan that is available.", field="plan_1_title")


def _document(assessment: Assessment, by: User) -> Document:
    return records.create_document(
        patient=assessment.patient,
        facility=assessment.facility,
        kind=Document.Kind.ASSESSMENT,
        title="Physician's assessment",
        text=papers.assessment_text(assessment),
        by=by,
    )


def _conditions(assessment: Assessment, by: User) -> list[Condition]:
    """A Condition for each code: the active one of the record if there is one, else a new one."""
    return [
        _condition(assessment.patient, code, is_primary=not position, by=by)
        for position, code in enumerate(assessment.diagnosis_codes)
    ]


def _condition(patient: Patient, code: str, *, is_primary: bool, by: User) -> Condition:
    active = patient.conditions.filter(code=code, clinical_status=Condition.ClinicalStatus.ACTIVE)
    known = active.exclude(verification_status=Condition.VerificationStatus.ENTERED_IN_ERROR).first()
    if known:
        return known
    row = Condition(patient=patient, code=code, display=icd10.LABELS[code], is_primary=is_primary, recorder=by)
    return audit.save(row, by=by)


def _tell_treatment(assessment: Assessment, episode: EpisodeOfCare, by: User) -> None:
    due_at = timezone.now() + OPTIONS_WITHIN
    if episode.owner_role == Role.PATIENT_CARE:
        episodes.set_next_step(episode=episode, next_step="Hand over to the treatment desk", due_at=due_at, by=by)
    episodes.ask(
        facility=assessment.facility,
        patient=assessment.patient,
        kind="packet-arrived",
        text="Build options",
        owner_role=Role.TREATMENT,
        due_at=due_at,
        focus=assessment,
        by=by,
    )


@transaction.atomic
def receive_assessment(*, assessment: Assessment, by: User) -> Assessment:
    """The treatment coordinator takes the packet. Raises DomainError if it is not sent or somebody has it."""
    row = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if row.status != Assessment.Status.COMPLETED:
        raise DomainError("This packet has not been sent yet.", code="assessment.draft")
    if row.received_at:
        raise DomainError(f"{row.received_by} has taken this packet already.", code="assessment.received")
    row.received_at, row.received_by = timezone.now(), by
    return audit.save(row, by=by)
