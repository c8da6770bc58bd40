"""Appointments as data for their PDF."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Facility
from patients.models import Patient
from records.letters import letter, moment_words, paper_language


def appointments_data(patient: Patient, facility: Facility, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What is to come, to take home, in the person's language. The paper says what the person knows."""
    lang = paper_language(patient)
    with translation.override(lang):
        head = [_("When"), _("What"), _("With"), _("Where")]
        shown = [_row(row, facility) for row in rows]
        table = {"title": "", "head": head, "rows": shown, "empty": _("No appointment is booked.")}
        note = _("If you cannot come, please tell us as soon as you can, so that we find another time.")
        if facility.phone:
            note += " " + _("Call %(phone)s.") % {"phone": facility.phone}
        return letter(patient, facility, _("Your appointments"), lang=lang, tables=[table], note=note)


def _row(row: dict[str, Any], facility: Facility) -> tuple[str, ...]:
    where = _("Video") if row["location"] == "Video" else row["location"]
    return f"{moment_words(row['starts_at'], facility.tz)}–{row['to']}", row["type"], row["practitioner"], where
