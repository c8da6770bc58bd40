"""The episode and its baton: who owns the next step, what was reached, where the person is."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import Facility, Location, User
from core import audit
from core.errors import DomainError, explain
from episodes.models import EpisodeOfCare, EpisodeStep, LevelOfCare, Placement
from episodes.services.tasks import settle_missing
from patients import services as patients
from patients.models import Patient


@transaction.atomic
def open_episode(
    *, patient: Patient, facility: Facility, owner_role: str, next_step: str, due_at: datetime, by: User
) -> EpisodeOfCare:
    """Begin a planned episode whose baton the acting person holds.

    Raises DomainError if the person already has an open episode.
    """
    episode = EpisodeOfCare(patient=patient, facility=facility, owner=by, owner_role=owner_role)
    episode.next_step, episode.due_at = next_step, due_at
    with explain(episode_one_open_per_patient="This person already has an open episode of care."):
        return audit.save(episode, by=by)


def open_episode_of(patient: Patient) -> EpisodeOfCare:
    """The one open episode, locked until the transaction ends. Raises DomainError if there is none."""
    episode = patient.episodes.open().select_for_update(no_key=True).first()
    if episode is None:
        raise DomainError("This person has no open episode of care.", code="episode.none")
    return episode


@transaction.atomic
def set_next_step(
    *,
    episode: EpisodeOfCare,
    next_step: str,
    due_at: datetime,
    by: User | None,
    expected_version: int | None = None,
    reason: str = "",
) -> EpisodeOfCare:
    """Say what comes next and by when; the baton stays where it is. `by` None: `reason` says what did it.

    Raises DomainError on a closed episode, core.errors.Conflict if somebody changed it since that version.
    """
    episode = locked(episode)
    episode.next_step, episode.due_at = next_step, due_at
    return audit.save(episode, by=by, reason=reason, expected_version=expected_version)


@transaction.atomic
def pass_baton(
    *, episode: EpisodeOfCare, to: User, role: str, next_step: str, due_at: datetime, by: User
) -> EpisodeOfCare:
    """Make someone else the owner at once, without a hand-off (cover, reassignment by the coordinator).

    The new owner joins the care team, or could not see the person whose baton it is.
    Raises DomainError if that person does not hold the role at the facility.
    """
    episode = locked(episode)
    if role not in roles_at(to, episode.facility):
        raise DomainError(f"{to} does not hold that role at {episode.facility}.", code="membership", field="to")
    patients.add_care_team_member(patient=episode.patient, user=to, facility=episode.facility, role=role, by=by)
    episode.owner, episode.owner_role = to, role
    episode.next_step, episode.due_at = next_step, due_at
    return audit.save(episode, by=by)


@transaction.atomic
def place(*, episode: EpisodeOfCare, level_of_care: LevelOfCare, by: User, bed: Location | None = None) -> Placement:
    """From now on the person is in care at this level, in this bed if one is given; what was before ends.

    Raises DomainError if the bed is another person's, or the episode is closed.
    """
    episode = locked(episode)
    end_placement(episode, by)
    row = Placement(episode=episode, facility=episode.facility, level_of_care=level_of_care, bed=bed)
    row.during = DateTimeTZRange(timezone.now(), None)
    with explain(placement_one_person_per_bed="Somebody else is in that bed."):
        return audit.save(row, by=by)


def end_placement(episode: EpisodeOfCare, by: User) -> None:
    """One that began this very moment keeps no time at all: an empty range, which overlaps nothing."""
    for row in episode.placements.filter(during__upper_inf=True):
        row.during = DateTimeTZRange(row.during.lower, timezone.now())
        audit.save(row, by=by)


@transaction.atomic
def reach_step(*, episode: EpisodeOfCare, kind: EpisodeStep.Kind, by: User | None, reason: str = "") -> EpisodeStep:
    """Leave the fact that a step of the path was reached, for lower floors to read. Harmless twice.

    Whoever was asked for it, because the chart lacked it, is asked no longer.
    """
    EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if step := episode.steps.filter(kind=kind, withdrawn_at__isnull=True).first():
        return step
    settle_missing(patient=episode.patient, what=kind, by=by)
    return audit.save(EpisodeStep(episode=episode, kind=kind, by=by), by=by, reason=reason)


def locked(episode: EpisodeOfCare) -> EpisodeOfCare:
    row = EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if not row.is_open:
        raise DomainError("This episode of care is closed.", code="episode.closed")
    return row
