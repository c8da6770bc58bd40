"""What people ask of the record, and what leaves it, as tiles."""

from typing import Any

from django.urls import reverse

from accounts.models import Facility
from desks.selectors.tiles import SHOWN, Action, Row, Tile
from records.models import AmendmentRequest, ReleaseRequest
from records.selectors.amendments import amendment_count, amendment_rows
from records.selectors.disclosures import today_rows
from records.selectors.releases import release_count, release_rows, releases_to_approve

OPEN = [status.value for status in ReleaseRequest.OPEN]
ASKED = [AmendmentRequest.Status.REQUESTED.value]


def releases(facility: Facility) -> Tile:
    """The open requests for copies of the record, by their last day."""
    rows = release_rows(facility, statuses=OPEN, size=SHOWN)
    lines = [_release(row, "Open" if row["handled_by"] else "Take up") for row in rows]
    return Tile(
        "releases", "Requests for records", "folder-output", lines, "Nobody waits for copies of the record",
        "A request appears here when it is received on a person’s page of disclosures. It has 30 days.",
        count=release_count(facility, statuses=OPEN) if lines else 0, more_url=reverse("records:release_list"),
    )  # fmt: skip


def amendments(facility: Facility) -> Tile:
    """The open requests to amend the record, by their last day."""
    rows = amendment_rows(facility, statuses=ASKED, size=SHOWN)
    lines = [
        Row(row["patient"], row["url"], f"{row['record_number']} · {row['subject']}", due=row["due"],
            actions=(Action("Answer", row["url"]),))
        for row in rows
    ]  # fmt: skip
    return Tile(
        "amendments", "Requests to amend", "pen-line", lines, "Nobody asks for an amendment",
        "A request appears here when it is received on a person’s page of disclosures. It has 60 days.",
        count=amendment_count(facility, statuses=ASKED) if lines else 0, more_url=reverse("records:amendment_list"),
    )  # fmt: skip


def to_approve(facility: Facility) -> Tile:
    """Releases for legal proceedings that wait for the privacy officer, who has the request in hand."""
    lines = [_release(row, "Read and decide") for row in releases_to_approve(facility)]
    return Tile(
        "to-approve", "Legal releases to approve", "scale", lines, "No court waits for you",
        "A request with a court order or subpoena appears here until you approve it or the clerk denies it.",
        more_url=reverse("records:release_list"),
    )  # fmt: skip


def left_today(facility: Facility) -> Tile:
    """What left the house since midnight, the newest first; nobody is named."""
    lines = [
        Row(row["recipient"], row["url"], f"{row['what']} · {row['purpose']}", when=row["when"], status=row["basis"],
            tone=row["tone"], actions=(Action("Open", row["url"]),))
        for row in today_rows(facility)
    ]  # fmt: skip
    return Tile(
        "left-today", "Disclosed today", "send", lines, "Nothing has left the house today",
        "Each disclosure appears here as it is made, with what permitted it.",
        more_url=reverse("records:disclosure_register"),
    )  # fmt: skip


def _release(row: dict[str, Any], act: str) -> Row:
    sub = " · ".join(part for part in (row["record_number"], f"for {row['recipient']}", row["kind"]) if part)
    waits = row["waits_for_approval"]
    return Row(
        row["patient"], row["url"], sub, due=row["due"], status="Waits for approval" if waits else row["status"],
        tone="warning" if waits else row["tone"], actions=(Action(act, row["url"]),),
    )  # fmt: skip
