"""Free times as buttons: for the page of free times, and for desks that show the first three inline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Facility
from core.labels import when_label
from patients.models import Patient
from scheduling.models import AppointmentType
from scheduling.selectors.appointments import Row, bookable_practitioners, problems
from scheduling.selectors.slots import Slot, free_slots
from staff.models import Practitioner

LOOK_AHEAD = 28  # days


@dataclass(frozen=True)
class Offer:
    """One practitioner with the first free times, or why there are none."""

    name: str
    specialty: str
    problem: str
    slots: list[Row]


def offers(
    *,
    patient: Patient,
    type: AppointmentType,
    facility: Facility,
    practitioner: Practitioner | None = None,
    from_day: date | None = None,
    days: int = LOOK_AHEAD,
    limit: int = 6,
    interpreters: Sequence[Practitioner] = (),
) -> list[Offer]:
    """The first `limit` free times of each practitioner who may be booked for the type, the soonest first.

    Each slot row carries what `appointment_book` wants: starts_at, type, practitioner, location, interpreter,
    equipment. Render it with `scheduling/_slots.html`. With `interpreters`, one of them is free then too. Whoever
    is not cleared stands last, with the reason.
    """
    people = [practitioner] if practitioner else bookable_practitioners(facility, type)
    today = timezone.now().astimezone(facility.tz).date()
    refused = problems(people, facility, type, today, patient)
    from_day = from_day or today
    cleared = [row for row in people if row.pk not in refused]
    found = free_slots(
        practitioners=cleared, type=type, facility=facility, from_day=from_day, days=days, patient=patient,
        interpreters=interpreters, limit=limit,
    )  # fmt: skip
    slots: dict[int, list[Row]] = {row.pk: [] for row in people}
    for slot in cleared_then(found, cleared, type, facility, refused, patient):
        slots[slot.practitioner.pk].append(
            {
                "value": slot.starts_at.isoformat(),
                "label": when_label(slot.starts_at, facility.tz),
                "location": slot.location.uuid if slot.location else "",
                "room": str(slot.location or ""),
                "practitioner": slot.practitioner.uuid,
                "interpreter": slot.interpreter.uuid if slot.interpreter else "",
                "equipment": slot.equipment.uuid if slot.equipment else "",
                "also": ", ".join(str(row) for row in (slot.interpreter, slot.equipment) if row),
                "type": type.uuid,
            }
        )
    rows = [Offer(str(row), row.specialty, refused.get(row.pk, ""), slots[row.pk]) for row in people]
    return sorted(rows, key=lambda offer: (not offer.slots, offer.slots[0]["value"] if offer.slots else "", offer.name))


def cleared_then(
    found: list[Slot],
    people: list[Practitioner],
    type: AppointmentType,
    facility: Facility,
    refused: dict[int, str],
    patient: Patient | None = None,
) -> list[Slot]:
    """The slots on days on which the practitioner will still be cleared; who has none left is put into `refused`.

    Two queries when nobody's credential ends before the last of them.
    """
    days = sorted({slot.starts_at.astimezone(facility.tz).date() for slot in found})
    if not days or not (last := problems(people, facility, type, days[-1], patient)):
        return found
    lapsed = {day: problems(people, facility, type, day, patient) for day in days}
    kept = [s for s in found if s.practitioner.pk not in lapsed[s.starts_at.astimezone(facility.tz).date()]]
    bookable = {slot.practitioner.pk for slot in kept}
    refused |= {pk: problem for pk, problem in last.items() if pk not in bookable}
    return kept
