"""Break-glass: one chart opens for an hour, the house is told at once, and somebody else says whether it was right."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import BREAK_GLASS, Perm, Role, scope_of
from core import audit
from core.errors import DomainError
from episodes.models import Task
from episodes.selectors.emergency import attempts_left, person_named
from episodes.services.tasks import ask, close_tasks_about
from patients.access import standing
from patients.models import EmergencyAccess, Patient, Relation
from patients.services import grant_desk

LASTS = timedelta(minutes=60)
REVIEW_WITHIN = timedelta(hours=72)
SHORTEST_REASON = 15  # characters
KIND = "emergency-review"
TOLD = (Role.PRIVACY_OFFICER, Role.CLINICAL_COORDINATOR)
NEUTRAL = "Nobody here answers to that exactly. Check it against a paper or ask the person. The attempt is logged."


@transaction.atomic
def open_emergency_access(
    *, patient: Patient, facility: Facility, reason: str, words: str, by: User
) -> EmergencyAccess:
    """Open one chart to one person for 60 minutes, to read; a restricted chart also to whom it is open otherwise.

    The privacy officer and the clinical coordinator have a task in the same transaction. Asked again while it lasts,
    it is the same access. Raises DomainError without 15 characters of reason, and where it would open nothing.
    """
    words = _spoken(words)
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    found = standing(by, patient)
    if found.glass:
        return found.glass
    role = _role(by, facility, asks=found.asks)
    if found.whole and not found.asks and not (role and BREAK_GLASS.get(role, set()) - found.whole):
        raise DomainError("This chart is open to you already: no emergency access is needed.", code="emergency.open")
    if role is None or not patient.facilities.filter(facility=facility, ends_at__isnull=True).exists():
        raise DomainError(NEUTRAL, code="emergency.nothing")
    return _opened(patient, facility, role, reason, words, by)


def open_for_named(*, facility: Facility, named: dict[str, Any], reason: str, words: str, by: User) -> EmergencyAccess:
    """The same for somebody who is not on any list of the person's: named exactly, by number or by name and birth date.

    Whether anybody was found shows only in the chart that opens. Raises DomainError with one and the same sentence
    for nobody and for a chart that cannot be opened so, and after five attempts in an hour; each is in the read log.
    Call it outside a transaction: the denial has to stay.
    """
    words = _spoken(words)
    if not attempts_left(by):
        raise DomainError("Too many attempts. Call the privacy officer or the clinical coordinator.", code="attempts")
    patient = person_named(facility, **named)
    try:
        if patient is None:
            raise DomainError(NEUTRAL, code="emergency.nothing")
        return open_emergency_access(patient=patient, facility=facility, reason=reason, words=words, by=by)
    except DomainError as error:
        access.log(
            user=by,
            action=AccessEvent.Action.EMERGENCY,
            facility_id=facility.pk,
            target="emergency",
            outcome=AccessEvent.Outcome.DENIED,
            code=error.code,
        )
        raise


@transaction.atomic
def end_emergency_access(*, emergency: EmergencyAccess, by: User) -> EmergencyAccess:
    """Close the chart before the hour is over. Harmless on one that has ended. Raises DomainError for another's."""
    row = EmergencyAccess.objects.select_for_update(no_key=True).get(pk=emergency.pk)
    if row.user_id != by.pk:
        raise DomainError("Only who opened the chart can close it before its time.", code="emergency.other")
    if row.ended_at or row.until <= timezone.now():
        return row
    row.ended_at = timezone.now()
    _log(row, by, "ended")
    return audit.save(row, by=by)


@transaction.atomic
def review_emergency_access(*, emergency: EmergencyAccess, outcome: str, review: str, by: User) -> EmergencyAccess:
    """Say whether it was justified; the tasks about it are closed. One that was not ends at once.

    Raises DomainError for one's own, for one reviewed already, and without words.
    """
    row = EmergencyAccess.objects.select_for_update(no_key=True).get(pk=emergency.pk)
    if row.user_id == by.pk:
        raise DomainError("Somebody else has to review your own emergency access.", code="emergency.own")
    if row.reviewed_at:
        raise DomainError(f"{row.reviewed_by} has reviewed this access already.", code="emergency.reviewed")
    if not review.strip():
        raise DomainError("Write what you found, in a sentence.", field="review")
    row.outcome, row.review, row.reviewed_by, row.reviewed_at = outcome, review.strip(), by, timezone.now()
    if outcome == EmergencyAccess.Outcome.NOT_JUSTIFIED and not row.ended_at and row.until > row.reviewed_at:
        row.ended_at = row.reviewed_at
    close_tasks_about(focus=row, by=by, kind=KIND, outcome=row.get_outcome_display())
    _log(row, by, f"review.{outcome}")
    return audit.save(row, by=by)


def _spoken(words: str) -> str:
    words = " ".join(words.split())
    if len(words) < SHORTEST_REASON:
        raise DomainError("Say in at least 15 characters why the chart has to open now.", field="words")
    return words


def _role(by: User, facility: Facility, *, asks: bool) -> Role | None:
    """The role in which it is opened: the one that gains most by it. None if no role held here may."""
    roles = [Role(role) for role in access.roles_at(by, facility) if scope_of(role, Perm.EMERGENCY_OPEN)]
    best = max(roles, key=lambda held: len(BREAK_GLASS.get(held, ())), default=None)
    return best if best and (asks or best in BREAK_GLASS) else None


def _opened(patient: Patient, facility: Facility, role: Role, reason: str, words: str, by: User) -> EmergencyAccess:
    now = timezone.now()
    row = EmergencyAccess(patient=patient, facility=facility, user=by, role=role, reason=reason, words=words)
    row.starts_at, row.until, row.review_due_at = now, now + LASTS, now + REVIEW_WITHIN
    audit.save(row, by=by)
    _log(row, by, reason)
    _tell(row, by)
    return row


def _tell(row: EmergencyAccess, by: User) -> None:
    """A task for each desk, which names nobody; and the patient as a request in the privacy officer's hand."""
    text = f"Review the emergency access of {by} ({Role(row.role).label.lower()})"[:200]
    for role in TOLD:
        ask(
            facility=row.facility,
            kind=KIND,
            text=text,
            owner_role=role,
            due_at=row.review_due_at,
            priority=Task.Priority.URGENT,
            focus=row,
            by=by,
        )
    officer, request = Role.PRIVACY_OFFICER, Relation.REQUEST
    lasts = Q(until__isnull=True) | Q(until__gte=row.review_due_at)
    if not row.patient.desk_grants.filter(lasts, facility=row.facility, role=officer, relation=request).exists():
        grant_desk(patient=row.patient, facility=row.facility, role=officer, relation=request, until=row.review_due_at)


def _log(row: EmergencyAccess, by: User, code: str) -> None:
    access.log(
        user=by,
        action=AccessEvent.Action.EMERGENCY,
        patient_id=row.patient_id,
        facility_id=row.facility_id,
        target=f"emergency:{row.pk}",
        code=code,
    )
