"""The accounting of disclosures as a paper, in the person's language (42 CFR 2.25, 45 CFR 164.528)."""

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Facility
from patients.models import Patient
from records.letters import day_words, letter, moment_words, paper_language
from records.words import purpose_words


def accounting_paper(
    patient: Patient, facility: Facility, rows: list[dict[str, Any]], first: date | None, last: date | None
) -> dict[str, Any]:
    """The data of `records/pdf/accounting.typ`. What was disclosed is said in the words that were written down."""
    lang = paper_language(patient)
    with translation.override(lang):
        return letter(
            patient,
            facility,
            _("Accounting of disclosures"),
            lang=lang,
            subtitle=_period(first, last),
            head=[_("Date"), _("To whom"), _("What"), _("For what")],
            rows=[_line(row, facility, lang) for row in rows],
            empty=_("Nothing that has to be accounted for was disclosed in this time."),
            note=_(
                "This lists what was disclosed to others with your consent in the last three years (42 CFR 2.25), and "
                "what was disclosed without it in the last six (45 CFR 164.528). What you were given or sent yourself "
                "is not on it."
            ),
        )


def _line(row: dict[str, Any], facility: Facility, lang: str) -> list[str]:
    own = row["purpose_words"]
    purpose = (
        row["purpose"] if lang == "en" else ". ".join(filter(None, (purpose_words(row["purpose_code"], lang), own)))
    )
    where = row["recipient"] + "\n" + (row["where"] or _("address not recorded"))
    return [moment_words(row["at"], facility.tz), where, row["what"], purpose]


def _period(first: date | None, last: date | None) -> str:
    """The days in words."""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}
    if first:
        return _("From %(day)s") % {"day": day_words(first)}
    return _("Until %(day)s") % {"day": day_words(last)} if last else _("Three years with consent, six years otherwise")
