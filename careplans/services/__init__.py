"""Everything that changes a care plan, a physician's packet, an option or its acceptance."""

from careplans.services.assessment import (
    receive_assessment,
    request_assessment,
    save_assessment,
    send_assessment,
)
from careplans.services.option import save_option, withdraw_option
from careplans.services.plan import acknowledge_plan, edit_plan, share_plan, start_plan
from careplans.services.presentation import (
    accept_option,
    decline_all,
    decline_option,
    keep_thinking,
    start_presentation,
)
from careplans.services.tree import (
    add_goal,
    add_intervention,
    add_objective,
    add_problem,
    edit_row,
    insert_from_library,
    move_row,
    remove_row,
)

__all__ = [
    "accept_option",
    "acknowledge_plan",
    "add_goal",
    "add_intervention",
    "add_objective",
    "add_problem",
    "decline_all",
    "decline_option",
    "edit_plan",
    "edit_row",
    "insert_from_library",
    "keep_thinking",
    "move_row",
    "receive_assessment",
    "remove_row",
    "request_assessment",
    "save_assessment",
    "save_option",
    "send_assessment",
    "share_plan",
    "start_plan",
    "start_presentation",
    "withdraw_option",
]
