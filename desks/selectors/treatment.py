"""The treatment coordinator's desk."""

from dataclasses import replace

from django.urls import reverse

from accounts.models import Facility, User
from careplans.selectors.desk import (
    accepted_not_booked,
    packets_arrived,
    presentations_today,
    undecided_presentations,
)
from desks.selectors import rows, shared
from desks.selectors.tiles import Action, Row, Tile
from scheduling.selectors import call_list_rows, dead_letters


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Packets, presentations, decisions, visits to book, people to call, mail that failed, papers returned."""
    return [
        Tile(
            "packets", "Physicians’ packets arrived", "file-input", rows.care(packets_arrived(facility), numbered=True),
            "No packet waits for options", "A physician’s packet appears here once sent, until options are built.",
        ),
        Tile(
            "presentations", "Presentations today", "presentation",
            rows.care(presentations_today(facility), numbered=True),
            "Nothing to present", "A person appears here when two or more options are ready to show.",
        ),
        _to_book(facility),
        Tile(
            "undecided", "Presented, undecided for 3 days", "hourglass",
            rows.care(undecided_presentations(facility), numbered=True),
            "Nobody is left undecided", "Options shown three days ago without an answer appear here.",
        ),
        Tile(
            "calls", "Confirmations, next three days", "phone", rows.calls(call_list_rows(facility, user=user)),
            "Nobody needs a call", "Visits appear here that are unanswered, declined, or that no message reaches.",
            more_url=reverse("scheduling:call_list"), more="Call list",
        ),
        _failed_mail(facility),
        shared.returned(user),
    ]  # fmt: skip


def _to_book(facility: Facility) -> Tile:
    found = accepted_not_booked(facility)
    lines = rows.care(found, numbered=True)
    times = [reverse("desks:first_slots", args=[row["patient_uuid"]]) for row in found]
    return Tile(
        "to-book", "Accepted, not booked", "calendar-plus",
        [replace(line, extra=url) for line, url in zip(lines, times, strict=True)],
        "Every accepted option is booked", "A person appears here when an option is signed, until a visit is booked.",
        sub="The first free times of a physician; one click books.",
    )  # fmt: skip


def _failed_mail(facility: Facility) -> Tile:
    lines = [
        Row(
            row["name"], row["url"], " · ".join(part for part in (row["why"], f"visit {row['when']}") if part),
            status=row["status"], tone=row["tone"], actions=(Action("Settle", row["url"]),),
        )
        for row in dead_letters(facility)
    ]  # fmt: skip
    return Tile(
        "failed", "Messages that failed", "mail-x", lines, "All messages went out",
        "A reminder appears here when it could not be delivered, or when nobody can tell whether it was.",
        more_url=reverse("scheduling:reminder_list"), more="Reminders",
    )  # fmt: skip
