"""Who may be put on the waitlist, and which times are owed to it."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from core.errors import Conflict, DomainError
from patients import services as patients
from scheduling import services
from scheduling.models import FreedTime, WaitlistEntry
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def wish(patient, facility, visit_type):
    """An entry not yet on the list."""
    return WaitlistEntry(patient=patient, facility=facility, type=visit_type)


def refusal(call, **arguments):
    with pytest.raises(DomainError) as error:
        call(**arguments)
    return error.value


def test_a_person_waits_once_for_a_kind(wish, booker, episode, patient, facility, visit_type):
    entry = services.add_to_waitlist(entry=wish, by=booker)
    assert (entry.status, entry.episode, entry.history.first().history_user) == ("waiting", episode, booker)
    again = WaitlistEntry(patient=patient, facility=facility, type=visit_type)
    assert "on the waitlist" in refusal(services.add_to_waitlist, entry=again, by=booker).message


def test_who_cannot_be_booked_cannot_wait(wish, booker, facility, other_facility, patient):
    wish.facility = other_facility
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).code == "facility"
    wish.facility = facility
    wish.type = stage.visit_type(facility, code="group", is_group=True)
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).code == "group"
    patients.mark_deceased(patient=patient, at=timezone.now(), by=booker)
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).code == "deceased"


def test_only_a_coming_appointment_of_the_same_kind_can_be_replaced(wish, visit, booker, facility):
    other = factories.patient(facility)
    wish.appointment, wish.patient = visit, other
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).code == "appointment"
    wish.patient = visit.patient
    services.cancel_appointment(appointment=visit, reason="Ill", by=booker)
    visit.refresh_from_db()
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).code == "over"


@pytest.mark.parametrize(
    ("field", "wishes"),
    [
        ("latest_on", {"latest_on": -1}),
        ("latest_on", {"earliest_on": 5, "latest_on": 3}),
        ("until_time", {"from_time": time(14), "until_time": time(9)}),
        ("practitioner", {"practitioner": "counselor"}),
    ],
)
def test_wishes_that_nothing_can_meet_are_refused_at_their_field(wish, booker, facility, field, wishes):
    for name, value in wishes.items():
        if name.endswith("_on"):
            value = timezone.localdate(timezone=facility.tz) + timedelta(days=value)
        if name == "practitioner":
            value = factories.practitioner(facility, kind=value)
        setattr(wish, name, value)
    assert refusal(services.add_to_waitlist, entry=wish, by=booker).field == field


def test_a_change_keeps_the_place_and_sees_who_saved_first(wish, booker):
    entry = services.add_to_waitlist(entry=wish, by=booker)
    asked_at = entry.asked_at
    entry.notice_hours = 24
    changed = services.change_entry(entry=entry, expected_version=1, by=booker)
    assert (changed.asked_at, changed.notice_hours, changed.version) == (asked_at, 24, 2)
    with pytest.raises(Conflict):
        services.change_entry(entry=entry, expected_version=1, by=booker)


def owe(visit, **changes):
    times = {"practitioner": visit.practitioner, "location": visit.location}
    times |= {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
    services.owe_freed_time(appointment=visit, **(times | changes))
    return FreedTime.objects.count()


def test_a_time_is_owed_if_somebody_could_still_come(visit):
    now = timezone.now()
    assert owe(visit, starts_at=now + timedelta(minutes=59)) == 0
    assert owe(visit, practitioner=None) == 0
    visit.patient, person = None, visit.patient
    assert owe(visit) == 0
    visit.patient = person
    assert owe(visit) == 1
    freed = FreedTime.objects.get()
    assert (freed.freed_by, freed.status, freed.location) == (visit, "open", visit.location)


def test_who_is_booked_for_the_kind_waits_no_longer(wish, booker, visit, patient, facility, visit_type):
    entry = services.add_to_waitlist(entry=wish, by=booker)
    services.close_met_wishes(appointment=visit, by=booker)
    entry.refresh_from_db()
    assert (entry.status, entry.closed_reason) == ("booked", "Booked")
    earlier = WaitlistEntry(patient=patient, facility=facility, type=visit_type, appointment=visit)
    earlier = services.add_to_waitlist(entry=earlier, by=booker)
    services.close_met_wishes(appointment=visit, by=None)
    earlier.refresh_from_db()
    assert earlier.status == "waiting"
