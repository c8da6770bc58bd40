"""What the pages of the shared record show."""

from patients.selectors.lists import (
    address_of,
    addresses,
    allergies,
    allergy_of,
    care_team,
    care_team_member_of,
    colleagues,
    contact_point_of,
    contact_points,
    current_address,
    flag_of,
    flags,
    note_of,
    notes,
    outside_care_team,
    related_people,
)
from patients.selectors.search import Likeness, possible_duplicates, search
from patients.selectors.shown import as_known_to, shows_number

__all__ = [
    "Likeness",
    "address_of",
    "addresses",
    "allergies",
    "allergy_of",
    "as_known_to",
    "care_team",
    "care_team_member_of",
    "colleagues",
    "contact_point_of",
    "contact_points",
    "current_address",
    "flag_of",
    "flags",
    "note_of",
    "notes",
    "outside_care_team",
    "possible_duplicates",
    "related_people",
    "search",
    "shows_number",
]
