"""One desk offers the baton to another, which accepts or returns it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import User
from accounts.roles import Role
from core import audit
from core.errors import DomainError, explain
from episodes.models import EpisodeOfCare, Handoff
from episodes.services.path import locked
from episodes.services.tasks import ask
from patients import services as patients
from patients.models import Relation

# How soon a desk should have accepted what it is handed, and begun the next step after that.
ACCEPT_WITHIN = timedelta(hours=4)
NEXT_STEP_WITHIN = timedelta(hours=24)


@transaction.atomic
def send_handoff(
    *,
    episode: EpisodeOfCare,
    from_role: str,
    to_role: str,
    next_step: str,
    by: User,
    to_user: User | None = None,
    message: str = "",
    due_at: datetime | None = None,
) -> Handoff:
    """Offer the baton to a desk, or to one person of it. The sender keeps it until it is accepted.

    The receiving side may read the person's packet from now on.
    Raises DomainError unless the sender holds the baton, or if the desk has an unanswered hand-off already.
    """
    episode = locked(episode)
    if episode.owner_id != by.pk:
        raise DomainError(f"Only {episode.owner}, who holds the baton, can hand it over.", code="baton")
    if to_user and to_role not in roles_at(to_user, episode.facility):
        raise DomainError(f"{to_user} does not hold that role here.", code="membership", field="to_user")
    handoff = Handoff(episode=episode, patient=episode.patient, facility=episode.facility, from_user=by)
    handoff.from_role, handoff.to_role, handoff.to_user = from_role, to_role, to_user
    handoff.next_step, handoff.message = next_step, message
    handoff.due_at = due_at or timezone.now() + ACCEPT_WITHIN
    with explain(handoff_one_open_per_desk="That desk has an open hand-off for this person already."):
        audit.save(handoff, by=by)
    _open_packet(handoff)
    return handoff


@transaction.atomic
def accept_handoff(*, handoff: Handoff, by: User, due_at: datetime | None = None) -> Handoff:
    """Take the baton, and a place on the care team with it.

    Raises DomainError if it was answered meanwhile, or is meant for another person or desk.
    """
    handoff = _waiting(handoff, by)
    episode = locked(handoff.episode)
    answer(handoff, Handoff.Status.ACCEPTED, by)
    patients.add_care_team_member(
        patient=handoff.patient, user=by, facility=handoff.facility, role=handoff.to_role, by=by
    )
    episode.owner, episode.owner_role, episode.next_step = by, handoff.to_role, handoff.next_step
    episode.due_at = due_at or timezone.now() + NEXT_STEP_WITHIN
    audit.save(episode, by=by)
    return handoff


@transaction.atomic
def return_handoff(*, handoff: Handoff, reason: str, by: User) -> Handoff:
    """Give it back with what is missing; the baton has stayed with the sender, who gets a task.

    Raises DomainError if it was answered meanwhile, is meant for another, or no reason is given.
    """
    if not reason.strip():
        raise DomainError("Say what is missing, so that the sender can mend it.", field="reason")
    handoff = _waiting(handoff, by)
    handoff.return_reason = reason.strip()
    answer(handoff, Handoff.Status.REJECTED, by)
    ask(
        facility=handoff.facility,
        patient=handoff.patient,
        kind="handoff-returned",
        text=f"Complete what {Role(handoff.to_role).label.lower()} returned",
        owner_role=handoff.from_role,
        owner=handoff.from_user,
        due_at=timezone.now() + ACCEPT_WITHIN,
        focus=handoff.patient,
        by=by,
    )
    return handoff


@transaction.atomic
def withdraw_handoff(*, handoff: Handoff, by: User) -> Handoff:
    """Take back a hand-off nobody has answered. Raises DomainError unless the sender does it."""
    handoff = Handoff.objects.select_for_update(no_key=True).get(pk=handoff.pk)
    if handoff.status != Handoff.Status.REQUESTED or handoff.from_user_id != by.pk:
        raise DomainError("Only the sender can withdraw a hand-off, and only while it is unanswered.")
    answer(handoff, Handoff.Status.CANCELLED, by)
    return handoff


def _waiting(handoff: Handoff, by: User) -> Handoff:
    row = Handoff.objects.select_for_update(no_key=True).get(pk=handoff.pk)
    if row.status != Handoff.Status.REQUESTED:
        raise DomainError("Somebody has answered this hand-off already.", code="handoff.answered")
    if row.to_user_id not in (None, by.pk) or row.to_role not in roles_at(by, row.facility):
        raise DomainError("This hand-off is meant for someone else.", code="handoff.addressee")
    return row


def answer(handoff: Handoff, status: str, by: User) -> None:
    handoff.status, handoff.answered_at, handoff.answered_by = status, timezone.now(), by
    audit.save(handoff, by=by)
    _close_packet(handoff)


def _open_packet(handoff: Handoff) -> None:
    if handoff.to_user:
        patients.grant(
            patient=handoff.patient, user=handoff.to_user, facility=handoff.facility, relation=Relation.HANDOFF
        )
    else:
        patients.grant_desk(
            patient=handoff.patient, facility=handoff.facility, role=handoff.to_role, relation=Relation.HANDOFF
        )


def _close_packet(handoff: Handoff) -> None:
    """Unless the same person is asked by another hand-off as well: both stand on one grant."""
    if handoff.to_user is None:
        patients.revoke_desk(
            patient=handoff.patient, facility=handoff.facility, role=handoff.to_role, relation=Relation.HANDOFF
        )
        return
    waiting = Handoff.objects.filter(patient=handoff.patient, to_user=handoff.to_user, status=Handoff.Status.REQUESTED)
    if not waiting.exists():
        patients.revoke(patient=handoff.patient, user=handoff.to_user, relation=Relation.HANDOFF)
