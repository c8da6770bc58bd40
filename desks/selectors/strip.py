"""The strip on top of every page, and the lists behind its three counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import Facility, User
from episodes.selectors import due_today_rows, overdue_rows, strip_counts, waiting_rows
from patients.selectors import as_known_to

PAGE_SIZE = 50


@dataclass(frozen=True)
class StripList:
    """A count of the strip with the rows it counts, the earliest due first."""

    key: str
    label: str
    tone: str
    icon: str
    rows: Callable[..., list[dict[str, Any]]]
    empty: str

    @property
    def url(self) -> str:
        return reverse(f"desks:{self.key}")


STRIP = (
    StripList("overdue", "Overdue", "danger", "alarm-clock", overdue_rows,
              "Tasks, next steps and hand-offs of yours that are past their time appear here."),
    StripList("due_today", "Due today", "warning", "clock", due_today_rows,
              "Tasks, next steps and hand-offs of yours that are due later today appear here."),
    StripList("waiting", "Waiting for me to accept", "info", "inbox", waiting_rows,
              "A person handed to you or to your desk appears here, and a task of your desk until somebody takes it."),
)  # fmt: skip
BY_KEY = {row.key: row for row in STRIP}


def strip_page(user: User, facility: Facility, key: str, page: int) -> tuple[list[dict[str, Any]], int]:
    """The rows of one page, and how many there are in all: the very number of the strip. Four queries at most."""
    total = strip_counts(user, facility)[key]
    rows = BY_KEY[key].rows(user, facility, limit=page * PAGE_SIZE)[(page - 1) * PAGE_SIZE :] if total else []
    return as_known_to(user, rows), total
