"""The therapeutic activities coordinator's desk."""

from typing import Any

from django.urls import reverse

from accounts.models import Facility, User
from activities.selectors import below_dose, sessions_today, unfinished_notes
from desks.selectors import shared
from desks.selectors.tiles import Action, Row, Tile


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Sessions, notes, people below their dose, plans to read, hand-offs, papers returned, the caseload."""
    return [
        Tile(
            "sessions", "Sessions today", "presentation", _rows(sessions_today(facility, user)),
            "No session today", "Today’s group sessions appear here, each with its roster.",
            more_url=reverse("activities:session_list"), more="Sessions",
        ),
        Tile(
            "notes", "Notes unfinished", "file-pen-line", _rows(unfinished_notes(user, facility)),
            "Every note is signed", "A session that is over appears here until its note is signed, within 24 hours.",
        ),
        Tile(
            "below", "Below the planned dose this week", "trending-down", _rows(below_dose(facility, user)),
            "Everyone gets what was planned", "A person appears here when this week’s sessions stay below the plan.",
            more_url=reverse("activities:program_list"), more="Programs",
        ),
        shared.to_acknowledge(user, facility),
        shared.to_accept(user, facility),
        shared.returned(user),
        shared.caseload(user, facility, "People in my groups"),
    ]  # fmt: skip


def _rows(found: list[dict[str, Any]]) -> list[Row]:
    return [
        Row(
            row["name"],
            row["url"],
            row["what"],
            due=row.get("due"),
            actions=(Action(row["action"], row["action_url"]),),
        )
        for row in found
    ]
