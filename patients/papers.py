"""The papers this app sets: data for `core.pdf`."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Facility
from accounts.roles import Perm
from core.times import day_of
from patients.models import Patient


def who_looked_paper(patient: Patient, facility: Facility, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Who looked at the record, for the person it is about; in the language that is active.

    It names the person only if who prints it may read the name: else the chart's number stands there, and whoever
    hands it over writes the name.
    """
    today = day_of(timezone.now(), facility.tz)
    return {
        "lang": get_language() or "en",
        "title": _("Who looked at my record"),
        "facility": {"name": facility.name, "lines": _address(facility)},
        "person": _person(patient),
        "printed": f"{today:%m/%d/%Y}",
        "introduction": _(
            "This list shows everybody at the facility who opened, printed or sent something from your record, with "
            "the role they had then. If you do not understand why somebody looked, ask us: the privacy officer answers."
        ),
        "head": [_("Who"), _("When"), _("How often"), _("What")],
        "rows": [[_who(row), row["dates"], str(row["times"]), _what(row)] for row in rows],
        "empty": _("Nobody has looked at your record."),
    }


def _person(patient: Patient) -> dict[str, Any]:
    named, known = Perm.NAME_VIEW in patient.held, Perm.IDENTITY_VIEW in patient.held
    return {
        "name": patient.name_used if named else _("Chart %(number)s") % {"number": patient.pk},
        "facts": [[_("Record"), patient.record_number]] if known else [],
    }


def _who(row: dict[str, Any]) -> str:
    return f"{row['who']}\n{row['roles']}" if row["roles"] else row["who"]


def _what(row: dict[str, Any]) -> str:
    return f"{row['subjects']} ({row['deeds']})" if row["deeds"] else row["subjects"]


def _address(facility: Facility) -> list[str]:
    town = " ".join(part for part in (facility.city, facility.state, facility.postal_code) if part)
    return [line for line in (facility.line, town, facility.phone) if line]
