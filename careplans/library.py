"""A small library of problems with what usually follows, in our own, person-first words.

It is inserted as a tree and then belongs to the plan: the coordinator shortens and rewords it with the person.
"""

from dataclasses import dataclass, field

from accounts.roles import Role
from careplans.models import Intervention

Modality = Intervention.Modality


@dataclass(frozen=True)
class Step:
    """An intervention: what is done, as what, how often a week, by which desk."""

    text: str
    modality: str
    times_per_week: float | None
    role: str = Role.CLINICIAN


@dataclass(frozen=True)
class Objective:
    text: str
    days: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Goal:
    text: str
    objectives: tuple[Objective, ...]


@dataclass(frozen=True)
class Entry:
    key: str
    label: str
    problem: str
    goals: tuple[Goal, ...] = field(default_factory=tuple)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "alcohol",
        "Alcohol use",
        "Drinks more than the person wants to, with effects on health and daily life",
        (
            Goal(
                "Live a week the person calls good, without alcohol deciding about it",
                (
                    Objective(
                        "Names personal triggers and an answer to each of them",
                        14,
                        (
                            Step("Individual counseling on triggers and coping", Modality.INDIVIDUAL, 1),
                            Step("Relapse prevention group", Modality.GROUP, 2),
                        ),
                    ),
                    Objective(
                        "Has talked through medication for alcohol use disorder and decided about it",
                        7,
                        (Step("Medication visit with the physician", Modality.MEDICATION, 0.5),),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "opioids",
        "Opioid use",
        "Uses opioids and is at risk of overdose and withdrawal",
        (
            Goal(
                "Stay alive and steady while recovery takes hold",
                (
                    Objective(
                        "Is settled on a medication for opioid use disorder, if the person wants one",
                        14,
                        (Step("Medication visit with the physician", Modality.MEDICATION, 1),),
                    ),
                    Objective(
                        "Carries naloxone, and so does someone close",
                        3,
                        (Step("Overdose education, naloxone handed out", Modality.CASE, None, Role.PATIENT_CARE),),
                    ),
                ),
            ),
            Goal(
                "Build days with people and things that matter",
                (
                    Objective(
                        "Takes part in two groups a week for a month",
                        30,
                        (
                            Step("Recovery skills group", Modality.GROUP, 2),
                            Step("Peer support meeting", Modality.PEER, 1, Role.ACTIVITIES),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "stimulants",
        "Stimulant use",
        "Uses cocaine or methamphetamine, with effects on sleep, mood and health",
        (
            Goal(
                "Sleep, eat and feel steadier without stimulants",
                (
                    Objective(
                        "Keeps a regular sleep and meal rhythm on five of seven days",
                        21,
                        (
                            Step("Individual counseling with contingency plan", Modality.INDIVIDUAL, 2),
                            Step("Exercise session", Modality.EXERCISE, 3, Role.ACTIVITIES),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "mood",
        "Low mood or anxiety",
        "Low mood, worry or fear stand in the way of recovery",
        (
            Goal(
                "Feel able to face most days",
                (
                    Objective(
                        "Screening score lower by a third",
                        42,
                        (
                            Step("Individual counseling, cognitive behavioral", Modality.INDIVIDUAL, 1),
                            Step("Art or music session to put feelings into form", Modality.ART, 1, Role.ACTIVITIES),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "trauma",
        "Past trauma",
        "What happened in the past still frightens or burdens the person",
        (
            Goal(
                "Feel safe in the present",
                (
                    Objective(
                        "Uses two grounding skills without being reminded",
                        28,
                        (Step("Seeking-safety style skills group", Modality.GROUP, 1),),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "housing",
        "Housing",
        "Has no safe or lasting place to live",
        (
            Goal(
                "Live somewhere safe that supports recovery",
                (
                    Objective(
                        "Has applied for two places to live",
                        21,
                        (Step("Housing applications together", Modality.CASE, 1, Role.PATIENT_CARE),),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "work",
        "Work and income",
        "Is without work or a steady income",
        (
            Goal(
                "Have an income and a week with a shape",
                (
                    Objective(
                        "Has identity papers and a current resume",
                        21,
                        (
                            Step("Papers and benefits review", Modality.CASE, 0.5, Role.PATIENT_CARE),
                            Step("Life skills session on work and money", Modality.LIFE_SKILLS, 1, Role.ACTIVITIES),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Entry(
        "connection",
        "Family and connection",
        "Feels alone, or ties to family and friends are strained",
        (
            Goal(
                "Have people to call on a hard day",
                (
                    Objective(
                        "Names three supporters and has spoken with one this week",
                        14,
                        (
                            Step("Peer support meeting", Modality.PEER, 1, Role.ACTIVITIES),
                            Step("Family session, if the person wishes", Modality.INDIVIDUAL, 0.5),
                        ),
                    ),
                ),
            ),
        ),
    ),
)

BY_KEY: dict[str, Entry] = {entry.key: entry for entry in ENTRIES}
