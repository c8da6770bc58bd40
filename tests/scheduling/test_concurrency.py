"""Fifty at once, on real connections and real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.roles import Role
from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


@pytest.fixture
def scene(facility):
    booker = factories.person(Role.TREATMENT, facility)
    people = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(3)]
    for person in people:
        stage.hours(person, facility)
    kind = stage.visit_type(facility, required_credential="license", buffer_minutes=10)
    stage.rule(facility)
    return booker, people, kind


def all_at_once(bookings):
    """Each booking in a thread with its own connection, let go together; answers what became of them."""
    gate = Barrier(len(bookings))

    def run(wanted):
        try:
            gate.wait(timeout=60)
            return services.book_appointment(**wanted).status
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bookings)) as pool:
        return Counter(pool.map(run, bookings))


def test_fifty_people_and_one_slot(facility, scene):
    booker, (doctor, *_), kind = scene
    start = stage.at(3, facility=facility)
    common = {"type": kind, "practitioner": doctor, "location": None, "by": booker}
    people = [factories.patient(facility) for _ in range(AT_ONCE)]
    # Not all the same minute: they overlap all the same.
    wanted = [
        {"patient": person, "starts_at": start + timedelta(minutes=n % 3 * 10), **common}
        for n, person in enumerate(people)
    ]
    assert all_at_once(wanted) == {"booked": 1, "practitioner-overlap": AT_ONCE - 1}
    assert Appointment.objects.count() == 1
    assert AppointmentParticipant.objects.count() == 2
    assert Appointment.objects.get().reminders.count() == 1


def test_one_person_wanted_by_several_practitioners(facility, scene):
    booker, doctors, kind = scene
    person, start = factories.patient(facility), stage.at(3, facility=facility)
    common = {"patient": person, "type": kind, "location": None, "starts_at": start, "by": booker}
    outcome = all_at_once([{"practitioner": doctors[n % 3], **common} for n in range(12)])
    assert outcome["booked"] == 1
    assert set(outcome) == {"booked", "patient-overlap", "practitioner-overlap"}


def test_one_room_wanted_by_several_practitioners(facility, scene):
    booker, doctors, kind = scene
    room, start = factories.LocationFactory(facility=facility), stage.at(3, facility=facility)
    common = {"type": kind, "location": room, "starts_at": start, "by": booker}
    outcome = all_at_once(
        [{"practitioner": doctors[n % 3], "patient": factories.patient(facility), **common} for n in range(12)]
    )
    assert outcome["booked"] == 1
    assert set(outcome) == {"booked", "location-overlap", "practitioner-overlap"}


def test_different_times_are_all_booked(facility, scene):
    booker, (doctor, *_), kind = scene
    start = stage.at(3, 8, facility=facility)
    common = {"type": kind, "practitioner": doctor, "location": None, "by": booker}
    wanted = [
        {"patient": factories.patient(facility), "starts_at": start + timedelta(minutes=40 * n), **common}
        for n in range(12)
    ]
    assert all_at_once(wanted) == {"booked": 12}
