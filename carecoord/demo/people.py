"""Invented people, the same ones for the same seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from carecoord.demo import names
from core.text import search_key

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Invented:
    """A person as intake will get to know him or her."""

    given_name: str
    family_name: str
    gender: str
    birth_date: date
    phone: str
    email: str
    address: dict[str, str]
    source: str
    substance: str
    second_substance: str
    frequency: str
    age_first_use: int
    answers: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Inventor:
    """Invents people; no two have the same name."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - demo people, not secrets
        self._names: set[str] = set()

    def pick(self, weights: dict[Choice, int]) -> Choice:
        return self.random.choices(list(weights), weights=list(weights.values()))[0]

    def person(self, today: date) -> Invented:
        gender = self.pick(names.GENDERS)
        given, family = self.name(gender)
        low, high = self.pick(names.AGES)
        born = today - timedelta(days=365 * self.random.randint(low, high) + self.random.randint(90, 350))
        substance = self.pick(names.SUBSTANCES)
        second = self.pick(names.SUBSTANCES)
        return Invented(
            given_name=given,
            family_name=family,
            gender=gender,
            birth_date=born,
            phone=self.phone(),
            email=f"{search_key(given)}.{search_key(family).replace(' ', '')}@example.org",
            address=self.address(),
            source=self.pick(names.SOURCES),
            substance=substance,
            second_substance="" if second == substance else second,
            frequency=self.pick(names.FREQUENCIES),
            age_first_use=min(self.pick(names.FIRST_USE), low - 2),
            answers=self._answers(),
        )

    def name(self, gender: str) -> tuple[str, str]:
        while True:
            given = self.random.choice(names.WOMEN if gender == "female" else names.MEN)
            family = self.random.choice(names.FAMILIES)
            if f"{given} {family}" not in self._names:
                self._names.add(f"{given} {family}")
                return given, family

    def phone(self) -> str:
        """From the range that is kept for fiction."""
        return f"({self.random.choice([212, 315, 518, 607, 716])}) 555-01{self.random.randint(0, 99):02}"

    def address(self) -> dict[str, str]:
        street = f"{self.random.randint(2, 480)} {self.random.choice(names.STREETS)} Street"
        return {"line": street, "city": self.random.choice(names.TOWNS), "state": "NY", "postal_code": "00000"}

    def _answers(self) -> dict[str, Any]:
        return {
            "presenting_concern": self.random.choice(CONCERNS),
            "health_history": self.random.choice(HEALTH),
            "medications": self.random.choice(["None.", "Lisinopril 10 mg in the morning.", "An inhaler when needed."]),
            "prior_treatments": self.pick(names.PRIOR),
            "living_arrangement": self.pick(names.LIVING),
            "employment": self.pick(names.EMPLOYMENT),
            "arrests_30_days": 0,
            "self_help": self.pick(names.SELF_HELP),
            "recovery_environment": self.random.choice(SURROUNDINGS),
            "strengths_and_wishes": self.random.choice(WISHES),
        }


CONCERNS = (
    "Wants help before things get worse at work; has cut down twice without support.",
    "Was in the emergency department last week and does not want to go back.",
    "Family asked for the call; says sleep and mood have become hard to manage.",
    "Returned to use after eight months and came back early this time.",
    "Asked by the court to be assessed; open to outpatient care.",
)
HEALTH = (
    "High blood pressure, treated. No surgery.",
    "Asthma since childhood. Broken wrist in 2019.",
    "No known conditions. Last check-up three years ago.",
    "Chronic back pain; saw a pain clinic once.",
)
SURROUNDINGS = (
    "Lives with a sister who supports treatment.",
    "Shares a flat where others use; looking for another place.",
    "Lives alone; two friends from a support group nearby.",
    "Stays with parents; tense, but safe.",
)
WISHES = (
    "Likes working with hands. Wants to see the children every weekend.",
    "Plays guitar. Wants evenings with people who do not use.",
    "Used to run. Wants to keep the job.",
    "Good cook. Wants a place of one's own within the year.",
)
