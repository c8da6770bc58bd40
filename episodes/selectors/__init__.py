"""What is overdue, due today and waiting for whom, and what a hand-off brings with it."""

from episodes.selectors.handoffs import handoff_of, handoff_panel, may_answer, packet_items
from episodes.selectors.people import (
    can_be_asked,
    colleagues,
    current_episode,
    may_still_see,
    patient_belongs,
    roles_with,
    unfinished,
)
from episodes.selectors.work import (
    UNTAKEN,
    desk_task_of,
    due_today_rows,
    overdue_rows,
    strip_counts,
    task_counts,
    task_of,
    task_row,
    task_rows,
    task_target,
    tasks_for,
    waiting_rows,
    was_taken_by,
)

__all__ = [
    "UNTAKEN",
    "can_be_asked",
    "colleagues",
    "current_episode",
    "desk_task_of",
    "due_today_rows",
    "handoff_of",
    "handoff_panel",
    "may_answer",
    "may_still_see",
    "overdue_rows",
    "packet_items",
    "patient_belongs",
    "roles_with",
    "strip_counts",
    "task_counts",
    "task_of",
    "task_row",
    "task_rows",
    "task_target",
    "tasks_for",
    "unfinished",
    "waiting_rows",
    "was_taken_by",
]
