"""Several press the same button at once, on real connections and in real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant, Hold
from scheduling.selectors.othertimes import other_times
from tests import factories
from tests.scheduling import stage
from tests.scheduling.test_selfmove import link_to

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def together(*acts):
    """Each act in a thread with its own connection, let go together; how often each outcome was seen."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=60)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def pressing(token, number=1, **button):
    """From an address of its own, so that nobody comes too often."""
    address = reverse("link:time", args=[token])
    return lambda: Client(REMOTE_ADDR=f"10.0.0.{number}").post(address, button).status_code


@pytest.fixture
def crowd(facility, physician, visit_type, booker, room):
    """Eight people on eight days with the same physician, and their links."""
    visits = [
        stage.visit(
            factories.patient(facility), physician, visit_type, by=booker, location=room,
            starts_at=stage.at(10 + n, facility=facility),
        )
        for n in range(AT_ONCE)
    ]  # fmt: skip
    return visits, [link_to(visit) for visit in visits]


def test_eight_people_want_the_same_time(crowd):
    visits, tokens = crowd
    wanted = other_times(visits[0]).same[0].starts_at
    outcome = together(*(pressing(token, n, same=wanted.isoformat()) for n, token in enumerate(tokens)))
    assert outcome == {302: 1, 409: AT_ONCE - 1}
    hold = Hold.objects.get(released_at__isnull=True)
    outcome = together(*(pressing(token, n, take="1") for n, token in enumerate(tokens)))
    assert outcome == {302: 1, 409: AT_ONCE - 1}
    assert Appointment.objects.get(starts_at=wanted).pk == hold.appointment_id
    assert AppointmentParticipant.objects.filter(active=True, hold__isnull=False).count() == 0


def test_the_same_button_pressed_many_times_moves_once(crowd):
    visits, tokens = crowd
    wanted = other_times(visits[0]).same[0].starts_at
    pressing(tokens[0], same=wanted.isoformat())()
    outcome = together(*(pressing(tokens[0], n, take="1") for n in range(4)))
    assert outcome[302] == 1
    assert set(outcome) <= {302, 404}
    visits[0].refresh_from_db()
    assert (visits[0].starts_at, visits[0].schedule_version) == (wanted, 2)


def test_the_desk_and_the_patient_want_the_same_time(crowd, facility, booker, room):
    visits, tokens = crowd
    wanted = other_times(visits[0]).same[0].starts_at
    pressing(tokens[0], same=wanted.isoformat())()
    Hold.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    person = factories.patient(facility)

    def booking():
        try:
            services.book_appointment(
                patient=person, type=visits[0].type, practitioner=visits[0].practitioner, location=room,
                starts_at=wanted, by=booker,
            )  # fmt: skip
        except DomainError:
            return "refused"
        return "booked"

    outcome = together(pressing(tokens[0], take="1"), booking)
    assert outcome in ({302: 1, "refused": 1}, {409: 1, "booked": 1})
    assert Appointment.objects.filter(starts_at=wanted).count() == 1
