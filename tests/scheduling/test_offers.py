"""A time that comes free is offered by the rule, one person at a time, until somebody takes it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import Task
from patients import services as patients
from scheduling import links, services
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse, FreedTime, Reminder, WaitlistOffer
from tests import factories
from tests.scheduling import stage, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning(facility):
    """A Wednesday, 09:00 on the facility's clock."""
    with time_machine.travel(datetime(2026, 6, 10, 9, tzinfo=facility.tz), tick=False) as clock:
        yield clock


@pytest.fixture
def kind(facility):
    """A visit that asks for nothing but a physician with a license."""
    return stage.visit_type(facility, code="waits", practitioner_kind="physician", required_credential="license")


@pytest.fixture
def freed(physician, facility, room):
    """In two days at 14:00."""
    return waiting.free_time(physician, facility, stage.at(2, facility=facility), location=room)


def visit_in(days, physician, kind, booker, **fields):
    """Somebody's visit at 14:00 in so many days."""
    starts_at = stage.at(days, facility=kind.facility)
    return stage.visit(factories.patient(kind.facility), physician, kind, by=booker, starts_at=starts_at, **fields)


def open_offer():
    return WaitlistOffer.objects.get(status="offered")


def drained():
    """What the worker did, without what it did nothing about."""
    return {key: number for key, number in services.offer_freed_times().items() if number}


def test_the_first_by_the_rule_gets_a_proposal_and_a_message(freed, kind, facility, booker, physician, room):
    waiting.entry(facility, kind, by=booker)
    urgent = waiting.entry(facility, kind, by=booker, urgency=2, patient=waiting.consenting(
        factories.patient(facility), facility
    ))  # fmt: skip
    assert drained() == {"offered": 1}
    offer = open_offer()
    visit = offer.appointment
    assert (offer.entry, visit.patient, visit.status) == (urgent, urgent.patient, "proposed")
    assert (visit.practitioner, visit.location, visit.starts_at) == (physician, room, freed.starts_at)
    assert offer.why == "Urgent, waiting 1 min"
    assert offer.expires_at == timezone.now() + timedelta(hours=4)
    message = Reminder.objects.get()
    assert (message.purpose, message.send_at, message.appointment) == ("offer", timezone.now(), visit)
    assert not Task.objects.filter(kind="waitlist-offer").exists()
    assert drained() == {}


def test_who_may_not_be_written_to_is_called(freed, kind, facility, booker):
    entry = waiting.entry(facility, kind, by=booker)
    drained()
    task = Task.objects.get(kind="waitlist-offer")
    assert (task.patient, task.owner_role, task.due_at) == (entry.patient, "treatment", open_offer().expires_at)
    assert task.focus.get_absolute_url().endswith("/waitlist/")
    assert not Reminder.objects.exists()


def test_a_message_that_did_not_go_becomes_one_call(freed, kind, facility, booker):
    waiting.entry(facility, kind, by=booker, patient=waiting.consenting(factories.patient(facility), facility))
    drained()
    Reminder.objects.update(status="skipped", code="suspended")
    assert drained() == {"to-call": 1}
    episodes.close_task(task=Task.objects.get(), by=booker, outcome="Left no message")
    assert drained() == {}


def test_accepting_books_confirms_and_closes(freed, kind, facility, booker):
    stage.rule(facility)
    entry = waiting.entry(facility, kind, by=booker)
    drained()
    visit = services.accept_offer(offer=open_offer(), via="phone", by=booker)
    entry.refresh_from_db()
    freed.refresh_from_db()
    assert (visit.status, visit.reply, entry.status, freed.status) == ("booked", "accepted", "booked", "taken")
    assert visit.reminders.filter(status="due", purpose="reminder").count() == 1
    assert Task.objects.get(kind="waitlist-offer").status == "completed"
    assert AppointmentResponse.objects.get().via == "phone"
    assert services.accept_offer(offer=WaitlistOffer.objects.get(), via="phone", by=booker) == visit
    assert AppointmentResponse.objects.count() == 1
    assert drained() == {}


def test_accepting_by_the_link_needs_no_user(freed, kind, facility, booker, physician):
    later = visit_in(9, physician, kind, booker)
    waiting.entry(facility, kind, by=booker, patient=later.patient, appointment=later)
    drained()
    visit = services.accept_offer(offer=open_offer(), via="link", by=None)
    assert visit.history.first().history_user is None
    later.refresh_from_db()
    assert (later.status, later.cancel_reason) == ("cancelled", "Took an earlier time")


def test_an_earlier_time_frees_the_later_one_for_the_next(freed, kind, facility, booker, physician, room):
    later = visit_in(9, physician, kind, booker, location=room)
    mover = waiting.entry(facility, kind, by=booker, patient=later.patient, appointment=later)
    other = waiting.entry(facility, kind, by=booker)
    drained()
    assert open_offer().entry == mover
    services.accept_offer(offer=open_offer(), via="phone", by=booker)
    assert FreedTime.objects.get(status="open").freed_by == later
    assert drained() == {"offered": 1}
    assert (open_offer().entry, open_offer().appointment.starts_at) == (other, later.starts_at)


@pytest.mark.parametrize("how", ["declined", "expired", "withdrawn", "removed"])
def test_what_is_not_taken_goes_to_the_next_and_then_to_nobody(freed, kind, facility, booker, morning, how):
    first, second = (waiting.entry(facility, kind, by=booker) for _ in range(2))
    drained()
    offer = open_offer()
    assert offer.entry == first
    if how == "declined":
        services.decline_offer(offer=offer, via="link", by=None)
    if how == "expired":
        morning.shift(timedelta(hours=4))
    if how == "withdrawn":
        services.withdraw_offer(offer=offer, by=booker)
    if how == "removed":
        services.remove_entry(entry=first, reason="Moved away", by=booker)
    drained()
    offer.refresh_from_db()
    assert offer.status == ("withdrawn" if how == "removed" else how)
    assert Appointment.objects.get(pk=offer.appointment_id).status == "cancelled"
    assert open_offer().entry == second
    services.decline_offer(offer=open_offer(), via="phone", by=booker)
    assert drained() == {"over": 1}
    freed.refresh_from_db()
    first.refresh_from_db()
    assert freed.status == "over"
    assert first.status == ("removed" if how == "removed" else "waiting")


def test_an_answer_after_the_end_is_refused(freed, kind, facility, booker, morning):
    waiting.entry(facility, kind, by=booker)
    drained()
    offer = open_offer()
    morning.shift(timedelta(hours=4))
    for answer in (services.accept_offer, services.decline_offer):
        with pytest.raises(DomainError, match="has ended"):
            answer(offer=offer, via="link", by=None)
    assert Appointment.objects.get().status == "proposed"


def test_the_time_of_a_cancelled_visit_goes_to_who_waits_not_back(kind, facility, booker, physician, room):
    visit = stage.visit(
        factories.patient(facility), physician, kind, by=booker, starts_at=stage.at(2, facility=facility), location=room
    )
    waiting.entry(facility, kind, by=booker, patient=visit.patient, urgency=1)
    other = waiting.entry(facility, kind, by=booker)
    services.cancel_appointment(appointment=visit, reason="Ill", by=booker)
    assert drained() == {"offered": 1}
    assert open_offer().entry == other


def test_moving_frees_the_time_too(kind, facility, booker, physician):
    visit = visit_in(2, physician, kind, booker)
    services.move_appointment(appointment=visit, starts_at=stage.at(3, facility=facility), by=booker)
    assert FreedTime.objects.get().starts_at == stage.at(2, facility=facility)


def test_a_time_that_was_booked_meanwhile_is_offered_to_nobody(freed, kind, facility, booker, physician):
    waiting.entry(facility, kind, by=booker)
    stage.visit(factories.patient(facility), physician, kind, by=booker, starts_at=freed.starts_at)
    assert drained() == {"taken": 1}
    assert not WaitlistOffer.objects.exists()


def test_who_cannot_be_booked_is_passed_over(freed, facility, booker):
    asks_for_more = stage.visit_type(facility, code="steps", required_steps=["option-accepted"])
    waiting.entry(facility, asks_for_more, by=booker, urgency=1)
    second = waiting.entry(facility, stage.visit_type(facility, code="plain"), by=booker)
    assert drained() == {"offered": 1}
    assert open_offer().entry == second


def test_a_person_has_one_offer_at_a_time(freed, kind, facility, booker, physician):
    waiting.free_time(physician, facility, stage.at(3, facility=facility), location=freed.location)
    waiting.entry(facility, kind, by=booker)
    assert drained() == {"offered": 1, "over": 1}


def test_one_bad_row_stops_no_other_and_the_log_names_nobody(freed, kind, facility, booker, physician, caplog):
    broken = factories.FacilityFactory()
    Facility.objects.filter(pk=broken.pk).update(time_zone="Nowhere/Nowhere")
    waiting.free_time(physician, broken, freed.starts_at - timedelta(hours=1))
    waiting.entry(facility, kind, by=booker)
    assert drained() == {"failed": 1, "offered": 1}
    assert "ZoneInfoNotFoundError" in caplog.text
    assert "Rivera" not in caplog.text


def test_a_booking_by_the_staff_ends_the_offer(freed, kind, facility, booker, physician):
    entry = waiting.entry(facility, kind, by=booker)
    drained()
    stage.visit(entry.patient, physician, kind, by=booker, starts_at=stage.at(4, facility=facility))
    entry.refresh_from_db()
    assert (entry.status, entry.closed_reason) == ("booked", "Booked")
    assert drained() == {"withdrawn": 1, "over": 1}
    assert Appointment.objects.filter(status="proposed").count() == 0


def test_nothing_is_offered_to_who_has_died(freed, kind, facility, booker):
    entry = waiting.entry(facility, kind, by=booker)
    drained()
    patients.mark_deceased(patient=entry.patient, at=timezone.now(), by=booker)
    assert drained() == {"withdrawn": 1, "over": 1}


def test_a_proposal_cancelled_by_the_staff_goes_to_the_next(freed, kind, facility, booker):
    waiting.entry(facility, kind, by=booker)
    second = waiting.entry(facility, kind, by=booker)
    drained()
    services.cancel_appointment(appointment=open_offer().appointment, reason="Room closed", by=booker)
    assert drained() == {"withdrawn": 1, "offered": 1}
    assert open_offer().entry == second
    assert FreedTime.objects.count() == 1


def test_an_offered_time_is_no_visit_of_the_path_yet(freed, kind, facility, booker, physician, patient, episode):
    visit = stage.visit(patient, physician, kind, by=booker, starts_at=stage.at(9, facility=facility))
    waiting.entry(facility, kind, by=booker, patient=patient, appointment=visit)
    drained()
    booked = episode.steps.filter(kind="visit-booked", withdrawn_at__isnull=True)
    assert booked.exists()
    services.cancel_appointment(appointment=visit, reason="Ill", by=booker)
    assert not booked.exists()
    services.accept_offer(offer=open_offer(), via="phone", by=booker)
    assert booked.exists()


def test_a_time_chosen_by_hand_goes_on_by_the_rule(kind, facility, booker, physician, room):
    first, second = (waiting.entry(facility, kind, by=booker) for _ in range(2))
    chosen = {"practitioner": physician, "location": room, "starts_at": stage.at(2, facility=facility), "by": booker}
    offer = services.offer_time(entry=second, **chosen)
    assert (offer.why, offer.entry, offer.history.first().history_user) == ("Chosen by hand", second, booker)
    with pytest.raises(DomainError, match="another offer"):
        services.offer_time(entry=second, **(chosen | {"starts_at": stage.at(3, facility=facility)}))
    services.decline_offer(offer=offer, via="phone", by=booker)
    assert drained() == {"offered": 1}
    assert open_offer().entry == first


def test_a_time_too_close_to_wait_for_an_answer_is_not_offered_by_hand(kind, facility, booker, physician, room):
    entry = waiting.entry(facility, kind, by=booker)
    with pytest.raises(DomainError, match="call, and book it"):
        services.offer_time(entry=entry, practitioner=physician, location=room,
                            starts_at=timezone.now() + timedelta(minutes=45), by=booker)  # fmt: skip


def test_taking_off_wants_a_reason(kind, facility, booker):
    entry = waiting.entry(facility, kind, by=booker)
    with pytest.raises(DomainError, match="Say why"):
        services.remove_entry(entry=entry, reason=" ", by=booker)
    services.remove_entry(entry=entry, reason="Moved away", by=booker)
    with pytest.raises(DomainError, match="does not wait"):
        services.remove_entry(entry=entry, reason="Again", by=booker)


@pytest.mark.parametrize(("said", "status"), [("take", "booked"), ("no", "cancelled")])
def test_the_link_of_the_message_answers_it(freed, kind, facility, booker, client, said, status):
    waiting.entry(facility, kind, by=booker, patient=waiting.consenting(factories.patient(facility), facility))
    drained()
    token, message = links.new_token(), Reminder.objects.get()
    links.link_for(message, token, AppointmentLink.Purpose.REPLY).save()
    address = reverse("link:reply", args=[token])
    assert "We keep this time for you until" in client.get(address).content.decode()
    assert Appointment.objects.get().status == "proposed"
    client.post(address, {said: "1"})
    assert (Appointment.objects.get().status, WaitlistOffer.objects.get().answered_at) == (status, timezone.now())
    client.post(address, {"take": "1"})
    assert Appointment.objects.get().status == status
