"""The health information clerk's desk."""

from django.urls import reverse

from accounts.models import Facility, User
from desks.selectors import leaving, shared
from desks.selectors.tiles import SHOWN, Action, Row, Tile
from records.models import RecordSubmission
from records.selectors import envelope_count, envelope_rows

Status = RecordSubmission.Status


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Envelopes to accept, to file, returned and filed, what people ask of the record, and hand-offs."""
    url = reverse("records:submission_list")
    return [
        _envelopes(facility, Status.REQUESTED, "received", "Envelopes received", "mails", url, "No envelope is waiting",
                   "An envelope appears here when a coordinator submits papers."),
        _envelopes(facility, Status.ACCEPTED, "to-file", "Accepted, to file", "archive", url, "Nothing is left to file",
                   "What you accepted stays here until you file it or return it."),
        _envelopes(facility, Status.REJECTED, "returned", "Returned to the sender", "undo-2", f"{url}?show=returned",
                   "No envelope is with its sender", "What you return appears here with the reason."),
        _envelopes(facility, Status.COMPLETED, "filed", "Filed lately", "archive-restore", f"{url}?show=filed",
                   "Nothing is filed yet", "Each filed envelope appears here with its place."),
        leaving.releases(facility),
        leaving.amendments(facility),
        shared.to_accept(user, facility),
    ]  # fmt: skip


def _envelopes(
    facility: Facility, status: str, key: str, title: str, icon: str, more_url: str, empty: str, empty_text: str
) -> Tile:
    """Two queries: the first rows, and how many there are."""
    found = [_row(row, status) for row in envelope_rows(facility, statuses=[status], size=SHOWN)]
    count = envelope_count(facility, statuses=[status]) if found else 0
    return Tile(key, title, icon, found, empty, empty_text, count=count, more_url=more_url)


def _row(row: dict, status: str) -> Row:
    accept = Action("Accept", row["accept_url"], "check", posts=True)
    opens = Action({Status.ACCEPTED: "File or return"}.get(Status(status), "Open"), row["url"])
    waiting, age = status in RecordSubmission.OPEN, f"in hand {row['age']}"
    parts = [
        row["record_number"],
        f"{_number(row['papers'], 'paper')}, {_number(row['pages'], 'page')}",
        row["submitted_by"],
    ]
    parts.append(age if waiting else row["reason"] or row["location"])
    return Row(
        row["patient"], row["url"], " · ".join(part for part in parts if part), due=row["due"] if waiting else None,
        when="" if waiting else row["answered"], actions=(accept, opens) if status == Status.REQUESTED else (opens,),
    )  # fmt: skip


def _number(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"
