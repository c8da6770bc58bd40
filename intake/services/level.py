"""The level of care: the rules recommend, a person decides."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeStep, LevelOfCare
from intake.access import lock_reason
from intake.levels import EDITION, Recommendation, recommend
from intake.models import LevelOfCareDetermination
from patients.models import Patient


def recommended_level(ratings: Sequence[int]) -> tuple[LevelOfCare, Recommendation]:
    """The level of our edition that the rules lead to, with its reasons. Raises DomainError on missing ratings."""
    try:
        recommendation = recommend(ratings)
    except ValueError as error:
        raise DomainError("Rate all five dimensions from 0 to 4.", code="level.ratings") from error
    return LevelOfCare.objects.get(edition=EDITION, code=recommendation.code), recommendation


@transaction.atomic
def decide_level(
    *,
    patient: Patient,
    ratings: Sequence[int],
    by: User,
    decided: LevelOfCare | None = None,
    person_centred: str = "",
    difference_reason: str = "",
) -> LevelOfCareDetermination:
    """Keep ratings, recommendation and decision; the episode has that level from now on.

    No `decided` means as recommended. Raises DomainError if the decision differs without a reason, or the
    hand-over has closed the intake.
    """
    episode = episodes.open_episode_of(patient)
    if reason := lock_reason(by, episode):
        raise DomainError(reason, code="intake.closed")
    level, recommendation = recommended_level(ratings)
    row = LevelOfCareDetermination(episode=episode, patient=patient, ratings=list(ratings), decided_by=by)
    row.recommended, row.reasons, row.decided = level, recommendation.reasons, decided or level
    row.person_centred = person_centred
    row.difference_reason = difference_reason if row.decided != level else ""
    if row.decided != level and not difference_reason.strip():
        raise DomainError("Say why the decision differs from the recommendation.", field="difference_reason")
    with explain(level_difference_has_reason="Say why the decision differs from the recommendation."):
        audit.save(row, by=by)
    episode.level_of_care = row.decided
    audit.save(episode, by=by)
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.LEVEL_DETERMINED, by=by)
    return row
