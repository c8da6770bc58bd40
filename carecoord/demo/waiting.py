"""Who waits for a time or an earlier one, an offer that was declined and one that is open; and a calendar feed."""

from datetime import datetime, time, timedelta
from typing import Any

import time_machine

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.stories import Life
from core.errors import DomainError
from core.times import today
from scheduling import services as scheduling
from scheduling.models import Appointment, WaitlistEntry
from scheduling.selectors import bookable_practitioners, free_slots

# Kind, days of waiting, and what is wished.
WISHES: list[tuple[str, float, dict[str, Any]]] = [
    ("counseling", 16, {"weekdays": [1, 3], "from_time": time(16), "note": "Works until four"}),
    ("counseling", 9, {"urgency": WaitlistEntry.Urgency.URGENT, "notice_hours": 24}),
    ("counseling", 9.2, {"until_time": time(12)}),
    ("video", 5, {"weekdays": [0, 2, 4], "notice_hours": 2}),
    ("video", 2, {"urgency": WaitlistEntry.Urgency.STAT}),
    ("assessment", 4, {"notice_hours": 48}),
]
EARLIER = 3


def put_on_waitlist(house: House, lives: list[Life], now: datetime) -> None:
    """People in care who wait, some who would come earlier, two offers; and a feed of a physician."""
    by = house.staff[Role.TREATMENT][0]
    in_care = [life for life in lives[:-1] if life.patient.episodes.open().exists()]
    waiting = []
    for wish in WISHES:
        begun = now - timedelta(days=wish[1])
        life = next((life for life in in_care[::-1] if life.patient.created_at < begun), None)
        if life:
            in_care.remove(life)
            waiting.append(_wait(house, life, wish, now))
    booked = [life for life in in_care if getattr(life, "visit", None) and _is_ahead(life.visit, now)]
    for n, life in enumerate(sorted(booked, key=lambda life: life.visit.starts_at)[-EARLIER:]):
        _wait(house, life, ("physician-visit", 0.01 * n, {"appointment": life.visit, "notice_hours": 2}), now)
    for entry, hours, declined in zip(waiting, (30, 0.5), (True, False), strict=False):
        with time_machine.travel(now - timedelta(hours=hours), tick=False):
            _offer(entry, declined, by)
    doctor = house.physicians[0].user
    if doctor:
        with time_machine.travel(now - timedelta(days=20), tick=False):
            scheduling.create_feed(detail="type", label="My phone", by=doctor)


def _is_ahead(visit: Appointment, now: datetime) -> bool:
    visit.refresh_from_db()
    return visit.status == Appointment.Status.BOOKED and visit.starts_at > now + timedelta(hours=20)


def _wait(house: House, life: Life, wish: tuple[str, float, dict[str, Any]], now: datetime) -> WaitlistEntry:
    kind, days, wishes = wish
    entry = WaitlistEntry(patient=life.patient, facility=house.facility, type=house.types[kind], **wishes)
    with time_machine.travel(now - timedelta(days=days), tick=False):
        entry.asked_at = datetime.now(tz=house.facility.tz)
        return scheduling.add_to_waitlist(entry=entry, by=house.someone(Role.TREATMENT))


def _offer(entry: WaitlistEntry, declined: bool, by: User) -> None:
    """Of the first free time some days on, by hand; nothing if nobody is free."""
    facility = entry.facility
    kind, soonest = entry.type, today(facility.tz) + timedelta(days=3)
    slots = free_slots(
        practitioners=bookable_practitioners(facility, kind), type=kind, facility=facility, from_day=soonest, days=14,
        patient=entry.patient, limit=1,
    )  # fmt: skip
    for slot in slots:
        try:
            offer = scheduling.offer_time(
                entry=entry, practitioner=slot.practitioner, location=slot.location, starts_at=slot.starts_at, by=by
            )
        except DomainError:
            continue  # whoever is not cleared
        if declined:
            scheduling.decline_offer(offer=offer, via="phone", by=by)
        return
