"""The interview: saved as a draft at any time, completed once."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import Conflict, DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep
from intake.access import lock_reason
from intake.models import IntakeInterview, SubstanceUse
from patients.models import Patient

# What has to be answered before the interview counts as done (the TEDS minimum data set and the concern).
REQUIRED = (
    "presenting_concern",
    "prior_treatments",
    "living_arrangement",
    "employment",
    "arrests_30_days",
    "self_help",
)


@transaction.atomic
def save_interview(
    *,
    patient: Patient,
    answers: dict[str, Any],
    substances: list[dict[str, Any]],
    complete: bool,
    by: User,
    expected_version: int | None = None,
) -> IntakeInterview:
    """Keep the answers, and up to three substances in order of concern. `complete` reaches the step.

    Raises DomainError if the hand-over has closed the intake, something impossible is said, or something needed
    to complete is missing; core.errors.Conflict if somebody saved it since `expected_version`.
    """
    episode = episodes.open_episode_of(patient)
    if reason := lock_reason(by, episode):
        raise DomainError(reason, code="intake.closed")
    interview = IntakeInterview.objects.filter(episode=episode).first()
    if interview and expected_version is None:
        raise Conflict(interview)
    interview = interview or IntakeInterview(episode=episode, patient=patient, interviewer=by)
    for name, value in answers.items():
        setattr(interview, name, value)
    _require_plausible(patient, substances)
    if complete:
        _complete(interview, substances)
    audit.save(interview, by=by, expected_version=expected_version)
    _save_substances(interview, substances, by)
    if interview.status == IntakeInterview.Status.COMPLETED:
        episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.INTERVIEW_DONE, by=by)
    return interview


def _complete(interview: IntakeInterview, substances: list[dict[str, Any]]) -> None:
    missing = [name for name in REQUIRED if getattr(interview, name) in (None, "")]
    if missing:
        raise DomainError("Answer this to complete the interview, or save and go on later.", field=missing[0])
    if not substances or not all(row.get(name) for row in substances[:1] for name in ("route", "frequency")):
        raise DomainError("Name the primary substance with its route and frequency.", code="interview.substance")
    interview.status, interview.completed_at = IntakeInterview.Status.COMPLETED, timezone.now()


def _require_plausible(patient: Patient, substances: list[dict[str, Any]]) -> None:
    age = patient.age_on(timezone.localdate())
    named = [row["substance"] for row in substances]
    if len(set(named)) < len(named):
        raise DomainError("Each substance is named once.", code="interview.substance_twice")
    for row in substances:
        first = row.get("age_first_use")
        if first is not None and age is not None and first > age:
            raise DomainError(f"The age of first use cannot be above the person's age, {age}.", code="interview.age")


def _save_substances(interview: IntakeInterview, substances: list[dict[str, Any]], by: User) -> None:
    """Rank is the place in the list. A rank that falls away is deleted, and its history says by whom."""
    held = {row.rank: row for row in interview.substances.all()}
    for rank, wanted in enumerate(substances, 1):
        row = held.pop(rank, None) or SubstanceUse(interview=interview, rank=rank)
        if row.pk and all(getattr(row, name) == value for name, value in wanted.items()):
            continue
        vars(row).update(wanted)
        audit.save(row, by=by)
    for row in held.values():
        row._history_user = by
        row.delete()
