"""Which level of care the ratings recommend: our own plain rules, edition 4 codes, first level that matches.

Not the published criteria, whose text is copyrighted: a facility's rule of thumb. A coordinator decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

EDITION = 4

DIMENSIONS = {
    1: "Intoxication, withdrawal and addiction medications",
    2: "Biomedical conditions",
    3: "Psychiatric and cognitive conditions",
    4: "Substance-use-related risks",
    5: "Recovery environment",
}
RATINGS = {0: "No need", 1: "Mild", 2: "Moderate", 3: "Serious", 4: "Imminent risk"}

# (level, {dimension: rating it must reach}); every condition of a line must hold. Read from the top: the first
# level with a line that holds is recommended, and all its lines that hold are its reasons.
RULES: tuple[tuple[str, dict[int, int]], ...] = (
    ("4", {1: 4}),
    ("4", {2: 4}),
    ("4", {3: 4}),
    ("3.7", {1: 3}),
    ("3.7", {2: 3}),
    ("3.5", {4: 4}),
    ("3.5", {5: 4}),
    ("3.5", {4: 3, 5: 3}),
    ("3.1", {5: 3}),
    ("2.7", {1: 2, 3: 2}),
    ("2.7", {2: 2, 3: 2}),
    ("2.5", {3: 3}),
    ("2.5", {4: 3}),
    ("2.1", {3: 2}),
    ("2.1", {4: 2}),
    ("2.1", {5: 2}),
    ("1.7", {1: 2}),
    ("1.7", {2: 2}),
    ("1.5", {1: 1}),
    ("1.5", {2: 1}),
    ("1.5", {3: 1}),
    ("1.5", {4: 1}),
    ("1.5", {5: 1}),
)
NO_NEED = "1.0"


@dataclass(frozen=True)
class Recommendation:
    code: str
    reasons: list[str]


def recommend(ratings: Sequence[int]) -> Recommendation:
    """The level that five ratings (dimension 1 to 5, 0 to 4 each) recommend, with the lines that led there.

    Raises ValueError on anything but five ratings from 0 to 4.
    """
    if len(ratings) != len(DIMENSIONS) or any(rating not in RATINGS for rating in ratings):
        raise ValueError("Five ratings from 0 to 4 are needed.")
    rated = dict(zip(DIMENSIONS, ratings, strict=True))
    holding = [(code, needs) for code, needs in RULES if all(rated[d] >= least for d, least in needs.items())]
    if not holding:
        return Recommendation(NO_NEED, ["No dimension is rated above 0."])
    code = holding[0][0]
    return Recommendation(code, [_reason(needs, rated) for level, needs in holding if level == code])


def _reason(needs: dict[int, int], rated: dict[int, int]) -> str:
    parts = [
        f"dimension {d} ({DIMENSIONS[d].lower()}) is rated {rated[d]} (the rule asks for {least} or more)"
        for d, least in needs.items()
    ]
    sentence = " and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."
