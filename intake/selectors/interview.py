"""The interview of an episode."""

from typing import Any

from episodes.models import EpisodeOfCare
from intake.models import IntakeInterview
from patients.models import Patient


def interview_of(patient: Patient, episode: EpisodeOfCare) -> IntakeInterview:
    """The episode's interview; a blank, unsaved one when it has not begun."""
    found = IntakeInterview.objects.filter(episode=episode).select_related("interviewer").first()
    return found or IntakeInterview(episode=episode, patient=patient)


def substances_of(interview: IntakeInterview) -> list[dict[str, Any]]:
    """Up to three, in order of concern."""
    rows = interview.substances.all() if interview.pk else ()
    names = ("substance", "route", "frequency", "age_first_use")
    return [{name: getattr(row, name) for name in names} for row in rows]
