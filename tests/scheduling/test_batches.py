"""One message for a person's day, what changes between reading and sending, and limits of mail domains."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from icalendar import Calendar

from patients.models import Patient
from records.models import ChannelConsent
from records.services import revoke_channel
from scheduling import services
from scheduling.models import AppointmentLink, Reminder, WaitlistEntry, WaitlistOffer
from scheduling.services import sending
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


def send():
    return dict(services.send_due_reminders(worker="test"))


def text_of(message):
    return message.get_body(("plain",)).get_content()


def states(rows):
    return [Reminder.objects.get(pk=row.pk).status for row in rows]


@pytest.fixture
def day(patient, physician, visit_type, booker, facility):
    """Two visits of one day, at 10:00 and 15:00, each with a reminder two days before at its hour."""
    stage.consent(patient, facility)
    stage.rule(facility, days_before=2)
    visits = [
        stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(4, hour, facility=facility))
        for hour in (10, 15)
    ]
    return [visit.reminders.get() for visit in visits]


@pytest.fixture
def at_ten(facility):
    with time_machine.travel(stage.at(2, 10, 1, facility=facility), tick=False):
        yield


def test_one_message_tells_of_a_persons_whole_day(day, at_ten, postbox):
    assert send() == {"sent": 2}
    (message,) = postbox.messages
    first, second = (Reminder.objects.get(pk=row.pk) for row in day)
    assert (first.status, second.status, second.told_with, first.told_with) == ("sent", "sent", first, None)
    assert message["Message-ID"] == first.message_id
    text = text_of(message)
    assert text.index("10:00 AM") < text.index("3:00 PM")
    links = re.findall(r"/a/[\w-]{32}/(?=\s)", text)
    assert len(set(links)) == 2
    assert len(re.findall(r"/a/[\w-]{32}/stop/", text)) == 1
    assert set(AppointmentLink.objects.filter(purpose="reply").values_list("appointment", flat=True)) == {
        first.appointment_id,
        second.appointment_id,
    }
    file = next(part for part in message.iter_attachments()).get_content()
    assert [event["dtstart"].dt for event in Calendar.from_ical(file).events] == [
        first.appointment.starts_at,
        second.appointment.starts_at,
    ]


def test_another_day_and_another_person_are_told_apart(
    day, at_ten, postbox, facility, patient, physician, visit_type, booker
):
    neighbor = factories.patient(facility)
    stage.consent(neighbor, facility, email="neighbor@example.net")
    for person, days in ((patient, 5), (neighbor, 4)):
        stage.visit(person, physician, visit_type, by=booker, starts_at=stage.at(days, 12, facility=facility))
    Reminder.objects.update(send_at=timezone.now())
    assert send() == {"sent": 4}
    assert len(postbox.raw) == 3


def test_the_second_waits_for_its_own_time_if_the_first_does_not_go(day, at_ten, postbox, booker):
    services.cancel_appointment(appointment=day[0].appointment, reason="x", by=booker)
    assert send() == {}
    assert states(day) == ["withdrawn", "due"]
    ChannelConsent.objects.update(status="inactive")
    Reminder.objects.filter(pk=day[0].pk).update(status="due")
    assert send() == {"skipped": 1, "due": 1}
    assert states(day) == ["skipped", "due"]


def test_it_asks_until_the_person_has_confirmed(day, at_ten, postbox, booker):
    services.record_answer(appointment=day[0].appointment, reply="accepted", via="phone", by=booker)
    services.cancel_appointment(appointment=day[1].appointment, reason="x", by=booker)
    send()
    assert "You have told us that you will come" in text_of(postbox.messages[0])
    assert "whether you can come" not in text_of(postbox.messages[0])


def test_a_rule_that_does_not_ask_only_reminds(due, postbox, facility):
    Reminder.objects.update(rule=stage.rule(facility, asks_confirmation=False))
    send()
    assert "If you can't make it, please tell us." in text_of(postbox.messages[0])


@pytest.fixture
def due(facility, patient, visit):
    stage.consent(patient, facility)
    return Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())


def after_first(monkeypatch, postbox, then):
    """Let something happen when the first message of a batch has been accepted; the batch has been read by then."""
    send_one, calls = sending.Line.send, []

    def sent(self, *arguments):
        outcome = send_one(self, *arguments)
        if not calls:
            calls.append(then())
        return outcome

    monkeypatch.setattr(sending.Line, "send", sent)


def test_consent_revoked_in_the_middle_of_a_batch(facility, postbox, monkeypatch):
    rows = stage.owe(facility, 3)
    last = rows[2].appointment.patient
    after_first(monkeypatch, postbox, lambda: revoke_channel(consent=last.channel_consents.get(), via="phone", by=None))
    assert send() == {"sent": 2, "skipped": 1}
    assert Reminder.objects.get(pk=rows[2].pk).code == "no-consent"


def test_cancelled_and_died_in_the_middle_of_a_batch(facility, postbox, monkeypatch, booker):
    rows = stage.owe(facility, 3)

    def happen():
        services.cancel_appointment(appointment=rows[1].appointment, reason="x", by=booker)
        Patient.objects.filter(pk=rows[2].appointment.patient_id).update(deceased=True)

    after_first(monkeypatch, postbox, happen)
    assert send() == {"sent": 1, "skipped": 1}
    assert states(rows) == ["sent", "withdrawn", "skipped"]


def test_an_address_corrected_in_the_middle_of_a_batch_is_the_one_written_to(facility, postbox, monkeypatch):
    rows = stage.owe(facility, 2)
    point = rows[1].appointment.patient.telecoms

    def correct():
        point.update(value="right@example.net")

    after_first(monkeypatch, postbox, correct)
    assert send() == {"sent": 2}
    assert postbox.recipients[1] == ["right@example.net"]


def test_the_clock_jumps_past_the_start_in_the_middle_of_a_batch(facility, postbox, monkeypatch):
    rows = stage.owe(facility, 2)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        after_first(monkeypatch, postbox, lambda: clock.move_to(rows[0].appointment.starts_at + timedelta(days=1)))
        assert send() == {"sent": 1, "skipped": 1}
    assert states(rows) == ["sent", "skipped"]


def test_the_clock_jumps_forward_and_another_worker_takes_what_is_left(facility, postbox, monkeypatch):
    """The first worker lives on with leases that have ended: it sends nothing that is no longer its own."""
    rows = stage.owe(facility, 3)
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def happen():
            clock.shift(timedelta(hours=1))
            services.send_due_reminders(worker="other")

        after_first(monkeypatch, postbox, happen)
        assert send() == {"sent": 1}
    assert states(rows) == ["sent"] * 3
    assert postbox.ids == dict.fromkeys(Reminder.objects.values_list("message_id", flat=True), 1)


def test_the_clock_jumps_back_in_the_middle_of_a_batch(facility, postbox, monkeypatch):
    rows = stage.owe(facility, 3)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        after_first(monkeypatch, postbox, lambda: clock.shift(timedelta(days=-1)))
        assert send() == {"sent": 3}
    assert states(rows) == ["sent"] * 3


def test_after_an_outage_only_the_last_of_several_is_sent(due, postbox, facility):
    early = Reminder.objects.create(
        appointment=due.appointment, rule=stage.rule(facility, days_before=7), schedule_version=1,
        send_at=timezone.now() - timedelta(days=5), at_any_hour=True,
    )  # fmt: skip
    assert send() == {"sent": 1, "skipped": 1}
    early.refresh_from_db()
    assert (early.code, len(postbox.raw)) == ("overtaken", 1)


@pytest.fixture
def offer(visit, patient, visit_type, facility, booker):
    """The visit is a time offered from the waitlist until an hour from now."""
    stage.consent(patient, facility)
    entry = stage.saved(WaitlistEntry(facility=facility, patient=patient, type=visit_type))
    visit.status = "proposed"
    stage.saved(visit)
    row = WaitlistOffer(entry=entry, appointment=visit, why="first", expires_at=timezone.now() + timedelta(hours=1))
    stage.saved(row)
    reminder = Reminder(appointment=visit, schedule_version=1, purpose="offer", at_any_hour=True)
    reminder.send_at = timezone.now()
    reminder.save()
    return reminder, row


def test_an_offer_says_until_when_it_stands_and_carries_no_calendar_file(offer, postbox, facility):
    assert send() == {"sent": 1}
    (message,) = postbox.messages
    text = text_of(message)
    until = offer[1].expires_at.astimezone(facility.tz)
    assert message["Subject"] == "A time has become free"
    assert f"{until:%I:%M %p}".lstrip("0") in text
    assert "take it before" in text
    assert list(message.iter_attachments()) == []


def test_an_offer_in_spanish(offer, postbox):
    ChannelConsent.objects.update(language="es")
    send()
    assert postbox.messages[0]["Subject"] == "Ha quedado libre una hora"
    assert "tómela antes de" in text_of(postbox.messages[0])


@pytest.mark.parametrize("over", ["expired", "declined", "booked", "late"])
def test_an_offer_that_is_over_is_not_sent(over, offer, postbox, visit):
    reminder, row = offer
    if over in ("expired", "declined"):
        WaitlistOffer.objects.update(status=over, answered_at=timezone.now())
    if over == "booked":
        visit.status = "booked"
        stage.saved(visit)
    if over == "late":
        WaitlistOffer.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert send() == {"skipped": 1}
    reminder.refresh_from_db()
    assert (reminder.code, postbox.raw) == ("offer-over", [])


def test_a_reminder_of_a_time_that_is_only_proposed_is_not_sent(due, visit, postbox):
    visit.status = "proposed"
    stage.saved(visit)
    assert send() == {"skipped": 1}


def test_a_domain_gets_no_more_a_minute_than_it_takes(facility, postbox, settings):
    settings.MAIL_DOMAIN_LIMITS = {"example.net": 2}
    rows = stage.owe(facility, 5)
    assert send() == {"sent": 2, "due": 3}
    assert set(Reminder.objects.filter(status="due").values_list("code", flat=True)) == {"domain-limit"}
    assert send() == {}
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert send() == {"sent": 2}
    with time_machine.travel(timezone.now() + timedelta(seconds=125)):
        assert send() == {"sent": 1}
    assert states(rows) == ["sent"] * 5


def test_a_domain_without_a_limit_is_not_counted(facility, postbox, settings):
    settings.MAIL_DOMAIN_LIMITS = {"example.org": 1}
    stage.owe(facility, 3)
    assert send() == {"sent": 3}


def test_a_server_that_asks_to_slow_down_is_left_alone_for_its_domain(facility, postbox, patient, visit):
    rows = stage.owe(facility, 3)
    postbox.answers["p0@example.net"] = "450 Too fast"
    assert send() == {"due": 3}
    stage.consent(patient, facility, email="marisol@example.org")
    Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    Reminder.objects.filter(pk=rows[2].pk).update(send_at=timezone.now())
    assert send() == {"sent": 1, "due": 1}
    postbox.answers.clear()
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert send() == {"sent": 3}


def test_a_message_that_would_be_tried_again_after_the_start_has_failed(due, postbox):
    postbox.answers["marisol@example.net"] = "451 Try again later"
    with time_machine.travel(due.appointment.starts_at - timedelta(seconds=30), tick=False):
        assert send() == {"failed": 1}


def test_a_server_that_hangs_up_before_the_message_is_called_again(facility, postbox):
    rows = stage.owe(facility, 3)
    postbox.answers["p1@example.net"] = "421 Closing"
    assert send()["sent"] == 1
    Reminder.objects.update(send_at=timezone.now())
    postbox.answers.clear()
    assert send() == {"sent": 2}
    assert states(rows) == ["sent"] * 3
