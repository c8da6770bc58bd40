"""Free times for a person, by what suits: clinicians, room, interpreter, time of day, days of the week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import Facility, Location
from core.labels import when_label
from patients.models import Patient
from scheduling.models import AppointmentType
from scheduling.selectors.appointments import Row, bookable_practitioners, problems
from scheduling.selectors.offers import LOOK_AHEAD, cleared_then
from scheduling.selectors.slots import Slot, free_slots
from staff.models import Practitioner

NOON, EVENING = time(12), time(17)
SHOWN = 6  # of each clinician
SEARCHED = 400  # of each clinician, when most times may not suit


class Part(TextChoices):
    ANY = "", "Any time"
    MORNING = "morning", "Morning, before 12:00"
    AFTERNOON = "afternoon", "Afternoon, 12:00 to 17:00"
    EVENING = "evening", "Evening, from 17:00"


@dataclass(frozen=True)
class Times:
    """One clinician with the first free times, or why there are none."""

    name: str
    specialty: str
    problem: str
    slots: list[Row] = field(default_factory=list)


def found_times(
    *,
    patient: Patient,
    type: AppointmentType,
    facility: Facility,
    practitioners: Sequence[Practitioner] = (),
    location: Location | None = None,
    interpreters: Sequence[Practitioner] = (),
    equipment: Location | None = None,
    from_day: date | None = None,
    part: str = Part.ANY,
    weekdays: Sequence[int] = (),
) -> list[Times]:
    """The first free times that suit, of each clinician who may be booked; whoever has the earliest stands first.

    With `interpreters` one of them is free then too, with `equipment` that piece. Whoever may not be booked stands
    last, with the reason.
    """
    people = list(practitioners) or bookable_practitioners(facility, type)
    today = timezone.now().astimezone(facility.tz).date()
    first = max(from_day or today, today)
    refused = problems(people, facility, type, today, patient)
    cleared = [row for row in people if row.pk not in refused]
    found = free_slots(
        practitioners=cleared, type=type, facility=facility, from_day=first, days=LOOK_AHEAD, patient=patient,
        location=location, interpreters=interpreters, equipment=equipment,
        limit=SEARCHED if part or weekdays else SHOWN,
    )  # fmt: skip
    fitting = _first_of_each([slot for slot in found if _suits(slot, facility, part, weekdays)])
    slots: dict[int, list[Row]] = {row.pk: [] for row in people}
    for slot in cleared_then(fitting, cleared, type, facility, refused, patient):
        slots[slot.practitioner.pk].append(_row(slot, type, facility))
    rows = [Times(str(row), row.specialty, refused.get(row.pk, ""), slots[row.pk]) for row in people]
    return sorted(rows, key=lambda row: (not row.slots, row.slots[0]["value"] if row.slots else "", row.name))


def earliest(times: list[Times]) -> Row | None:
    """The first of all that suits, with whom."""
    first = times[0] if times and times[0].slots else None
    return first.slots[0] | {"name": first.name} if first else None


def _suits(slot: Slot, facility: Facility, part: str, weekdays: Sequence[int]) -> bool:
    local = slot.starts_at.astimezone(facility.tz)
    fits: dict[str, Callable[[time], bool]] = {
        Part.MORNING: lambda clock: clock < NOON,
        Part.AFTERNOON: lambda clock: NOON <= clock < EVENING,
        Part.EVENING: lambda clock: clock >= EVENING,
    }
    return (not weekdays or local.weekday() in weekdays) and (part not in fits or fits[part](local.time()))


def _first_of_each(slots: list[Slot]) -> list[Slot]:
    kept: dict[int, list[Slot]] = {}
    for slot in slots:
        mine = kept.setdefault(slot.practitioner.pk, [])
        if len(mine) < SHOWN:
            mine.append(slot)
    return [slot for slot in slots if slot in kept[slot.practitioner.pk]]


def _row(slot: Slot, type: AppointmentType, facility: Facility) -> Row:
    """What `appointment_book` wants, and the words of the button."""
    named = {"practitioner": slot.practitioner, "location": slot.location}
    named |= {"interpreter": slot.interpreter, "equipment": slot.equipment}
    also = [str(row) for row in (slot.location, slot.interpreter, slot.equipment) if row]
    return {name: str(row.uuid) if row else "" for name, row in named.items()} | {
        "value": slot.starts_at.isoformat(),
        "label": when_label(slot.starts_at, facility.tz),
        "also": " · ".join(also),
        "type": str(type.uuid),
    }
