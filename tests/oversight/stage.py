"""Rows on which the board's lists and figures stand."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeOfCare, LevelOfCare
from tests import factories


def in_care(facility: Facility, *, by: User, role: str = Role.INTAKE, due_in: int = 24, **person: str) -> EpisodeOfCare:
    """Somebody with an open episode whose next step is due in so many hours."""
    episode = factories.episode(factories.patient(facility, **person), facility, by=by, role=role)
    due_at = timezone.now() + timedelta(hours=due_in)
    return episodes.set_next_step(episode=episode, next_step="Interview", due_at=due_at, by=by)


def stay(
    facility: Facility, *, by: User, start: datetime, end: datetime | None = None, level: str = ""
) -> EpisodeOfCare:
    """An episode of treatment from `start` until `end`, or still going on."""
    episode = factories.episode(factories.patient(facility), facility, by=by)
    episode.status = EpisodeOfCare.Status.FINISHED if end else EpisodeOfCare.Status.ACTIVE
    episode.starts_at, episode.ends_at = start, end
    episode.level_of_care = LevelOfCare.objects.filter(code=level).first() if level else None
    return audit.save(episode, by=by)
