"""Screening instruments as data: our own short item labels, official scoring and bands, LOINC code of the total.

The official wording is copyrighted or long; the coordinator reads it from the facility's own sheet. An answer
is kept as its score, so a reversed item has its reversed scores here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from patients.models import Patient

Choices = tuple[tuple[int, str], ...]

DAYS: Choices = ((0, "Not at all"), (1, "Some days"), (2, "Over half the days"), (3, "Nearly daily"))
YES: Choices = ((0, "No"), (1, "Yes"))
YES_REVERSED: Choices = ((1, "No"), (0, "Yes"))


@dataclass(frozen=True)
class Item:
    label: str
    choices: Choices


@dataclass(frozen=True)
class Band:
    """Scores from `start` up to the next band's; `tone` shows how much it asks for attention."""

    start: int
    label: str
    tone: str


@dataclass(frozen=True)
class Result:
    score: int
    band: str
    tone: str
    safety_positive: bool


@dataclass(frozen=True)
class Instrument:
    slug: str
    name: str
    about: str
    period: str
    loinc: str  # of the total score
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    bands_for_men: tuple[Band, ...] = ()
    safety_item: int | None = None  # position of the item whose every answer above 0 is acted on at once

    @property
    def highest(self) -> int:
        return sum(max(score for score, _ in item.choices) for item in self.items)

    def score(self, answers: Sequence[int], gender: str = Patient.Gender.UNKNOWN) -> Result:
        """The official score and band. Raises ValueError unless there is one allowed answer to each item."""
        if len(answers) != len(self.items):
            raise ValueError(f"{self.slug} has {len(self.items)} items.")
        for answer, item in zip(answers, self.items, strict=True):
            if answer not in dict(item.choices):
                raise ValueError(f"{self.slug} knows no such answer.")
        band = self.band_of(sum(answers), gender)
        positive = self.safety_item is not None and answers[self.safety_item] > 0
        return Result(sum(answers), band.label, band.tone, positive)

    def band_of(self, score: int, gender: str = Patient.Gender.UNKNOWN) -> Band:
        """The band of a score. Unless the record says male, the lower (safer) cut-off counts."""
        bands = self.bands_for_men if self.bands_for_men and gender == Patient.Gender.MALE else self.bands
        return next(band for band in reversed(bands) if score >= band.start)


def _items(choices: Choices, *labels: str) -> tuple[Item, ...]:
    return tuple(Item(label, choices) for label in labels)


AUDIT_C = Instrument(
    slug="audit-c",
    name="AUDIT-C",
    about="Alcohol use",
    period="The past year",
    loinc="75626-2",
    items=(
        Item(
            "How often alcohol is drunk",
            ((0, "Never"), (1, "Monthly at most"), (2, "2–4 a month"), (3, "2–3 a week"), (4, "4 a week or more")),
        ),
        Item(
            "Drinks on a usual drinking day",
            ((0, "1 or 2"), (1, "3 or 4"), (2, "5 or 6"), (3, "7 to 9"), (4, "10 or more")),
        ),
        Item(
            "How often six or more on one occasion",
            ((0, "Never"), (1, "Below monthly"), (2, "Monthly"), (3, "Weekly"), (4, "Daily or almost")),
        ),
    ),
    bands=(Band(0, "Negative", "success"), Band(3, "Positive", "warning")),
    bands_for_men=(Band(0, "Negative", "success"), Band(4, "Positive", "warning")),
)

DAST_10 = Instrument(
    slug="dast-10",
    name="DAST-10",
    about="Drug use other than alcohol and tobacco",
    period="The past 12 months",
    loinc="82667-7",
    items=(
        Item("Drugs used for other than medical reasons", YES),
        Item("More than one drug at a time", YES),
        Item("Able to stop whenever wished", YES_REVERSED),
        Item("Blackouts or flashbacks", YES),
        Item("Guilt about the use", YES),
        Item("Complaints by partner or parents", YES),
        Item("Family neglected", YES),
        Item("Unlawful acts to obtain drugs", YES),
        Item("Withdrawal symptoms on stopping", YES),
        Item("Medical problems from the use", YES),
    ),
    bands=(
        Band(0, "No problems reported", "success"),
        Band(1, "Low level", "info"),
        Band(3, "Moderate level", "warning"),
        Band(6, "Substantial level", "danger"),
        Band(9, "Severe level", "danger"),
    ),
)

PHQ_9 = Instrument(
    slug="phq-9",
    name="PHQ-9",
    about="Depression",
    period="The past two weeks",
    loinc="44261-6",
    items=_items(
        DAYS,
        "Interest or pleasure lost",
        "Mood low or hopeless",
        "Sleep: too little or too much",
        "Tiredness",
        "Appetite: too little or too much",
        "Poor opinion of oneself",
        "Concentration",
        "Slowed, or restless, so that others notice",
        "Thoughts of death or self-harm",
    ),
    bands=(
        Band(0, "Minimal", "success"),
        Band(5, "Mild", "info"),
        Band(10, "Moderate", "warning"),
        Band(15, "Moderately severe", "danger"),
        Band(20, "Severe", "danger"),
    ),
    safety_item=8,
)

GAD_7 = Instrument(
    slug="gad-7",
    name="GAD-7",
    about="Anxiety",
    period="The past two weeks",
    loinc="70274-6",
    items=_items(
        DAYS,
        "Nervous or on edge",
        "Worry hard to control",
        "Worry about many things",
        "Hard to relax",
        "Unable to keep still",
        "Short temper",
        "Afraid that something bad is coming",
    ),
    bands=(
        Band(0, "Minimal", "success"),
        Band(5, "Mild", "info"),
        Band(10, "Moderate", "warning"),
        Band(15, "Severe", "danger"),
    ),
)

INSTRUMENTS: dict[str, Instrument] = {tool.slug: tool for tool in (AUDIT_C, DAST_10, PHQ_9, GAD_7)}
