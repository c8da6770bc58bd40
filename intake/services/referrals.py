"""The inquiry and the answer to it."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep
from intake.models import Referral, ReferralCall
from patients import services as patients
from patients.models import ContactPoint, Patient

RESPOND_WITHIN = timedelta(minutes=30)
COMPLETE_WITHIN = timedelta(hours=24)


@transaction.atomic
def receive_referral(
    *,
    facility: Facility,
    by: User,
    patient: Patient | None = None,
    given_name: str = "",
    family_name: str = "",
    birth_date: date | None = None,
    phone: str = "",
    **fields: Any,
) -> Referral:
    """Keep an inquiry: the person (chosen, or new by name), a planned episode and the clock of 30 minutes.

    `fields` are those of Referral: reason, source, priority, partner, referrer_name, referrer_phone, received_at.
    Raises DomainError without a name, or if the person has an open episode already.
    """
    received = fields.setdefault("received_at", timezone.now())
    if patient is None:
        patient = _new_patient(facility, given_name, family_name, birth_date, by)
    else:
        patients.join_facility(patient=patient, facility=facility, by=by)
        _fill_birth_date(patient, birth_date, by)
    _keep_phone(patient, phone, by)
    due = received + RESPOND_WITHIN
    episode = episodes.open_episode(
        patient=patient,
        facility=facility,
        owner_role=Role.INTAKE,
        next_step="Respond to the referral",
        due_at=due,
        by=by,
    )
    referral = Referral(facility=facility, patient=patient, episode=episode, response_due_at=due, **fields)
    return audit.save(referral, by=by)


@transaction.atomic
def accept_referral(*, referral: Referral, by: User) -> Referral:
    """Take the person into intake; whoever accepts holds the baton and has 24 hours to complete the intake.

    Raises DomainError if somebody has answered already, or the person does not work at the intake desk.
    """
    referral = _decide(referral, Referral.Status.ACCEPTED, by)
    episodes.pass_baton(
        episode=referral.episode,
        to=by,
        role=Role.INTAKE,
        next_step="Complete intake",
        due_at=referral.decided_at + COMPLETE_WITHIN,  # type: ignore[operator, arg-type]  # `_decide` sets it
        by=by,
    )
    episodes.reach_step(episode=referral.episode, kind=EpisodeStep.Kind.REFERRAL_ACCEPTED, by=by)
    patients.add_care_team_member(
        patient=referral.patient, user=by, facility=referral.facility, role=Role.INTAKE, by=by
    )
    return audit.save(referral, by=by)


@transaction.atomic
def decline_referral(*, referral: Referral, reason: str, by: User, note: str = "") -> Referral:
    """Say no, with the reason; the planned episode is cancelled with it. The person stays on the record.

    Raises DomainError without a reason, or if somebody has answered already.
    """
    if reason not in Referral.DeclineReason.values:
        raise DomainError("Say why the referral is declined.", field="decline_reason")
    if reason == Referral.DeclineReason.OTHER and not note.strip():
        raise DomainError("Say in a few words what the other reason is.", field="decline_note")
    referral = _decide(referral, Referral.Status.REJECTED, by)
    referral.decline_reason, referral.decline_note = reason, note
    episodes.close_episode(episode=referral.episode, status=EpisodeOfCare.Status.CANCELLED, by=by)
    return audit.save(referral, by=by)


@transaction.atomic
def log_call(*, referral: Referral, outcome: str, by: User, note: str = "") -> ReferralCall:
    """Keep a call about the referral; the first one is the first response and stops the clock."""
    referral = _locked(referral)
    call = audit.save(ReferralCall(referral=referral, outcome=outcome, note=note, by=by), by=by)
    if referral.first_response_at is None:
        referral.first_response_at = call.at
        audit.save(referral, by=by)
    return call


def _decide(referral: Referral, status: str, by: User) -> Referral:
    row = _locked(referral)
    if row.status != Referral.Status.RECEIVED:
        raise DomainError(
            f"{row.decided_by} has answered this referral already: {row.get_status_display().lower()}.",
            code="referral.answered",
        )
    row.status, row.decided_at, row.decided_by = status, timezone.now(), by
    row.first_response_at = row.first_response_at or row.decided_at
    return row


def _locked(referral: Referral) -> Referral:
    return Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)


def _new_patient(facility: Facility, given: str, family: str, birth_date: date | None, by: User) -> Patient:
    if not family.strip():
        raise DomainError("Give at least a family name.", field="name")
    return patients.register_patient(
        facility=facility, given_name=given, family_name=family, birth_date=birth_date, by=by
    )


def _fill_birth_date(patient: Patient, birth_date: date | None, by: User) -> None:
    """A birth date that the record lacks is kept; one that differs is settled in the demographics, by a person."""
    if birth_date and not patient.birth_date:
        patients.update_patient(patient=patient, expected_version=patient.version, birth_date=birth_date, by=by)


def _keep_phone(patient: Patient, phone: str, by: User) -> None:
    key = patients.contact_key(ContactPoint.System.PHONE, phone)
    if key and not patient.telecoms.filter(search_key=key).exists():
        patients.add_contact_point(patient=patient, system=ContactPoint.System.PHONE, value=phone, by=by)
