"""The keys a person is found by, as `SearchKey` keeps them.

Every key but a name begins with a mark that `core.text.search_key` takes out of what is typed: so a typed name
never meets a number, a sound or an address by chance, and each kind is searched only by who may see it.
"""

import jellyfish

from core.text import digits, search_key
from patients.models import ContactPoint, Patient


def keys_of(patient: Patient) -> set[str]:
    """Of the person and of every record merged into this one: found by both names and numbers."""
    keys = _own_keys(patient)
    for duplicate in patient.merged.all():
        keys |= keys_of(duplicate)
    return keys


def _own_keys(patient: Patient) -> set[str]:
    """Name parts and their sounds, birth date, telephone numbers, e-mail addresses, record numbers."""
    names = search_key(f"{patient.given_name} {patient.preferred_name}").split()
    family = search_key(patient.family_name)
    keys = {*names, *family.split(), f"{family} {search_key(patient.preferred_name or patient.given_name)}"}
    keys |= {f"{name} {family}" for name in names}
    keys |= {sound(part) for part in [*names, *family.split()]}
    keys |= {number(value) for value in (patient.record_number, *(row.value for row in patient.identifiers.all()))}
    for row in patient.telecoms.all():
        keys |= {email(row.value)} if row.system == ContactPoint.System.EMAIL else {*phones(row.search_key)}
    if patient.birth_date:
        keys.add(born(patient.birth_date.isoformat()))
    return {key.strip()[:254] for key in keys if len(key.strip()) > 1 or key.strip().isalnum()}


def sound(word: str) -> str:
    """How a name part sounds in English (Metaphone)."""
    return "~" + jellyfish.metaphone(word)


def number(value: str) -> str:
    """A record number, or another system's number for the person."""
    return "=" + value.casefold()


def born(iso: str) -> str:
    """A birth date in ISO form."""
    return "*" + iso


def email(value: str) -> str:
    return "@" + value.strip().lower()


def phones(numerals: str) -> tuple[str, str]:
    """A telephone number from the front and from the back: its last digits are then a prefix, too."""
    return "+" + numerals, "#" + numerals[::-1]


def contact_key(system: str, value: str) -> str:
    """An e-mail address in lower case; the last ten digits of a telephone number."""
    return value.strip().lower() if system == ContactPoint.System.EMAIL else digits(value)[-10:]
