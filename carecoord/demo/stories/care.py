"""A story's steps at the patient care desk and the physician's."""

from carecoord.demo.stories.life import Life
from carecoord.demo.stories.treatment import OPTIONS
from careplans import services as careplans
from episodes import services as episodes
from episodes.models import Handoff

PROBLEMS = {
    "alcohol": "alcohol", "heroin": "opioids", "other-opioids": "opioids", "methadone": "opioids",
    "cocaine": "stimulants", "methamphetamine": "stimulants", "other-stimulants": "stimulants",
}  # fmt: skip


DIAGNOSES = {
    "alcohol": "F10.20", "heroin": "F11.20", "other-opioids": "F11.20", "methadone": "F11.20", "cocaine": "F14.20",
    "methamphetamine": "F15.20", "other-stimulants": "F15.20", "cannabis": "F12.20", "benzodiazepines": "F13.20",
}  # fmt: skip


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
