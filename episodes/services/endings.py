"""An episode or a role ends, and nothing is left without its person."""

from django.db import transaction
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Membership, User
from core import audit
from core.errors import DomainError
from episodes.models import EpisodeOfCare, Handoff, Task
from episodes.selectors import unfinished
from episodes.services.handoffs import answer
from episodes.services.path import end_placement, locked
from episodes.services.tasks import close_task


@transaction.atomic
def close_episode(*, episode: EpisodeOfCare, status: str, by: User) -> EpisodeOfCare:
    """Finish or cancel the episode; open hand-offs and tasks of the person are withdrawn with it."""
    episode = locked(episode)
    for handoff in episode.handoffs.filter(status=Handoff.Status.REQUESTED):
        answer(handoff, Handoff.Status.CANCELLED, by)
    for task in Task.objects.open().filter(patient=episode.patient):
        close_task(task=task, by=by, outcome="Episode closed", status=Task.Status.CANCELLED)
    end_placement(episode, by)
    episode.status, episode.ends_at = status, timezone.now()
    return audit.save(episode, by=by)


@transaction.atomic
def end_membership(*, membership: Membership, by: User, reason: str = "") -> Membership:
    """End somebody's role at a facility, once nobody's care hangs on it any more. The next request is without it.

    Raises DomainError with the numbers while the person holds batons, tasks or hand-offs there in that role:
    `pass_baton` moves a baton on.
    """
    left = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in unfinished(membership).items() if count]
    if left:
        raise DomainError(
            f"{membership.user} still has {' and '.join(left)} at {membership.facility}. Pass them on first.",
            code="membership.unfinished",
        )
    return accounts.end_membership(membership=membership, by=by, reason=reason)
