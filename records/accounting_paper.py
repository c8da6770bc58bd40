"""The accounting of disclosures as a paper (42 CFR 2.25, 45 CFR 164.528)."""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import Facility
from core.labels import day_label
from patients.models import Patient
from records.letters import letter


def accounting_paper(
    patient: Patient, facility: Facility, rows: list[dict[str, Any]], first: date | None, last: date | None
) -> dict[str, Any]:
    """The data of `records/pdf/accounting.typ`."""
    shown = [[row["when"], row["recipient"] + "\n" + row["address"], row["what"], row["purpose"]] for row in rows]
    return letter(patient, facility, "Accounting of disclosures", subtitle=period_label(first, last), rows=shown)


def period_label(first: date | None, last: date | None) -> str:
    """The days in words."""
    today = timezone.localdate()
    if first and last:
        return f"{day_label(first, today)} to {day_label(last, today)}"
    if first:
        return f"From {day_label(first, today)}"
    return f"Until {day_label(last, today)}" if last else "The last three years with consent, six years otherwise"
