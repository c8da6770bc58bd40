"""The path of a person: who owns the next step, what was reached, who is asked for what."""

from episodes.services.emergency import (
    end_emergency_access,
    open_emergency_access,
    open_for_named,
    review_emergency_access,
)
from episodes.services.endings import close_episode, end_membership
from episodes.services.handoffs import (
    ACCEPT_WITHIN,
    NEXT_STEP_WITHIN,
    accept_handoff,
    return_handoff,
    send_handoff,
    withdraw_handoff,
)
from episodes.services.path import (
    open_episode,
    open_episode_of,
    pass_baton,
    place,
    reach_step,
    set_next_step,
)
from episodes.services.tasks import (
    add_task,
    ask,
    close_task,
    close_tasks_about,
    give_back_task,
    settle_missing,
    take_task,
    take_tasks_about,
)

__all__ = [
    "ACCEPT_WITHIN",
    "NEXT_STEP_WITHIN",
    "accept_handoff",
    "add_task",
    "ask",
    "close_episode",
    "close_task",
    "close_tasks_about",
    "end_emergency_access",
    "end_membership",
    "give_back_task",
    "open_emergency_access",
    "open_episode",
    "open_episode_of",
    "open_for_named",
    "pass_baton",
    "place",
    "reach_step",
    "return_handoff",
    "review_emergency_access",
    "send_handoff",
    "set_next_step",
    "settle_missing",
    "take_task",
    "take_tasks_about",
    "withdraw_handoff",
]
