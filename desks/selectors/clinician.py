"""The desk of physicians and other clinicians."""

from datetime import date

from django.urls import reverse

from accounts.models import Facility, User
from careplans.selectors.desk import packets_to_write
from desks.selectors import rows, shared
from desks.selectors.tiles import Action, Row, Tile
from patients.selectors import shows_number
from scheduling.selectors import todays_appointments
from staff.models import Practitioner
from staff.selectors import credentials_of


def tiles(user: User, facility: Facility) -> list[Tile]:
    """My day, packets to write, plans to read, hand-offs, my people, my credentials."""
    person = Practitioner.objects.filter(user=user).first()
    return [
        _day(user, facility, person),
        Tile(
            "packets", "Assessment packets to write", "file-pen-line",
            rows.care(packets_to_write(user, facility), shows_number(user)),
            "No packet to write", "A request appears here when a care coordinator asks you for an assessment.",
        ),
        shared.to_acknowledge(user, facility),
        shared.to_accept(user, facility),
        shared.caseload(user, facility, "People on my teams"),
        _credentials(facility, person),
    ]  # fmt: skip


def _day(user: User, facility: Facility, person: Practitioner | None) -> Tile:
    found = todays_appointments(facility=facility, practitioner=person, user=user) if person else []
    return Tile(
        "day", "My appointments today", "calendar-days", rows.appointments(found),
        "No appointments today", "What is booked with you today appears here, with whether the person has confirmed.",
        more_url=reverse("scheduling:day"), more="Schedule",
    )  # fmt: skip


def _credentials(facility: Facility, person: Practitioner | None) -> Tile:
    found = credentials_of(person, facility) if person else []
    found.sort(key=lambda row: row["credential"].expires_on or date.max)
    url = person.get_absolute_url() if person else ""
    lines = [
        Row(
            str(row["credential"].get_kind_display()), sub=_until(row), status=row["label"], tone=row["tone"],
            actions=(Action("Open", url),),
        )
        for row in found
        if not row["credential"].superseded
    ]  # fmt: skip
    return Tile(
        "credentials", "My credentials", "badge-check", lines, "No credential is on record",
        "Physician services enters your license and other credentials; without one in force you cannot be booked.",
        more_url=url, more="My record",
    )  # fmt: skip


def _until(row: dict) -> str:
    ends = row["credential"].expires_on
    parts = [row["state"], f"until {ends:%b} {ends.day}, {ends.year}" if ends else ""]
    return " · ".join(part for part in parts if part)
