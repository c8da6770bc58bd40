"""Offers answered, expired and made at the same moment, on real connections and real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant, FreedTime, WaitlistEntry, WaitlistOffer
from tests import factories
from tests.scheduling import stage, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(facility):
    booker = factories.person(Role.TREATMENT, facility)
    doctor = factories.practitioner(facility)
    stage.hours(doctor, facility)
    return booker, doctor, stage.visit_type(facility), factories.LocationFactory(facility=facility)


def at_once(calls):
    """Each call in a thread with its own connection, let go together; answers what became of them."""
    gate = Barrier(len(calls))

    def run(call):
        try:
            gate.wait(timeout=60)
            call()
            return "done"
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def offered(facility, scene, days, **wishes):
    """An open offer of a time in so many days."""
    booker, doctor, kind, room = scene
    entry = waiting.entry(facility, kind, by=booker, **wishes)
    starts_at = stage.at(days, facility=facility)
    return services.offer_time(entry=entry, practitioner=doctor, location=room, starts_at=starts_at, by=booker)


def test_accepting_twenty_times_books_once(facility, scene):
    booker, doctor, kind, room = scene
    later = stage.visit(
        factories.patient(facility), doctor, kind, by=booker, starts_at=stage.at(9, facility=facility), location=room
    )
    offer = offered(facility, scene, 3, patient=later.patient, appointment=later)
    accept = partial(services.accept_offer, offer=offer, via="link", by=None)
    assert at_once([accept] * 20) == {"done": 20}
    assert offer.appointment.responses.count() == 1
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["booked", "cancelled"]
    assert FreedTime.objects.filter(status="open").count() == 1


def test_an_answer_and_the_end_leave_one_outcome(facility, scene):
    """The link accepts while the worker ends the offer, the staff declines, and another takes the person off."""
    booker, *_ = scene
    for days in range(3, 9):
        offer = offered(facility, scene, days)
        WaitlistOffer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() + timedelta(milliseconds=40))
        calls = [
            partial(services.accept_offer, offer=offer, via="link", by=None),
            services.offer_freed_times,
            partial(services.decline_offer, offer=offer, via="phone", by=booker),
            services.offer_freed_times,
            partial(services.remove_entry, entry=offer.entry, reason="Moved", by=booker),
        ]
        outcome = at_once(calls)
        assert set(outcome) <= {"done", "ended", "closed"}
        settle(offer)
        assert_consistent(offer)


def settle(offer):
    """Whatever is still open runs out now."""
    WaitlistOffer.objects.filter(pk=offer.pk, status="offered").update(expires_at=timezone.now())
    services.offer_freed_times()
    offer.refresh_from_db()


def assert_consistent(offer):
    visit = Appointment.objects.get(pk=offer.appointment_id)
    entry = WaitlistEntry.objects.get(pk=offer.entry_id)
    guarded = AppointmentParticipant.objects.filter(appointment=visit, active=True).count()
    if offer.status == "accepted":
        assert (visit.status, entry.status, guarded) == ("booked", "booked", 3)
    else:
        assert offer.status in {"declined", "expired", "withdrawn"}
        assert (visit.status, guarded) == ("cancelled", 0)
        assert entry.status in {"waiting", "removed"}
    WaitlistEntry.objects.filter(pk=entry.pk, status="waiting").update(status="removed", closed_at=timezone.now())


def test_ten_workers_offer_each_time_once_and_each_person_one(facility, scene):
    booker, doctor, kind, room = scene
    for _ in range(4):
        waiting.entry(facility, kind, by=booker)
    for days in range(3, 9):
        waiting.free_time(doctor, facility, stage.at(days, facility=facility), location=room)
    assert at_once([services.offer_freed_times] * 10) == {"done": 10}
    services.offer_freed_times()
    offers = WaitlistOffer.objects.filter(status="offered")
    assert offers.count() == 4
    assert offers.values("entry").distinct().count() == 4
    assert offers.values("freed_time").distinct().count() == 4
    assert Appointment.objects.filter(status="proposed").count() == 4


def test_two_workers_end_an_offer_once(facility, scene):
    offer = offered(facility, scene, 3)
    WaitlistOffer.objects.filter(pk=offer.pk).update(expires_at=timezone.now())
    assert at_once([services.offer_freed_times] * 6) == {"done": 6}
    assert offer.history.filter(status="expired").count() == 1
