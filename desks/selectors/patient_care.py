"""The patient care coordinator's desk."""

from django.urls import reverse

from accounts.models import Facility, User
from careplans.selectors.desk import acknowledgements_awaited, plans_due
from desks.selectors import rows, shared
from desks.selectors.tiles import Tile
from patients.selectors import shows_number
from records.selectors.consentdue import consents_due
from scheduling.selectors import call_list_rows


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Packets to accept, plans due, acknowledgements awaited, calls, consents ending, papers returned, the caseload."""
    numbered = shows_number(user)
    return [
        shared.to_accept(user, facility),
        Tile(
            "plans", "Care plans due", "clipboard-pen", rows.care(plans_due(user, facility), numbered),
            "No plan is due", "A plan appears here from the moment you accept a person, and a week before its review.",
            sub="A first plan within 24 hours; reviews a week ahead.",
        ),
        Tile(
            "awaited", "Acknowledgements awaited", "book-open-check",
            rows.care(acknowledgements_awaited(user, facility), numbered),
            "Everyone has read the plans", "When you share a plan, whoever has not read it yet appears here.",
        ),
        Tile(
            "calls", "To call, next three days", "phone", rows.calls(call_list_rows(facility, user=user)),
            "Nobody needs a call", "Visits of your people appear here that no message reaches or settles.",
            more_url=reverse("scheduling:call_list"), more="Call list",
        ),
        Tile(
            "consents", "Consents ending", "calendar-x", rows.consents(consents_due(user, facility)),
            "No consent ends soon",
            "A consent of your people appears here 30 days before its last day, and when its event came about.",
            more_url=reverse("records:consent_due"),
        ),
        shared.returned(user),
        shared.caseload(user, facility, "My caseload"),
    ]  # fmt: skip
