"""Tiles that several desks have."""

from django.urls import reverse

from accounts.models import Facility, User
from careplans.selectors.desk import my_acknowledgements
from desks.selectors import rows
from desks.selectors.people import people_page
from desks.selectors.tiles import Action, Row, Tile
from patients.selectors import shows_number


def to_accept(user: User, facility: Facility) -> Tile:
    return Tile(
        "to-accept", "To accept", "inbox", rows.waiting(user, facility), "Nothing waits to be accepted",
        "A person handed to your desk appears here, and a task of your desk until somebody takes it.",
        sub="Accept a person or return the packet; take a task, and it is yours.", more_url=reverse("desks:waiting"),
    )  # fmt: skip


def to_acknowledge(user: User, facility: Facility) -> Tile:
    return Tile(
        "to-read", "Care plans to read", "book-open-check",
        rows.care(my_acknowledgements(user, facility), shows_number(user)),
        "No plan waits for you", "A care plan appears here when it is shared with you, until you acknowledge it.",
        more_url=reverse("careplans:acknowledgement_list"),
    )  # fmt: skip


def returned(user: User) -> Tile:
    return Tile(
        "returned", "Returned by the clerk", "undo-2", rows.returned(user),
        "The clerk returned nothing", "An envelope appears here when the clerk returns it with what is missing.",
        more_url=reverse("records:submission_list"), more="My envelopes",
    )  # fmt: skip


def caseload(user: User, facility: Facility, title: str) -> Tile:
    """The people on whose team one is, or whose baton one holds, the next step due first."""
    found, people = people_page(user, facility, {"whose": "mine", "sort": "due"}, "1")
    lines = [
        Row(
            row.name, row.url, " · ".join(part for part in (row.next_step, row.number) if part), due=row.due,
            status=row.step or row.status, tone=row.tone, actions=(Action("Open", row.url),),
        )
        for row in people
    ]  # fmt: skip
    return Tile(
        "people", title, "users", lines, "Your caseload is empty",
        "A person appears here when you accept a hand-off or join a care team.", count=found.paginator.count,
        more_url=f"{reverse('desks:patient_list')}?whose=mine", sub="The next step that is due first.",
    )  # fmt: skip
