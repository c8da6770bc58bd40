"""Rows for the tests of the intake desk. Everybody is invented."""

from datetime import date
from typing import Any

from accounts.models import Facility, User
from episodes import services as episodes
from episodes.models import EpisodeStep
from intake import services
from intake.models import Coverage, Referral, Screening
from patients.models import Patient

ANSWERED = {
    "presenting_concern": "Wants to sleep again.",
    "prior_treatments": 1,
    "living_arrangement": "independent",
    "employment": "full-time",
    "arrests_30_days": 0,
    "self_help": "1-3",
}
ALCOHOL = {"substance": "alcohol", "route": "oral", "frequency": "daily", "age_first_use": 16}
DEMOGRAPHICS = {
    "given_name": "Marisol",
    "family_name": "Rivera",
    "birth_date": "1990-05-17",
    "gender": "female",
    "language": "en",
    "phone": "555-010-4477",
}


def referral(facility: Facility, by: User, **fields: Any) -> Referral:
    fields = {
        "given_name": "Marisol",
        "family_name": "Rivera",
        "phone": "555-010-4477",
        "reason": "Asks for help",
    } | fields
    return services.receive_referral(facility=facility, by=by, **fields)


def coverage(patient: Patient, by: User, **fields: Any) -> Coverage:
    fields = {"payer_name": "Blue Plan", "member_id": "XQ-77812"} | fields
    return services.save_coverage(coverage=Coverage(patient=patient, **fields), by=by)


def screening(patient: Patient, by: User, answers: list[int] | None = None) -> Screening:
    return services.record_screening(patient=patient, instrument="phq-9", answers=answers or [1] * 8 + [0], by=by)


def ready_to_hand_over(facility: Facility, by: User) -> Patient:
    """Somebody for whom everything that care needs is done."""
    found = referral(facility, by)
    patient = found.patient
    services.accept_referral(referral=found, by=by)
    services.save_demographics(
        patient=patient,
        identity={"birth_date": date(1990, 5, 17)},
        contact=services.Contact(phone="555-010-4477"),
        expected_version=patient.version,
        by=by,
    )
    coverage(patient, by, is_self_pay=True)
    for kind in (EpisodeStep.Kind.NOTICE_GIVEN, EpisodeStep.Kind.CHANNEL_CONSENTED):
        episodes.reach_step(episode=found.episode, kind=kind, by=by)
    services.save_interview(patient=patient, answers=ANSWERED, substances=[ALCOHOL], complete=True, by=by)
    screening(patient, by)
    services.decide_level(patient=patient, ratings=[0, 0, 2, 2, 1], by=by)
    return Patient.objects.get(pk=patient.pk)
