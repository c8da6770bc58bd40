"""Instruments answered and scored; a positive safety answer is acted on at once."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep, Task
from intake.instruments import INSTRUMENTS
from intake.models import Screening
from patients import services as patients
from patients.models import Patient, Relation

ACT_WITHIN = timedelta(minutes=15)
# How long the desk that is asked to act may read the chart of a person who is not on its teams yet.
READ_FOR = timedelta(hours=24)
SAFETY_TASK = "safety-screen"
SAFETY_DESKS = (Role.PATIENT_CARE, Role.CLINICAL_COORDINATOR)


@transaction.atomic
def record_screening(*, patient: Patient, instrument: str, answers: Sequence[int], by: User) -> Screening:
    """Score the answers and keep them; the step "screened" is reached.

    A positive safety answer asks the patient care and the clinical coordinator desks to act within 15 minutes,
    in the same transaction. Raises DomainError for an unknown instrument or a missing answer.
    """
    tool = INSTRUMENTS.get(instrument)
    if tool is None:
        raise DomainError("This instrument is not known here.", code="screening.instrument")
    episode = episodes.open_episode_of(patient)
    try:
        result = tool.score(answers, patient.gender)
    except ValueError as error:
        raise DomainError("Answer every item with one of its answers.", code="screening.answers") from error
    screening = Screening(patient=patient, episode=episode, instrument=instrument, answers=list(answers), by=by)
    screening.score, screening.band, screening.safety_positive = result.score, result.band, result.safety_positive
    audit.save(screening, by=by)
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.SCREENED, by=by)
    if result.safety_positive:
        _ask_to_act(screening, by)
    return screening


def _ask_to_act(screening: Screening, by: User) -> None:
    facility, patient = screening.episode.facility, screening.patient
    _let_patient_care_read(screening)
    for desk in SAFETY_DESKS:
        episodes.ask(
            facility=facility,
            patient=patient,
            kind=SAFETY_TASK,
            text="Positive safety answer in a screening: see the person now",
            owner_role=desk,
            priority=Task.Priority.URGENT,
            due_at=screening.completed_at + ACT_WITHIN,
            focus=screening,
            by=by,
        )


def _let_patient_care_read(screening: Screening) -> None:
    """The desk that is asked must be able to open the person; a standing hand-off grant is left as it is."""
    facility, patient = screening.episode.facility, screening.patient
    held = patient.desk_grants.filter(facility=facility, role=Role.PATIENT_CARE, relation=Relation.HANDOFF)
    if not held.filter(until__isnull=True).exists():
        patients.grant_desk(
            patient=patient,
            facility=facility,
            role=Role.PATIENT_CARE,
            relation=Relation.HANDOFF,
            until=timezone.now() + READ_FOR,
        )
