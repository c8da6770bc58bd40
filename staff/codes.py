"""Check digits of the numbers clinicians carry, and the places that license them."""

import re

from django.core.exceptions import ValidationError

# USPS codes of the states, the federal district and the territories that issue licenses.
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AS": "American Samoa", "AZ": "Arizona", "AR": "Arkansas",
    "CA": "California", "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "GU": "Guam", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
    "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "MP": "Northern Mariana Islands", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VI": "U.S. Virgin Islands", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip


_CODES = {name.casefold(): code for code, name in STATES.items()}


def state_code(text: str) -> str:
    """The code of a state written as its code or name, "" for anything else."""
    text = text.strip()
    return text.upper() if text.upper() in STATES else _CODES.get(text.casefold(), "")


def is_npi(value: str) -> bool:
    """Ten ASCII digits whose last is the Luhn check digit of 80840 and the nine before (45 CFR 162.406)."""
    if not re.fullmatch(r"[0-9]{10}", value):
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + value)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def is_dea_number(value: str) -> bool:
    """Two characters (a letter, then a letter or 9) and seven digits, the last their check digit."""
    if not re.fullmatch(r"[A-Z][A-Z9][0-9]{7}", value.upper()):
        return False
    digits = [int(digit) for digit in value[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def validate_npi(value: str) -> None:
    """Raises ValidationError unless the check digit is right."""
    if not is_npi(value):
        raise ValidationError("This is not an NPI: ten digits, the last a check digit. Compare it with the card.")


def validate_dea_number(value: str) -> None:
    """Raises ValidationError unless the check digit is right."""
    if not is_dea_number(value):
        raise ValidationError("This is not a DEA number: two letters and seven digits, such as AB1234563.")
