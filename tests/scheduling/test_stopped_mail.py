"""Whoever takes the consent back stops what waits, in the same act: each message left before, or never leaves."""

from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from episodes.models import Task
from records.models import ChannelConsent
from scheduling import services
from scheduling.models import Reminder, WaitlistOffer
from scheduling.services.sending import claim
from tests import factories
from tests.scheduling import stage, waiting

pytestmark = pytest.mark.django_db
CHOICES = {
    "email": "marisol@example.net", "detail": "time", "may_use_first_name": False, "language": "en",
    "signed_name": "Marisol Rivera", "risk_explained": True,
}  # fmt: skip


def stop(patient, by=None):
    consent = ChannelConsent.objects.get(patient=patient, status="active")
    return services.stop_mail(consent=consent, via="in person", by=by)


def owed(visit, **fields):
    row = {"schedule_version": visit.schedule_version, "send_at": timezone.now() + timedelta(hours=1), **fields}
    return Reminder.objects.create(appointment=visit, **row)


def states(visit):
    return list(visit.reminders.order_by("pk").values_list("status", "code"))


def test_what_waits_is_withdrawn_and_what_left_stays(patient, facility, visit, booker, physician, visit_type):
    consent = stage.consent(patient, facility)
    rule = stage.rule(facility, days_before=2)
    sent = owed(visit, rule=rule, status="sent", sent_at=timezone.now())
    owed(visit)
    owed(visit, rule=stage.rule(facility, days_before=1), status="claimed", worker="busy")
    stranger = factories.patient(facility)
    other = stage.visit(stranger, physician, visit_type, by=booker, starts_at=stage.at(4, facility=facility))
    assert stop(patient, booker) == 2
    assert states(visit) == [("sent", ""), ("withdrawn", "consent-ended"), ("withdrawn", "consent-ended")]
    assert {row.status for row in other.reminders.all()} == {"due"}
    assert services.stop_mail(consent=consent, via="by phone", by=booker) == 0
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_agreeing_again_queues_what_lies_ahead(patient, facility, visit, booker):
    stage.consent(patient, facility)
    past, ahead = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    rules = [stage.rule(facility, days_before=days) for days in (3, 2, 1)]
    for rule, at, version in zip(rules, (past, ahead, ahead), (1, 1, 2), strict=True):
        owed(visit, rule=rule, send_at=at, schedule_version=version)
    assert services.decline_mail(patient=patient, facility=facility, by=booker) == 3
    _, revived = services.agree_to_mail(patient=patient, facility=facility, by=booker, **CHOICES)
    assert revived == 1
    assert [status for status, _ in states(visit)] == ["withdrawn", "due", "withdrawn"]


@pytest.mark.parametrize(("said", "revived"), [(False, 1), (True, 0)])
def test_with_all_times_past_the_last_goes_now_unless_one_was_sent(patient, facility, visit, booker, said, revived):
    stage.consent(patient, facility)
    late = [owed(visit, rule=stage.rule(facility, days_before=days), send_at=timezone.now()) for days in (2, 1)]
    if said:
        owed(visit, status="sent", sent_at=timezone.now())
    stop(patient)
    assert services.agree_to_mail(patient=patient, facility=facility, by=booker, **CHOICES)[1] == revived
    late[1].refresh_from_db()
    assert (late[1].status == "due", late[1].at_any_hour) == (not said, not said)


@pytest.fixture
def offered(facility, physician, room, booker):
    """A person who is to be written to of a free time in two days, at noon of today."""
    with time_machine.travel(stage.at(0, 12, facility=facility), tick=False):
        kind = stage.visit_type(facility, code="waits", practitioner_kind="physician", required_credential="license")
        person = waiting.consenting(factories.patient(facility), facility)
        waiting.entry(facility, kind, by=booker, patient=person)
        waiting.free_time(physician, facility, stage.at(2, facility=facility), location=room)
        services.offer_freed_times()
        yield WaitlistOffer.objects.get()


def test_whoever_was_to_be_written_to_of_a_free_time_is_called(offered, facility):
    person = offered.entry.patient
    services.opt_out(consent=person.channel_consents.get())
    assert states(offered.appointment) == [("withdrawn", "consent-ended")]
    assert Task.objects.open().get(kind="waitlist-offer").focus_id == offered.pk
    offered.refresh_from_db()
    assert offered.status == "offered"


def test_the_page_shows_exactly_what_stops_then_says_what_did(patient, facility, visit, sign_in):
    intake = factories.person(Role.INTAKE, facility)
    consent, row = stage.consent(patient, facility), owed(visit)
    browser, url = sign_in(intake), reverse("chart:channel_revoke", args=[patient.uuid, consent.uuid])
    assert "1 message about 1 visit will not go" in browser.get(url).content.decode()
    assert browser.post(url, {"via": "nonsense"}).status_code == 422
    said = browser.post(url, {"via": "by phone"}, follow=True).content.decode()
    assert "1 message withdrawn" in said
    row.refresh_from_db()
    assert row.status == "withdrawn"


def test_withdrawn_between_claim_and_sending(patient, facility, visit, postbox):
    stage.consent(patient, facility)
    row = owed(visit, send_at=timezone.now(), at_any_hour=True)
    claim(worker="slow", batch=5)
    stop(patient)
    assert dict(services.send_due_reminders(worker="slow")) == {}
    row.refresh_from_db()
    assert (row.status, row.code, postbox.raw) == ("withdrawn", "consent-ended", [])


@pytest.mark.django_db(transaction=True)
def test_taken_back_while_a_message_is_spoken_it_left_before_or_never(facility, postbox):
    """While the first message is handed over, everybody takes the consent back: that one has left, no other does."""
    stage.owe(facility, 4)
    first: list[str] = []

    def all_take_it_back():
        try:
            for consent in ChannelConsent.objects.all():
                services.stop_mail(consent=consent, via="phone", by=None)
        finally:
            connection.close()

    async def handle_DATA(server, session, envelope):
        if not first:
            first.append(envelope.rcpt_tos[0])
            thread = Thread(target=all_take_it_back)
            thread.start()
            thread.join()
        return "250 OK"

    postbox.handle_DATA = handle_DATA
    services.send_due_reminders(worker="one", batch=4)
    found = sorted(Reminder.objects.values_list("status", "code"))
    assert found == [("sent", "")] + [("withdrawn", "consent-ended")] * 3
    assert len(first) == 1
