"""One person's way through every desk, lived through at its own dates by the house's own services.

A story is a list of steps with the hours since the one before. It stops after so many steps, so that somebody is
waiting at every desk; the clock is set back for as long as a step takes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from carecoord.demo.house import House
from carecoord.demo.stories.care import acknowledge, ask_physician, assess, give_back, plan, share, take_over
from carecoord.demo.stories.ending import clerk_accepts, clerk_files, clerk_returns, finish, submit
from carecoord.demo.stories.intake import (
    accept,
    ask_who,
    call,
    cover,
    decline,
    determine_level,
    hand_over,
    interview,
    refer,
    screen,
    settle_channel,
)
from carecoord.demo.stories.life import Life
from carecoord.demo.stories.treatment import build_options, choose, hand_to_treatment, present, take_packet
from carecoord.demo.stories.visits import answer, attend, book, confirm, hand_to_activities, miss

__all__ = [
    "CARE",
    "INTAKE",
    "Life",
    "Step",
    "TREATMENT",
    "WHOLE",
    "accept",
    "acknowledge",
    "answer",
    "ask_physician",
    "ask_who",
    "assess",
    "attend",
    "book",
    "build_options",
    "call",
    "choose",
    "clerk_accepts",
    "clerk_files",
    "clerk_returns",
    "confirm",
    "cover",
    "decline",
    "determine_level",
    "finish",
    "give_back",
    "hand_over",
    "hand_to_activities",
    "hand_to_treatment",
    "hours_of",
    "interview",
    "miss",
    "plan",
    "present",
    "refer",
    "screen",
    "settle_channel",
    "share",
    "submit",
    "take_over",
    "take_packet",
    "tell",
]

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
