"""Appointments as data for their PDF."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Facility
from patients.models import Patient
from records.letters import letter


def appointments_data(patient: Patient, facility: Facility, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What is to come, to take home. The paper is the person's own: it says what the person knows."""
    shown = [(f"{row['when']}–{row['to']}", row["type"], row["practitioner"], row["location"]) for row in rows]
    head = ["When", "What", "With", "Where"]
    table = {"title": "", "head": head, "rows": shown, "empty": "No appointment is booked."}
    note = "If you cannot come, please tell us as soon as you can, so that we find another time."
    if facility.phone:
        note += f" Call {facility.phone}."
    return letter(patient, facility, "Your appointments", tables=[table], note=note)
