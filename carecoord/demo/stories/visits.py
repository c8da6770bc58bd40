"""A story's visits: booked, answered, kept or missed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.roles import Role
from carecoord.demo.stories.life import Life
from core.times import day_of
from episodes import services as episodes
from patients import services as patients
from scheduling import services as scheduling
from scheduling.models import AppointmentType
from scheduling.selectors import free_slots
from staff.models import Practitioner


def book(life: Life) -> None:
    slot = _slot(life, life.house.types["physician-visit"], [life.physician])
    life.visit = scheduling.book_appointment(
        patient=life.patient,
        type=life.house.types["physician-visit"],
        practitioner=slot.practitioner,
        location=slot.location,
        starts_at=slot.starts_at,
        by=life.treatment,
    )


def _slot(life: Life, kind: AppointmentType, practitioners: list[Practitioner]) -> Any:
    """One of the first free times of whoever is cleared: somebody's license has lapsed.

    The last one before `visit_by`, for a visit that is over by then.
    """
    over = life.visit_by
    from_day = day_of(over - timedelta(days=4) if over else timezone.now(), life.facility.tz)
    everyone = practitioners + [row for row in life.house.practitioners if row.kind == kind.practitioner_kind]
    for practitioner in everyone:
        slots = free_slots(
            practitioners=[practitioner], type=kind, facility=life.facility, from_day=from_day, days=14,
            patient=life.patient, limit=200 if over else 12,
        )  # fmt: skip
        slots = [slot for slot in slots if slot.ends_at <= over] if over else slots
        if slots and practitioner.credentials.filter(kind="license", expires_on__gte=slots[-1].starts_at).exists():
            return slots[-1] if over else life.random.choice(slots)
    raise LookupError("nobody is free in two weeks")


def answer(life: Life) -> None:
    replies = ["accepted", "accepted", "accepted", "declined", "tentative"]
    _answer(life, life.random.choice(replies))


def confirm(life: Life) -> None:
    _answer(life, "accepted")


def _answer(life: Life, reply: str) -> None:
    via = "link" if life.by_mail else "phone"
    by = None if life.by_mail else life.treatment
    scheduling.record_answer(appointment=life.visit, reply=reply, via=via, by=by)


def attend(life: Life) -> None:
    for status in ("arrived", "checked-in", "fulfilled"):
        scheduling.set_status(appointment=life.visit, status=status, by=life.treatment)
    note = patients.draft_note(patient=life.patient, text="Came on time. Doing well on the dose.", by=life.doctor)
    patients.sign_note(note=note, by=life.doctor)


def hand_to_activities(life: Life) -> None:
    episodes.send_handoff(
        episode=life.episode,
        from_role=Role.TREATMENT,
        to_role=Role.ACTIVITIES,
        next_step="Find a program that fits",
        by=life.treatment,
    )


def miss(life: Life) -> None:
    scheduling.set_status(appointment=life.visit, status="noshow", by=life.treatment)
