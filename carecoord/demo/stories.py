"""One person's way through every desk, lived through at its own dates by the house's own services.

A story is a list of steps with the hours since the one before. It stops after so many steps, so that somebody is
waiting at every desk; the clock is set back for as long as a step takes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from carecoord.demo import names
from carecoord.demo.house import House
from carecoord.demo.people import Invented
from carecoord.demo.privacy import settle_privacy
from careplans import services as careplans
from careplans.models import Assessment, CarePlan, PlanPresentation, TreatmentOption
from core.times import day_of
from episodes import services as episodes
from episodes.models import EpisodeOfCare, Handoff
from intake import services as intake
from intake.models import Coverage, Referral
from intake.services import Contact
from patients import services as patients
from patients.models import Patient
from records import services as records
from records.models import Document
from scheduling import services as scheduling
from scheduling.models import Appointment, AppointmentType
from scheduling.selectors import free_slots
from staff.models import Practitioner

PROBLEMS = {
    "alcohol": "alcohol", "heroin": "opioids", "other-opioids": "opioids", "methadone": "opioids",
    "cocaine": "stimulants", "methamphetamine": "stimulants", "other-stimulants": "stimulants",
}  # fmt: skip
DIAGNOSES = {
    "alcohol": "F10.20", "heroin": "F11.20", "other-opioids": "F11.20", "methadone": "F11.20", "cocaine": "F14.20",
    "methamphetamine": "F15.20", "other-stimulants": "F15.20", "cannabis": "F12.20", "benzodiazepines": "F13.20",
}  # fmt: skip
PAYERS = ["Empire Valley Health Plan", "State Medicaid", "Northern Mutual", "County Employees Fund"]
OPTIONS = [
    ("Weekly counseling with medication", "Steady support; withdrawal and craving are treated.", 12, 2400, 1900),
    ("Intensive outpatient, nine hours a week", "Most support while living at home.", 8, 5200, 4100),
    ("Watchful waiting with monthly visits", "Least change to daily life.", 12, 480, 380),
]
RISKS = [
    "Side effects of medication; a visit every week takes time.",
    "Nine hours a week may be hard beside work.",
    "Return to use may be noticed late.",
]


class Life:
    """A person's story so far, and the clock it is lived by."""

    patient: Patient
    referral: Referral
    plan: CarePlan
    assessment: Assessment
    presentation: PlanPresentation
    visit: Appointment

    def __init__(self, house: House, person: Invented, at: datetime, visit_by: datetime | None = None) -> None:
        self.house, self.person, self.at, self.visit_by = house, person, at, visit_by
        self.random = house.inventor.random
        self.facility = house.facility
        self.intake = house.someone(Role.INTAKE)
        self.care = house.someone(Role.PATIENT_CARE)
        self.treatment = house.someone(Role.TREATMENT)
        self.physician = self.random.choice([row for row in house.physicians if row.user])
        self.doctor: User = self.physician.user  # type: ignore[assignment]  # chosen among those who have one
        self.by_mail = self.random.random() < 0.8

    @property
    def episode(self) -> EpisodeOfCare:
        return self.patient.episodes.open().get()

    @contextmanager
    def after(self, hours: float) -> Iterator[None]:
        """That many hours later, never later than a minute ago."""
        self.at = min(self.at + timedelta(hours=hours), timezone.now() - timedelta(minutes=1))
        with time_machine.travel(self.at, tick=False):
            yield

    def document(self, kind: str) -> Document:
        return self.patient.documents.filter(kind=kind, status="current").latest("pk")


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


def take_over(life: Life) -> None:
    handoff = life.episode.handoffs.get(status=Handoff.Status.REQUESTED)
    episodes.accept_handoff(handoff=handoff, by=life.care)


def give_back(life: Life) -> None:
    handoff = life.episode.handoffs.get(status=Handoff.Status.REQUESTED)
    episodes.return_handoff(handoff=handoff, reason="Please ask again which medications are taken.", by=life.care)


def plan(life: Life) -> None:
    life.plan = careplans.start_plan(patient=life.patient, by=life.care)
    key = PROBLEMS.get(life.person.substance, "mood")
    careplans.insert_from_library(plan=life.plan, key=key, by=life.care)
    if life.person.answers["living_arrangement"] == "homeless":
        careplans.insert_from_library(plan=life.plan, key="housing", by=life.care)


def ask_physician(life: Life) -> None:
    careplans.request_assessment(patient=life.patient, clinician=life.doctor, by=life.care)


def share(life: Life) -> None:
    life.plan = careplans.share_plan(plan=life.plan, by=life.care)


def acknowledge(life: Life) -> None:
    for row in life.plan.acknowledgements.filter(acknowledged_at__isnull=True).select_related("user"):
        careplans.acknowledge_plan(plan=life.plan, by=row.user)


def assess(life: Life) -> None:
    level = life.episode.level_of_care
    life.assessment = careplans.save_assessment(
        patient=life.patient,
        findings="Seen for 45 minutes. Oriented, calm, wants treatment. Vital signs within range.",
        precautions="Check blood pressure at each visit.",
        diagnosis_codes=[DIAGNOSES[life.person.substance]],
        available_plans=[
            {"title": title, "description": benefit, "level_of_care": level} for title, benefit, *_ in OPTIONS
        ],
        by=life.doctor,
    )
    life.assessment = careplans.send_assessment(assessment=life.assessment, by=life.doctor)


def hand_to_treatment(life: Life) -> None:
    episodes.send_handoff(
        episode=life.episode,
        from_role=Role.PATIENT_CARE,
        to_role=Role.TREATMENT,
        next_step="Build and present the options",
        by=life.care,
    )


def take_packet(life: Life) -> None:
    handoff = life.episode.handoffs.get(status=Handoff.Status.REQUESTED)
    episodes.accept_handoff(handoff=handoff, by=life.treatment)
    careplans.receive_assessment(assessment=life.assessment, by=life.treatment)


def build_options(life: Life) -> None:
    for (title, benefit, weeks, total, covered), risk in zip(OPTIONS, RISKS, strict=True):
        option = TreatmentOption(title=title, benefits=benefit, risks=risk, weeks=weeks, cost_total=total)
        option.cost_covered, option.instalments = covered, 4
        option.description = "A named physician throughout, and a coordinator to call between visits."
        option.level_of_care = life.episode.level_of_care
        careplans.save_option(option=option, assessment=life.assessment, by=life.treatment)


def present(life: Life) -> None:
    life.presentation = careplans.start_presentation(patient=life.patient, by=life.treatment)


def choose(life: Life) -> None:
    careplans.accept_option(
        presentation=life.presentation,
        option=life.patient.treatment_options.filter(status="presented").first(),  # type: ignore[arg-type]  # just shown
        signer_name=life.person.name,
        teach_back="Comes once a week and takes the medication every morning.",
        by=life.treatment,
    )


def book(life: Life) -> None:
    slot = _slot(life, life.house.types["physician-visit"], [life.physician])
    life.visit = scheduling.book_appointment(
        patient=life.patient,
        type=life.house.types["physician-visit"],
        practitioner=slot.practitioner,
        location=slot.location,
        starts_at=slot.starts_at,
        by=life.treatment,
    )


def _slot(life: Life, kind: AppointmentType, practitioners: list[Practitioner]) -> Any:
    """One of the first free times of whoever is cleared: somebody's license has lapsed.

    The last one before `visit_by`, for a visit that is over by then.
    """
    over = life.visit_by
    from_day = day_of(over - timedelta(days=4) if over else timezone.now(), life.facility.tz)
    everyone = practitioners + [row for row in life.house.practitioners if row.kind == kind.practitioner_kind]
    for practitioner in everyone:
        slots = free_slots(
            practitioners=[practitioner], type=kind, facility=life.facility, from_day=from_day, days=14,
            patient=life.patient, limit=200 if over else 12,
        )  # fmt: skip
        slots = [slot for slot in slots if slot.ends_at <= over] if over else slots
        if slots and practitioner.credentials.filter(kind="license", expires_on__gte=slots[-1].starts_at).exists():
            return slots[-1] if over else life.random.choice(slots)
    raise LookupError("nobody is free in two weeks")


def answer(life: Life) -> None:
    replies = ["accepted", "accepted", "accepted", "declined", "tentative"]
    _answer(life, life.random.choice(replies))


def confirm(life: Life) -> None:
    _answer(life, "accepted")


def _answer(life: Life, reply: str) -> None:
    via = "link" if life.by_mail else "phone"
    by = None if life.by_mail else life.treatment
    scheduling.record_answer(appointment=life.visit, reply=reply, via=via, by=by)


def attend(life: Life) -> None:
    for status in ("arrived", "checked-in", "fulfilled"):
        scheduling.set_status(appointment=life.visit, status=status, by=life.treatment)
    note = patients.draft_note(patient=life.patient, text="Came on time. Doing well on the dose.", by=life.doctor)
    patients.sign_note(note=note, by=life.doctor)


def hand_to_activities(life: Life) -> None:
    episodes.send_handoff(
        episode=life.episode,
        from_role=Role.TREATMENT,
        to_role=Role.ACTIVITIES,
        next_step="Find a program that fits",
        by=life.treatment,
    )


def miss(life: Life) -> None:
    scheduling.set_status(appointment=life.visit, status="noshow", by=life.treatment)


def submit(life: Life) -> None:
    paper = life.document(Document.Kind.ACCEPTANCE)
    records.submit_record(
        patient=life.patient, facility=life.facility, documents=[paper], page_count=paper.pages, by=life.treatment
    )


def clerk_accepts(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    records.accept_submission(submission=envelope, by=life.house.someone(Role.CLERK))


def clerk_files(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    shelf, clerk = f"Shelf {life.random.randint(1, 9)}", envelope.answered_by
    records.file_submission(submission=envelope, location=shelf, by=clerk)  # type: ignore[arg-type]  # accepted


def clerk_returns(life: Life) -> None:
    envelope = life.patient.submissions.latest("pk")
    records.return_submission(
        submission=envelope, reason="The witness line is empty.", by=life.house.someone(Role.CLERK)
    )


def finish(life: Life) -> None:
    episodes.close_episode(episode=life.episode, status=EpisodeOfCare.Status.FINISHED, by=life.treatment)


Step = tuple[float, Callable[[Life], None]]
INTAKE: list[Step] = [
    (0, refer), (0.2, call), (0.2, accept), (2, ask_who), (1, cover), (0.5, settle_channel), (1, interview),
    (0.5, screen), (0.5, determine_level), (1, hand_over),
]  # fmt: skip
CARE: list[Step] = [(3, take_over), (2, plan), (0.5, ask_physician), (8, share), (14, acknowledge), (8, assess)]
TREATMENT: list[Step] = [(3, hand_to_treatment), (2, take_packet), (3, build_options), (18, present), (1, choose)]
WHOLE = [*INTAKE, *CARE, *TREATMENT]


def hours_of(steps: list[Step]) -> float:
    return sum(hours for hours, _ in steps)


def tell(house: House, steps: list[Step], *, idle: float, now: datetime, visit_by: datetime | None = None) -> Life:
    """Live through the steps so that the last one was `idle` hours ago."""
    person = house.inventor.person(now.astimezone(house.facility.tz).date())
    life = Life(house, person, now - timedelta(hours=idle + hours_of(steps)), visit_by)
    for hours, step in steps:
        with life.after(hours):
            step(life)
    return life
