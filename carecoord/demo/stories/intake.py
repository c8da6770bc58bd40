"""A story's steps at the intake desk."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from carecoord.demo import names
from carecoord.demo.privacy import settle_privacy
from carecoord.demo.stories.life import Life
from intake import services as intake
from intake.models import Coverage
from intake.services import Contact
from patients import services as patients
from records import services as records

PAYERS = ["Empire Valley Health Plan", "State Medicaid", "Northern Mutual", "County Employees Fund"]


def refer(life: Life) -> None:
    person, chance = life.person, life.random
    partner = chance.choice(life.house.partners) if person.source not in {"individual", "school"} else None
    life.referral = intake.receive_referral(
        facility=life.facility,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        phone=person.phone,
        source=person.source,
        partner=partner,
        referrer_name=partner.name if partner else "",
        priority=chance.choices(["routine", "urgent"], weights=[5, 1])[0],
        reason=person.answers["presenting_concern"],
        by=life.intake,
    )
    life.patient = life.referral.patient


def call(life: Life) -> None:
    intake.log_call(referral=life.referral, outcome="spoke", by=life.intake)


def accept(life: Life) -> None:
    intake.accept_referral(referral=life.referral, by=life.intake)


def decline(life: Life) -> None:
    intake.decline_referral(referral=life.referral, reason="level", by=life.intake)


def ask_who(life: Life) -> None:
    person, patient = life.person, life.patient
    identity: dict[str, Any] = {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "gender": person.gender,
    }
    identity |= {"birth_date": person.birth_date, "language": life.random.choices(["en", "es"], [9, 1])[0]}
    identity |= {"pronouns": life.random.choice(["", "she/her" if person.gender == "female" else "he/him"])}
    contact = Contact(
        phone=person.phone,
        email=person.email if life.by_mail else "",
        address=person.address,
        emergency_name=f"{life.random.choice(names.WOMEN)} {person.family_name}",
        emergency_relationship="Sister",
        emergency_phone=life.house.inventor.phone(),
    )
    patient.refresh_from_db()
    intake.save_demographics(
        patient=patient, identity=identity, contact=contact, expected_version=patient.version, by=life.intake
    )
    if life.random.random() < 0.2:
        substance = life.random.choice(["Penicillin", "Latex", "Peanuts", "Ibuprofen"])
        patients.add_allergy(patient=patient, substance=substance, reaction="Rash", criticality="high", by=life.intake)
    if life.random.random() < 0.08:
        patients.add_flag(patient=patient, category="safety", text="Risk of falls: walk alongside", by=life.intake)


def cover(life: Life) -> None:
    coverage = Coverage(patient=life.patient, payer_name=life.random.choice(PAYERS), plan_name="Standard")
    coverage.member_id = f"DEMO{life.random.randint(100000, 999999)}"
    intake.save_coverage(coverage=coverage, by=life.intake)
    until = timezone.now().date() + timedelta(days=life.random.choice([4, 20, 45, 90]))
    intake.check_coverage(
        coverage=coverage, via="phone", note="Active, deductible met", authorised_until=until, is_active=True,
        by=life.intake,
    )  # fmt: skip


def settle_channel(life: Life) -> None:
    settle_privacy(
        patient=life.patient, facility=life.facility, name=life.person.name, chance=life.random, by=life.intake
    )
    if not life.by_mail:
        records.decline_channel(patient=life.patient, facility=life.facility, by=life.intake)
        return
    records.set_channel_consent(
        patient=life.patient,
        facility=life.facility,
        email=life.person.email,
        detail=life.random.choice(["time", "place"]),
        may_use_first_name=life.random.random() < 0.5,
        language=life.patient.language,
        signed_name=life.person.name,
        risk_explained=True,
        by=life.intake,
        witness=life.intake,
    )


def interview(life: Life) -> None:
    person = life.person
    rows = [person.substance, person.second_substance] if person.second_substance else [person.substance]
    substances = [
        {
            "substance": substance,
            "route": names.ROUTES[substance],
            "frequency": person.frequency,
            "age_first_use": person.age_first_use,
        }
        for substance in rows
    ]
    intake.save_interview(
        patient=life.patient, answers=person.answers, substances=substances, complete=True, by=life.intake
    )


def screen(life: Life) -> None:
    answers = [life.random.randint(1, 4) for _ in range(3)]
    intake.record_screening(patient=life.patient, instrument="audit-c", answers=answers, by=life.intake)
    if life.random.random() < 0.5:
        answers = [life.random.randint(0, 3) for _ in range(8)] + [1 if life.random.random() < 0.04 else 0]
        intake.record_screening(patient=life.patient, instrument="phq-9", answers=answers, by=life.intake)


def determine_level(life: Life) -> None:
    ratings = life.random.choice([[1, 0, 1, 1, 1], [1, 1, 2, 2, 1], [0, 1, 1, 2, 2], [1, 0, 2, 3, 2], [2, 1, 1, 3, 3]])
    wish = life.person.answers["strengths_and_wishes"]
    intake.decide_level(patient=life.patient, ratings=ratings, person_centred=wish, by=life.intake)


def hand_over(life: Life) -> None:
    intake.hand_over(patient=life.patient, by=life.intake)
