"""The waitlist's screens."""

import re
from datetime import datetime, time

import pytest
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from patients.services import add_care_team_member
from scheduling import services
from scheduling.models import WaitlistEntry, WaitlistOffer
from tests import factories
from tests.scheduling import stage, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


@pytest.fixture
def entry(facility, visit_type, booker, patient):
    return waiting.entry(facility, visit_type, by=booker, patient=patient)


@pytest.fixture
def offer(entry, physician, room, facility, booker):
    return services.offer_time(
        entry=entry, practitioner=physician, location=room, starts_at=stage.at(3, facility=facility), by=booker
    )


def url(name, *args):
    return reverse(f"scheduling:{name}", args=args)


def page(client, name, *args, **query):
    answer = client.get(url(name, *args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_an_empty_list_says_how_somebody_gets_on_it(desk, facility):
    text = page(desk, "waitlist_list")
    assert "The waitlist is empty" in text
    assert AccessEvent.objects.filter(target="scheduling:waitlist_list", action="list").exists()


def test_the_list_shows_order_why_wishes_and_the_offer(desk, entry, offer, facility, visit_type, booker):
    waiting.entry(facility, visit_type, by=booker, urgency=1, weekdays=[0, 2], note="Works nights",
                  patient=factories.patient(facility, family_name="Quick"))  # fmt: skip
    text = page(desk, "waitlist_list")
    assert text.index("Quick") < text.index("Rivera, Marisol")
    for words in ("At once", "Mon, Wed", "Works nights", "4 h notice", "Offer a time", "Answer", "Take off", "until"):
        assert words in text, words


def test_it_is_reached_from_where_one_notices_that_nothing_fits(desk, patient, visit):
    assert url("waitlist_person", patient.uuid) in page(desk, "appointment_list", patient.uuid)
    assert url("waitlist_add", patient.uuid) + "?type=" in page(desk, "slot_list", patient.uuid)
    earlier = f"{url('waitlist_add', patient.uuid)}?appointment={visit.uuid}"
    assert earlier in page(desk, "appointment_detail", patient.uuid, visit.uuid)
    assert "stays until an earlier time is accepted" in desk.get(earlier).content.decode()


def test_adding_and_what_is_refused_beside_its_field(desk, patient, visit_type):
    sent = {"type": visit_type.uuid, "urgency": 2, "notice_hours": 24, "weekdays": [1, 3], "from_time": "09:00"}
    answer = desk.post(
        url("waitlist_add", patient.uuid), sent | {"earliest_on": "2030-02-02", "latest_on": "2030-02-01"}
    )
    assert answer.status_code == 422
    assert "before the first" in answer.content.decode()
    assert desk.post(url("waitlist_add", patient.uuid), sent)["Location"] == url("waitlist_person", patient.uuid)
    entry = WaitlistEntry.objects.get()
    assert (entry.urgency, entry.weekdays, entry.notice_hours, entry.practitioner) == (2, [1, 3], 24, None)
    again = desk.post(url("waitlist_add", patient.uuid), sent)
    assert "on the waitlist for this already" in again.content.decode()
    assert desk.post(url("waitlist_add", patient.uuid), {}).status_code == 422


def test_an_earlier_time_is_wished_for_one_appointment(desk, patient, visit):
    address = f"{url('waitlist_add', patient.uuid)}?appointment={visit.uuid}"
    desk.post(address, {"urgency": 3, "notice_hours": 4})
    entry = WaitlistEntry.objects.get()
    assert (entry.appointment, entry.type) == (visit, visit.type)
    for wrong in ("nonsense", patient.uuid):
        assert "Would come earlier" not in page(desk, "waitlist_add", patient.uuid, appointment=wrong)


def test_changing_sees_who_saved_first(desk, entry, patient, booker):
    form = page(desk, "waitlist_change", patient.uuid, entry.uuid)
    assert 'name="version"' in form
    sent = {"urgency": 1, "notice_hours": 4, "version": 1}
    assert desk.post(url("waitlist_change", patient.uuid, entry.uuid), sent).status_code == 302
    assert desk.post(url("waitlist_change", patient.uuid, entry.uuid), sent).status_code == 409
    entry.refresh_from_db()
    assert (entry.urgency, entry.version) == (1, 2)


def test_a_free_time_is_offered_from_its_button(desk, entry, patient, physician, room):
    text = page(desk, "waitlist_offer", patient.uuid, entry.uuid)
    value = text.split('name="starts_at" value="')[1].split('"')[0].replace("&#x2B;", "+")
    sent = {"starts_at": value, "practitioner": physician.uuid, "location": room.uuid}
    assert desk.post(url("waitlist_offer", patient.uuid, entry.uuid), sent).status_code == 302
    assert WaitlistOffer.objects.get().appointment.status == "proposed"
    again = desk.post(url("waitlist_offer", patient.uuid, entry.uuid), sent)
    assert again.status_code == 422
    assert "Not saved yet" in again.content.decode()


def test_free_times_that_meet_the_wishes_come_first(desk, entry, patient, physician, room, facility):
    WaitlistEntry.objects.filter(pk=entry.pk).update(weekdays=[1, 4], from_time=time(9), until_time=time(10, 15))
    text = page(desk, "waitlist_offer", patient.uuid, entry.uuid)
    values = re.findall(r'name="starts_at" value="([^"]+)"', text.replace("&#x2B;", "+"))
    local = [datetime.fromisoformat(value).astimezone(facility.tz) for value in values]
    assert len(local) == 6
    assert {moment.weekday() for moment in local} <= {1, 4}
    assert {f"{moment:%H:%M}" for moment in local} <= {"09:00", "09:15", "09:30", "09:45"}
    WaitlistEntry.objects.filter(pk=entry.pk).update(until_time=time(9, 15))
    assert "ask the person before" in page(desk, "waitlist_offer", patient.uuid, entry.uuid)


@pytest.mark.parametrize(("answer", "status"), [("accepted", "booked"), ("declined", "cancelled")])
def test_what_is_said_on_the_telephone(desk, offer, patient, answer, status):
    text = page(desk, "waitlist_person", patient.uuid)
    assert "Accepted on the telephone" in text
    assert "Chosen by hand" in text
    desk.post(url("waitlist_answer", patient.uuid, offer.uuid), {"answer": answer})
    offer.refresh_from_db()
    offer.appointment.refresh_from_db()
    assert (offer.status, offer.appointment.status) == (answer, status)
    assert desk.post(url("waitlist_answer", patient.uuid, offer.uuid), {"answer": "maybe"}).status_code == 422


def test_taking_back_and_taking_off(desk, offer, patient, entry):
    desk.post(url("waitlist_answer", patient.uuid, offer.uuid), {"answer": "withdrawn"})
    desk.post(url("waitlist_remove", patient.uuid, entry.uuid), {"reason": "Moved away"})
    text = page(desk, "waitlist_person", patient.uuid)
    for words in ("Withdrawn", "Taken off", "Moved away"):
        assert words in text


def test_entries_of_another_person_are_not_found(desk, entry, offer, facility):
    other = factories.patient(facility)
    assert desk.get(url("waitlist_change", other.uuid, entry.uuid)).status_code == 404
    assert desk.post(url("waitlist_answer", other.uuid, offer.uuid), {"answer": "accepted"}).status_code == 404


def test_a_care_coordinator_sees_those_of_the_team_alone(entry, facility, sign_in):
    coordinator = factories.person(Role.PATIENT_CARE, facility)
    assert "The waitlist is empty" in page(sign_in(coordinator), "waitlist_list")
    add_care_team_member(
        patient=entry.patient, user=coordinator, facility=facility, role="patient-care", by=coordinator
    )
    assert "Rivera, Marisol" in page(sign_in(coordinator), "waitlist_list")


def test_what_can_never_be_met_is_marked(desk, entry, facility):
    WaitlistEntry.objects.filter(pk=entry.pk).update(latest_on=stage.at(-1, facility=facility).date())
    assert "The last day wished for is past" in page(desk, "waitlist_list")


def test_the_list_costs_the_same_queries_at_10_and_at_200_rows(facility, booker, desk, django_assert_num_queries):
    kind, client = stage.visit_type(facility), desk
    doctor, room = factories.practitioner(facility), factories.LocationFactory(facility=facility)
    stage.hours(doctor, facility)
    client.get(url("waitlist_list"))  # begins the session
    for number in (10, 200):
        have = WaitlistEntry.objects.count()
        people = [factories.patient(facility) for _ in range(number - have)]
        entries = [WaitlistEntry(patient=person, facility=facility, type=kind) for person in people]
        WaitlistEntry.objects.bulk_create(entries)
        services.offer_time(entry=entries[0], practitioner=doctor, location=room,
                            starts_at=stage.at(2, 8 + number // 100, facility=facility), by=booker)  # fmt: skip
        with django_assert_num_queries(9):
            text = page(client, "waitlist_list")
        assert text.count('<th scope="row">') == number


def test_a_persons_page_costs_the_same_however_many_offers(desk, entry, patient, offer, django_assert_num_queries):
    page(desk, "waitlist_person", patient.uuid)
    with django_assert_num_queries(15):
        page(desk, "waitlist_person", patient.uuid)
    services.decline_offer(offer=offer, via="phone", by=None)
    with django_assert_num_queries(15):
        page(desk, "waitlist_person", patient.uuid)
