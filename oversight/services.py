"""What the clinical coordinator changes on the board."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Membership, User
from episodes.models import EpisodeOfCare
from episodes.services import pass_baton


@transaction.atomic
def reassign_batons(*, episodes: Iterable[EpisodeOfCare], to: Membership, due_at: datetime, by: User) -> int:
    """Give every chosen baton to one person, who joins the care teams; all or none. Returns how many.

    Next steps stay as they are. Raises DomainError if that person no longer holds the role, or an episode was
    closed meanwhile.
    """
    in_order = sorted(episodes, key=lambda episode: episode.pk)  # two coordinators at once do not block each other
    for episode in in_order:
        pass_baton(episode=episode, to=to.user, role=to.role, next_step=episode.next_step, due_at=due_at, by=by)
    return len(in_order)
