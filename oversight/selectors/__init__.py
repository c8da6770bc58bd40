"""What the clinical coordinator's board shows: one facility, read from the live tables."""

from oversight.selectors.census import census
from oversight.selectors.glance import colleagues, lapsing_credentials, latest_steps, load_by_owner, steps_reached
from oversight.selectors.indicators import indicators
from oversight.selectors.lists import LISTS, board_list, chosen_batons

__all__ = [
    "LISTS",
    "board_list",
    "census",
    "chosen_batons",
    "colleagues",
    "indicators",
    "lapsing_credentials",
    "latest_steps",
    "load_by_owner",
    "steps_reached",
]
