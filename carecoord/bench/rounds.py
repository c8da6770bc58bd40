"""By turns: the unit and the page, round after round; medians, and whether the machine was quiet."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from statistics import median

from carecoord.bench.server import Server

ROUNDS = 7
PER_ROUND = 40
DRIFT = 0.15
RUNS = 6


@dataclass(frozen=True)
class Cost:
    """Processor milliseconds of a request of the page and of the unit, and how much the unit moved."""

    page: float
    unit: float
    drift: float

    @property
    def ratio(self) -> float | None:
        """The page in units of F; None when the unit was not steady enough to tell."""
        return self.page / self.unit if self.drift <= DRIFT else None


class WrongAnswer(Exception):
    """The measured page did not answer as it should; what was measured is worthless."""


def cost(server: Server, unit: Callable[[], int], page: Callable[[], int], *, rounds: int = ROUNDS) -> Cost:
    """The median cost of `page` beside that of `unit`; each call is one request and answers its status.

    A run in which the unit moved tells nothing, so there is another, six in all: the first steady one counts.
    Raises WrongAnswer for a status that is neither 200 nor 302.
    """
    for call in (unit, page) * 8:  # every thread of both workers has been there once
        _one(call)
    for _ in range(RUNS):
        found = _run(server, unit, page, rounds)
        if found.ratio is not None:
            break
    return found


def _run(server: Server, unit: Callable[[], int], page: Callable[[], int], rounds: int) -> Cost:
    units, pages = [], []
    for _ in range(rounds):
        units.append(_round(server, unit))
        pages.append(_round(server, page))
    middle = median(units)
    # The quarters, not the extremes: one hiccup of the machine is not a drift.
    ordered = sorted(units)
    drift = (ordered[-1 - len(ordered) // 4] - ordered[len(ordered) // 4]) / middle
    return Cost(median(pages), middle, drift)


def exponent(sizes: list[int], costs: list[float]) -> float:
    """The growth exponent between the smallest and the largest size: 0 is flat, 1 is linear."""
    return log(costs[-1] / costs[0]) / log(sizes[-1] / sizes[0])


def _round(server: Server, call: Callable[[], int]) -> float:
    before = server.cpu()
    for _ in range(PER_ROUND):
        _one(call)
    return (server.cpu() - before) / PER_ROUND


def _one(call: Callable[[], int]) -> None:
    status = call()
    if status not in (200, 302):
        raise WrongAnswer(f"status {status}")
