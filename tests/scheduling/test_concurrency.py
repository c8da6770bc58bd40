"""A hundred at once, on real connections and real transactions: one has the time, the others are told why not."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant, Hold
from tests import factories
from tests.conftest import signed_in
from tests.scheduling import stage

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 100


@pytest.fixture
def scene(facility):
    booker = factories.person(Role.TREATMENT, facility)
    people = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(3)]
    for person in people:
        stage.hours(person, facility)
    kind = stage.visit_type(facility, required_credential="license", buffer_minutes=10)
    stage.rule(facility)
    return booker, people, kind


def all_at_once(bookings, verb=services.book_appointment):
    """Each in a thread with its own connection, let go together; answers what became of them.

    Anything but a refusal in words, such as a deadlock, fails the test.
    """
    return Counter(status for status, _ in outcomes([(verb, wanted) for wanted in bookings]))


def outcomes(actions):
    gate = Barrier(len(actions))

    def run(action):
        verb, wanted = action
        try:
            gate.wait(timeout=60)
            made = verb(**wanted)
            return getattr(made, "status", "held"), made
        except DomainError as refusal:
            return refusal.code, refusal.message
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_a_hundred_people_and_one_slot_then_a_hundred_that_overlap(facility, scene):
    booker, (doctor, *_), kind = scene
    common = {"type": kind, "practitioner": doctor, "location": None, "by": booker}
    people = [factories.patient(facility) for _ in range(AT_ONCE)]
    for day, minutes in ((3, [0]), (4, range(0, 40, 5))):  # 30 minutes and ten of pause: each meets each other
        start = stage.at(day, facility=facility)
        times = [start + timedelta(minutes=minutes[n % len(minutes)]) for n in range(AT_ONCE)]
        wanted = [{"patient": who, "starts_at": at, **common} for who, at in zip(people, times, strict=True)]
        found = outcomes([(services.book_appointment, one) for one in wanted])
        refused = [(code, said) for code, said in found if code != "booked"]
        assert refused == [("practitioner-overlap", "Daniel Doctor0 is booked at that time.")] * (AT_ONCE - 1)
    assert Appointment.objects.count() == 2
    assert AppointmentParticipant.objects.count() == 2 * Appointment.objects.count()
    assert all(row.reminders.count() == 1 for row in Appointment.objects.all())


def test_many_browsers_and_one_slot_get_pages_and_no_error(facility, scene):
    booker, (doctor, *_), kind = scene
    room = factories.LocationFactory(facility=facility)
    cookies = signed_in(booker).cookies.output()
    typed = {
        "type": kind.uuid, "practitioner": doctor.uuid, "location": room.uuid,
        "starts_at": stage.at(3, facility=facility).isoformat(),
    }  # fmt: skip

    def post(patient):
        client = Client()
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))
        answer = client.post(reverse("scheduling:appointment_book", args=[patient.uuid]), typed)
        return SimpleNamespace(status=answer.status_code)

    found = all_at_once([{"patient": factories.patient(facility)} for _ in range(12)], post)
    assert found == {302: 1, 422: 11}


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


def test_two_machines_for_three_clinicians(facility, scene):
    """Whoever comes first takes the first, the next the second; nobody waits for what another has locked."""
    booker, doctors, kind = scene
    kind.equipment.set([stage.scanner(facility, f"Scanner {name}") for name in "AB"])
    common = {"type": kind, "location": None, "starts_at": stage.at(3, facility=facility), "by": booker}
    outcome = all_at_once(
        [{"practitioner": doctors[n % 3], "patient": factories.patient(facility), **common} for n in range(18)]
    )
    assert outcome["booked"] == 2
    assert set(outcome) <= {"booked", "location-overlap", "practitioner-overlap"}
    assert {row.equipment.name for row in Appointment.objects.all()} == {"Scanner A", "Scanner B"}


def test_an_interpreter_is_wanted_by_several_clinicians_and_is_one_of_them_elsewhere(facility, scene):
    """One and the same person as practitioner here and as interpreter there, in either order."""
    booker, (first, second, third), kind = scene
    pairs = [(first, second), (second, first), (third, second), (second, third)]
    common = {"type": kind, "location": None, "starts_at": stage.at(3, facility=facility), "by": booker}
    wanted = [
        {"practitioner": one, "interpreter": other, "patient": factories.patient(facility), **common}
        for one, other in pairs * 4
    ]
    assert all_at_once(wanted) == {"booked": 1, "practitioner-overlap": 15}


def holding(facility, scene, number, **fields):
    _, (doctor, *_), kind = scene
    usual = {"type": kind, "practitioner": doctor, "location": None, "starts_at": stage.at(3, facility=facility)}
    return [
        (
            services.hold_time,
            {**usual, "facility": facility, "by": factories.person(Role.TREATMENT, facility), **fields},
        )
        for _ in range(number)
    ]


def booking(facility, scene, number, **fields):
    booker, (doctor, *_), kind = scene
    usual = {"type": kind, "practitioner": doctor, "location": None, "starts_at": stage.at(3, facility=facility)}
    return [
        (services.book_appointment, {**usual, "patient": factories.patient(facility), "by": booker, **fields})
        for _ in range(number)
    ]


def test_holds_and_bookings_race_for_one_time(facility, scene):
    found = outcomes(holding(facility, scene, 12) + booking(facility, scene, 12))
    won = [status for status, _ in found if status in {"held", "booked"}]
    assert len(won) == 1
    assert {code for code, _ in found} - set(won) == {"practitioner-overlap"}
    assert AppointmentParticipant.objects.filter(active=True, practitioner__isnull=False).count() == 1


def test_whoever_holds_the_time_gets_it_whoever_else_comes(facility, scene):
    (verb, wanted), *_ = holding(facility, scene, 1)
    hold = verb(**wanted)
    mine = booking(facility, scene, 1, by=hold.held_by, hold=hold)
    found = outcomes(mine + booking(facility, scene, 15))
    assert [status for status, _ in found] == ["booked"] + ["practitioner-overlap"] * 15


def test_an_expired_hold_is_let_go_once_by_the_first_of_many(facility, scene):
    (verb, wanted), *_ = holding(facility, scene, 1, minutes=-1)
    hold = verb(**wanted)
    found = outcomes(booking(facility, scene, 12) + holding(facility, scene, 4))
    assert len([1 for status, _ in found if status in {"held", "booked"}]) == 1
    assert hold.history.filter(history_change_reason="hold-expired").count() == 1


def test_who_holds_many_times_at_once_keeps_one(facility, scene):
    by = factories.person(Role.TREATMENT, facility)
    start = stage.at(3, 8, facility=facility)
    wanted = [holding(facility, scene, 1, by=by, starts_at=start + timedelta(minutes=40 * n))[0] for n in range(10)]
    assert Counter(status for status, _ in outcomes(wanted)) == {"held": 10}
    assert Hold.objects.filter(released_at__isnull=True).count() == 1
    assert AppointmentParticipant.objects.filter(active=True).count() == 1
