"""The path of a person: who owns the next step, what was reached, who is asked for what."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts import services as accounts
from accounts.access import current_facility, roles_at
from accounts.models import Facility, Location, Membership, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError, explain
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff, LevelOfCare, Placement, Task
from episodes.selectors import can_be_asked, unfinished
from patients import services as patients
from patients.models import Patient, Relation

# How soon a desk should have accepted what it is handed, and begun the next step after that.
ACCEPT_WITHIN = timedelta(hours=4)
NEXT_STEP_WITHIN = timedelta(hours=24)


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
    *, episode: EpisodeOfCare, next_step: str, due_at: datetime, by: User, expected_version: int | None = None
) -> EpisodeOfCare:
    """Say what comes next and by when; the baton stays where it is.

    Raises DomainError on a closed episode, core.errors.Conflict if somebody changed it since that version.
    """
    episode = _locked(episode)
    episode.next_step, episode.due_at = next_step, due_at
    return audit.save(episode, by=by, expected_version=expected_version)


@transaction.atomic
def pass_baton(
    *, episode: EpisodeOfCare, to: User, role: str, next_step: str, due_at: datetime, by: User
) -> EpisodeOfCare:
    """Make someone else the owner at once, without a hand-off (cover, reassignment by the coordinator).

    The new owner joins the care team, or could not see the person whose baton it is.
    Raises DomainError if that person does not hold the role at the facility.
    """
    episode = _locked(episode)
    if role not in roles_at(to, episode.facility):
        raise DomainError(f"{to} does not hold that role at {episode.facility}.", code="membership", field="to")
    patients.add_care_team_member(patient=episode.patient, user=to, facility=episode.facility, role=role, by=by)
    episode.owner, episode.owner_role = to, role
    episode.next_step, episode.due_at = next_step, due_at
    return audit.save(episode, by=by)


@transaction.atomic
def close_episode(*, episode: EpisodeOfCare, status: str, by: User) -> EpisodeOfCare:
    """Finish or cancel the episode; open hand-offs and tasks of the person are withdrawn with it."""
    episode = _locked(episode)
    for handoff in episode.handoffs.filter(status=Handoff.Status.REQUESTED):
        _answer(handoff, Handoff.Status.CANCELLED, by)
    for task in Task.objects.open().filter(patient=episode.patient):
        close_task(task=task, by=by, outcome="Episode closed", status=Task.Status.CANCELLED)
    _end_placement(episode, by)
    episode.status, episode.ends_at = status, timezone.now()
    return audit.save(episode, by=by)


@transaction.atomic
def place(*, episode: EpisodeOfCare, level_of_care: LevelOfCare, by: User, bed: Location | None = None) -> Placement:
    """From now on the person is in care at this level, in this bed if one is given; what was before ends.

    Raises DomainError if the bed is another person's, or the episode is closed.
    """
    episode = _locked(episode)
    _end_placement(episode, by)
    row = Placement(episode=episode, facility=episode.facility, level_of_care=level_of_care, bed=bed)
    row.during = DateTimeTZRange(timezone.now(), None)
    with explain(placement_one_person_per_bed="Somebody else is in that bed."):
        return audit.save(row, by=by)


def _end_placement(episode: EpisodeOfCare, by: User) -> None:
    """One that began this very moment keeps no time at all: an empty range, which overlaps nothing."""
    for row in episode.placements.filter(during__upper_inf=True):
        row.during = DateTimeTZRange(row.during.lower, timezone.now())
        audit.save(row, by=by)


@transaction.atomic
def reach_step(*, episode: EpisodeOfCare, kind: EpisodeStep.Kind, by: User | None, reason: str = "") -> EpisodeStep:
    """Leave the fact that a step of the path was reached, for lower floors to read. Harmless twice."""
    EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    step = episode.steps.filter(kind=kind, withdrawn_at__isnull=True).first()
    return step or audit.save(EpisodeStep(episode=episode, kind=kind, by=by), by=by, reason=reason)


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
    episode = _locked(episode)
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
    episode = _locked(handoff.episode)
    _answer(handoff, Handoff.Status.ACCEPTED, by)
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
    _answer(handoff, Handoff.Status.REJECTED, by)
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
    _answer(handoff, Handoff.Status.CANCELLED, by)
    return handoff


@transaction.atomic
def ask(
    *,
    facility: Facility,
    kind: str,
    text: str,
    owner_role: str,
    due_at: datetime,
    by: User | None,
    patient: Patient | None = None,
    owner: User | None = None,
    priority: str = Task.Priority.ROUTINE,
    focus: models.Model | None = None,
) -> Task:
    """Ask a desk, or one person, for something by a time. Asked twice of the same thing, it is one task."""
    focus_type = ContentType.objects.get_for_model(focus) if focus else None
    if focus:
        asked = Task.objects.open().filter(kind=kind, focus_type=focus_type, focus_id=focus.pk, owner_role=owner_role)
        if existing := asked.first():
            return existing
    task = Task(facility=facility, patient=patient, kind=kind, text=text, owner_role=owner_role, owner=owner)
    task.due_at, task.priority, task.requested_by = due_at, priority, by
    task.focus_type, task.focus_id = focus_type, focus.pk if focus else None
    return audit.save(task, by=by, reason="" if by else kind)


@transaction.atomic
def add_task(
    *,
    patient: Patient,
    text: str,
    role: str,
    due_at: datetime,
    by: User,
    owner: User | None = None,
    urgent: bool = False,
) -> Task:
    """Ask a colleague or a desk, in one's own words, for something about a person.

    Raises DomainError if nobody there could see it: a request must not get lost.
    """
    facility = current_facility(by)
    if owner and role not in roles_at(owner, facility):
        raise DomainError(f"{owner} does not hold that role here.", code="membership", field="to")
    if not can_be_asked(patient, facility, role=role, owner=owner):
        raise DomainError(
            "Nobody there is on this person's care team yet. Hand the person over, or ask another desk.",
            code="relation",
            field="to",
        )
    priority = Task.Priority.URGENT if urgent else Task.Priority.ROUTINE
    return ask(
        facility=facility,
        patient=patient,
        kind="request",
        text=text,
        owner_role=role,
        owner=owner,
        due_at=due_at,
        priority=priority,
        by=by,
    )


@transaction.atomic
def close_task(*, task: Task, by: User | None, outcome: str = "", status: str = Task.Status.COMPLETED) -> Task:
    """Say that it is done, or no longer needed. Harmless on a closed task."""
    task = Task.objects.select_for_update(no_key=True).get(pk=task.pk)
    if task.status not in Task.OPEN:
        return task
    task.status, task.outcome, task.closed_at, task.closed_by = status, outcome, timezone.now(), by
    return audit.save(task, by=by, reason="" if by else task.kind)


@transaction.atomic
def close_tasks_about(*, focus: models.Model, by: User | None, kind: str = "", outcome: str = "") -> None:
    """Close every open task that links to a thing (of one kind, if given): its app calls this when it is settled."""
    rows = Task.objects.open().filter(focus_type=ContentType.objects.get_for_model(focus), focus_id=focus.pk)
    for task in rows.filter(kind=kind) if kind else rows:
        close_task(task=task, by=by, outcome=outcome)


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


def _locked(episode: EpisodeOfCare) -> EpisodeOfCare:
    row = EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if not row.is_open:
        raise DomainError("This episode of care is closed.", code="episode.closed")
    return row


def _waiting(handoff: Handoff, by: User) -> Handoff:
    row = Handoff.objects.select_for_update(no_key=True).get(pk=handoff.pk)
    if row.status != Handoff.Status.REQUESTED:
        raise DomainError("Somebody has answered this hand-off already.", code="handoff.answered")
    if row.to_user_id not in (None, by.pk) or row.to_role not in roles_at(by, row.facility):
        raise DomainError("This hand-off is meant for someone else.", code="handoff.addressee")
    return row


def _answer(handoff: Handoff, status: str, by: User) -> None:
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
