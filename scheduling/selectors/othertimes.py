"""Other times that a patient may take instead, behind the link."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.models import Appointment
from scheduling.selectors.appointments import bookable_practitioners, problems
from scheduling.selectors.slots import Slot, free_slots
from staff.models import Practitioner

SHOWN = 6
WEEKS = 4  # looked at, one after the other, until enough is found
NOTICE = timedelta(hours=2)  # nobody is offered a time that begins sooner
A_WEEK_OF_SLOTS = 200  # of one practitioner


@dataclass(frozen=True)
class OtherTimes:
    """Free times with the practitioner of the appointment, and with others of the kind."""

    same: list[Slot] = field(default_factory=list)
    others: list[Slot] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.same or self.others)


def other_times(appointment: Appointment) -> OtherTimes:
    """Up to six free times for the same kind of visit, one in a morning and one in an afternoon at most.

    The practitioner of the appointment comes first; others fill up what is missing. Everybody is cleared for the
    type on that day. None where patients may not move this type themselves. Six queries a week looked at.
    """
    if not appointment.type.patient_may_move or appointment.practitioner is None:
        return OtherTimes()
    same = _spread(appointment, [appointment.practitioner], SHOWN)
    if len(same) == SHOWN:
        return OtherTimes(same)
    others = _spread(appointment, _colleagues(appointment), SHOWN - len(same), but={slot.starts_at for slot in same})
    return OtherTimes(same, others)


def slot_at(appointment: Appointment, starts_at: datetime, *, same: bool) -> Slot | None:
    """The free time of that moment with the same practitioner, or with another; None if there is none any more."""
    if not appointment.type.patient_may_move or appointment.practitioner is None:
        return None
    people = [appointment.practitioner] if same else _colleagues(appointment)
    day = starts_at.astimezone(appointment.facility.tz).date()
    found = _found(appointment, people, day, days=1)
    return next((slot for slot in found if slot.starts_at == starts_at), None)


def _colleagues(appointment: Appointment) -> list[Practitioner]:
    people = bookable_practitioners(appointment.facility, appointment.type)
    return [row for row in people if row.pk != appointment.practitioner_id]


def _spread(
    appointment: Appointment, people: list[Practitioner], number: int, but: set[datetime] | None = None
) -> list[Slot]:
    """The first so many, at most one before and one after noon of a day; the same moment once."""
    tz = appointment.facility.tz
    today = timezone.now().astimezone(tz).date()
    taken, half_days, chosen = set(but or ()), Counter[tuple[date, bool]](), list[Slot]()
    for week in range(WEEKS if people else 0):
        for slot in _found(appointment, people, today + timedelta(days=7 * week), days=7):
            local = slot.starts_at.astimezone(tz)
            half_day = (local.date(), local.hour < 12)
            if slot.starts_at in taken or half_days[half_day]:
                continue
            chosen.append(slot)
            taken.add(slot.starts_at)
            half_days[half_day] += 1
            if len(chosen) == number:
                return chosen
    return chosen


def _found(appointment: Appointment, people: list[Practitioner], from_day: date, *, days: int) -> list[Slot]:
    facility, kind = appointment.facility, appointment.type
    slots = free_slots(
        practitioners=people, type=kind, facility=facility, from_day=from_day, days=days, patient=appointment.patient,
        interpreters=[appointment.interpreter] if appointment.interpreter else [], limit=A_WEEK_OF_SLOTS,
    )  # fmt: skip
    soonest = timezone.now() + NOTICE
    return _cleared(appointment, [slot for slot in slots if slot.starts_at >= soonest])


def _cleared(appointment: Appointment, slots: list[Slot]) -> list[Slot]:
    """Those on whose day the practitioner may be booked. Who is cleared on the first and last day is so between."""
    facility, kind = appointment.facility, appointment.type
    people = list({slot.practitioner.pk: slot.practitioner for slot in slots}.values())
    days = sorted({slot.starts_at.astimezone(facility.tz).date() for slot in slots})
    refused = {day: problems(people, facility, kind, day, appointment.patient) for day in {*days[:1], *days[-1:]}}
    if any(refused.values()):
        refused = {day: problems(people, facility, kind, day, appointment.patient) for day in days}
    return [
        slot
        for slot in slots
        if slot.practitioner.pk not in refused.get(slot.starts_at.astimezone(facility.tz).date(), {})
    ]
