"""What stands at the head and foot of every paper that is printed: the facility, the person, when.

A paper for the person to take home is in the person's language where we have its words (`paper_language`): the labels,
which are ours. What people wrote stays as they wrote it. All other papers are in English.
"""

from datetime import date, datetime, tzinfo
from typing import Any

from django.utils import timezone, translation
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from accounts.models import Facility
from accounts.roles import Perm
from core.labels import when_label
from patients.languages import language_of_ours
from patients.models import Patient

LONG_DAY = {"en": "M j, Y", "es": r"j \d\e F \d\e Y"}


def paper_language(patient: Patient) -> str:
    """The language of a paper that the person takes home."""
    return language_of_ours(patient.language)


def letter(patient: Patient, facility: Facility, title: str, *, lang: str = "en", **more: Any) -> dict[str, Any]:
    """The data that `templates/_pdf/letter.typ` asks for. Ask the door first: it fills `patient.held`."""
    with translation.override(lang):
        data = {"lang": lang, "title": title, "facility": letterhead(facility), "person": person(patient)}
        return data | {"printed": moment_words(timezone.now(), facility.tz)} | more


def letterhead(facility: Facility) -> dict[str, Any]:
    """Name, address and telephone of the facility."""
    place = " ".join(part for part in (facility.state, facility.postal_code) if part)
    lines = [facility.line, ", ".join(part for part in (facility.city, place) if part), facility.phone]
    return {"name": facility.name, "lines": [line for line in lines if line]}


def person(patient: Patient) -> dict[str, Any]:
    """Whose paper it is, as far as the reader may know the person."""
    if Perm.IDENTITY_VIEW not in patient.held:
        chart = _("Chart %(number)s") % {"number": patient.pk}
        return {"name": patient.name_used if Perm.NAME_VIEW in patient.held else chart, "facts": []}
    born = day_words(patient.birth_date) if patient.birth_date else ""
    facts = [(_("Born"), born), (_("Record"), patient.record_number)]
    return {"name": patient.legal_name, "facts": [fact for fact in facts if fact[1]]}


def day_words(day: date) -> str:
    """`Nov 5, 2026`, or as the active language says it."""
    return date_format(day, LONG_DAY[_active()])


def moment_words(moment: datetime, tz: tzinfo) -> str:
    """`Mon 23 Nov 14:30` in the given zone, or as the active language says it."""
    if _active() == "en":
        return when_label(moment, tz)
    local = moment.astimezone(tz)
    return f"{date_format(local, 'D')} {date_format(local, LONG_DAY[_active()])}, {local:%H:%M}"


def _active() -> str:
    return "es" if (translation.get_language() or "").startswith("es") else "en"
