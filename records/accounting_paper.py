"""The accounting of disclosures as a paper (42 CFR 2.25, 45 CFR 164.528)."""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Facility
from core.labels import day_label, when_label
from patients.models import Patient


def accounting_paper(
    patient: Patient, facility: Facility, rows: list[dict[str, Any]], first: date | None, last: date | None
) -> dict[str, Any]:
    """The data of `records/pdf/accounting.typ`."""
    facts = [("Record", patient.record_number)]
    if patient.birth_date:
        facts.append(("Born", f"{patient.birth_date:%d %b %Y}"))
    return {
        "title": "Accounting of disclosures",
        "subtitle": period_label(first, last),
        "facility": {"name": facility.name, "lines": address_lines(facility)},
        "person": {"name": patient.legal_name, "facts": facts},
        "printed": when_label(timezone.now(), facility.tz),
        "rows": [[row["when"], f"{row['recipient']}\n{row['address']}", row["what"], row["purpose"]] for row in rows],
    }


def period_label(first: date | None, last: date | None) -> str:
    """The days in words."""
    today = timezone.localdate()
    if first and last:
        return f"{day_label(first, today)} to {day_label(last, today)}"
    if first:
        return f"From {day_label(first, today)}"
    return f"Until {day_label(last, today)}" if last else "The last three years with consent, six years otherwise"


def address_lines(facility: Facility) -> list[str]:
    """Where the facility is, for a letterhead."""
    place = " ".join(part for part in (facility.state, facility.postal_code) if part)
    parts = (facility.line, ", ".join(part for part in (facility.city, place) if part), facility.phone)
    return [part for part in parts if part]
