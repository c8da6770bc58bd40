"""A story's steps at the treatment desk, up to the chosen option."""

from accounts.roles import Role
from carecoord.demo.stories.life import Life
from careplans import services as careplans
from careplans.models import TreatmentOption
from episodes import services as episodes
from episodes.models import Handoff

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
