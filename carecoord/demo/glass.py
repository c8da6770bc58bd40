"""Emergency accesses in every state, a restricted chart, two records of one person, and two that were merged."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.db.models import OuterRef, Subquery

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import REASON, House
from carecoord.demo.stories import Life
from episodes import services as episodes
from patients import services as patients
from patients.models import CareTeamMember, GrantPeriod, Patient, Relation

# Hours ago, reason, words, and what the review found, if there was one.
ACCESSES = [
    (90, "covering", "Covering the weekend, her counselor cannot be reached", "", ""),
    (30, "emergency", "Found unresponsive in the garden, allergies needed", "", ""),
    (0.3, "safety", "Threatened a neighbor on the unit this morning", "", ""),
    (200, "emergency", "Seizure at night, medication had to be known", "justified",
     "The night nurse called at the same minute; only the plan and the allergies were opened."),
    (260, "other", "Wanted to see how he is doing after he left", "not-justified",
     "No reason to open the chart. Talked with the colleague and reported to the clinical coordinator."),
]  # fmt: skip


def break_glass(house: House, lives: list[Life], now: datetime) -> None:
    """What the review queue, the list of restricted charts and that of duplicates show."""
    since = CareTeamMember.objects.filter(
        patient=OuterRef("patient"), user=OuterRef("user"), facility=OuterRef("facility")
    )
    began = Subquery(since.order_by("starts_at").values("starts_at")[:1])
    periods = GrantPeriod.objects.filter(relation=Relation.CARE_TEAM, user__isnull=False)
    periods.update(starts_at=began)  # the trigger's clock is the real one
    privacy = house.staff[Role.PRIVACY_OFFICER][0]
    people = sorted((life.patient for life in lives), key=lambda patient: patient.created_at)
    left = list(people)
    for access in sorted(ACCESSES, reverse=True):  # the oldest first: time goes forward in the demo, too
        left.remove(_open(house, left, privacy, access, now))
    with time_machine.travel(now - timedelta(days=6), tick=False):
        why = "Sister of a nurse of this house"
        patients.restrict_chart(patient=people[9], facility=house.facility, words=why, by=privacy)
    _twice(house, people[6:9], now)


def _open(house: House, people: list[Patient], reviewer: User, access: tuple[Any, ...], now: datetime) -> Patient:
    """By somebody who is not on the team, for the first who was on record by then."""
    hours, reason, words, outcome, review = access
    at = now - timedelta(hours=hours)
    patient = next(person for person in people if person.created_at < at)
    clinicians = house.staff[Role.CLINICIAN] + house.staff[Role.PATIENT_CARE]
    by = next(user for user in clinicians if not patient.grants.filter(user=user).exists())
    with time_machine.travel(at, tick=False):
        row = episodes.open_emergency_access(
            patient=patient, facility=house.facility, reason=reason, words=words, by=by
        )
    if outcome:
        with time_machine.travel(at + timedelta(hours=20), tick=False):
            episodes.review_emergency_access(emergency=row, outcome=outcome, review=review, by=reviewer)
    return patient


def _twice(house: House, people: list[Patient], now: datetime) -> None:
    """The same people registered again with a slip: two to compare, one merged the day before."""
    intake = house.staff[Role.INTAKE][0]
    again = []
    with time_machine.travel(now - timedelta(days=3), tick=False):
        for person in people:
            row = patients.register_patient(
                facility=house.facility,
                given_name=person.given_name,
                family_name=_slipped(person.family_name),
                birth_date=person.birth_date,
                gender=person.gender,
                by=intake,
                reason=REASON,
            )
            again.append(row)
    with time_machine.travel(now - timedelta(days=1), tick=False):
        why = "Same card, asked in person"
        patients.merge(survivor=people[-1], duplicate=again[-1], reason=why, by=intake)


def _slipped(name: str) -> str:
    """With one letter doubled, as one types it in a hurry."""
    return name[:2] + name[1] + name[2:]
