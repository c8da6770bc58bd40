"""What is offered from the waitlist is answered behind the link."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from scheduling import services
from scheduling.models import WaitlistEntry
from tests.scheduling import stage
from tests.scheduling.test_selfmove import link_to, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return Client(enforce_csrf_checks=True)


def offered(patient, physician, type, room, booker):
    """A time of the waitlist that the person may take."""
    entry = services.add_to_waitlist(entry=WaitlistEntry(facility=type.facility, patient=patient, type=type), by=booker)
    starts_at = stage.at(5, facility=type.facility)
    return services.offer_time(entry=entry, practitioner=physician, location=room, starts_at=starts_at, by=booker)


def test_a_proposed_time_is_taken_or_left_behind_its_link(
    person, physician, patient, episode, visit_type, room, booker
):
    offer = offered(patient, physician, visit_type, room, booker)
    token = link_to(offer.appointment)
    page = person.get(url(token)).content.decode()
    assert "We keep this time for you until" in page
    assert person.get(url(token, "calendar")).status_code == 404
    assert person.post(url(token), {"answer": "accepted"}).status_code == 422
    assert person.post(url(token), {"take": "1"})["Location"] == url(token) + "#said"
    offer.refresh_from_db()
    assert (offer.status, offer.appointment.status, offer.appointment.reply) == ("accepted", "booked", "accepted")
    assert "You have confirmed" in person.get(url(token)).content.decode()


def test_a_proposed_time_not_wanted_goes_to_the_next(person, physician, patient, visit_type, room, booker):
    offer = offered(patient, physician, visit_type, room, booker)
    token = link_to(offer.appointment)
    assert "goes to somebody else" in person.post(url(token), {"no": "1"}).content.decode()
    offer.refresh_from_db()
    assert offer.status == "declined"
    assert person.get(url(token)).content == person.get(url("x" * 32)).content


def test_a_proposed_time_is_kept_no_longer_than_said(person, physician, patient, visit_type, room, booker):
    offer = offered(patient, physician, visit_type, room, booker)
    token = link_to(offer.appointment)
    with time_machine.travel(offer.expires_at + timedelta(seconds=1)):
        for page in (person.get(url(token)), person.post(url(token), {"take": "1"})):
            assert page.status_code == 404
