"""The ledger of messages, and what a person decides about one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from scheduling import selectors, services
from scheduling.models import Reminder
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


@pytest.fixture
def waiting(visit, facility, patient):
    stage.consent(patient, facility)
    return message(visit, send_at=timezone.now() + timedelta(hours=3))


def message(visit, **fields):
    fields = {"schedule_version": visit.schedule_version, "send_at": timezone.now(), **fields}
    return Reminder.objects.create(appointment=visit, **fields)


def shown(client, **query):
    return client.get(reverse("scheduling:reminder_list"), query).content.decode()


def send(client, reminder, verb, **data):
    address = reverse(f"scheduling:reminder_{verb}", args=[reminder.appointment.patient.uuid, reminder.uuid])
    return client.post(address, data)


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ("waiting", {"status": "due"}),
        ("sent", {"status": "sent", "sent_at": timezone.now()}),
        ("bounced", {"status": "sent", "sent_at": timezone.now(), "bounced_at": timezone.now()}),
        ("skipped", {"status": "skipped", "code": "no-consent"}),
        ("stuck", {"status": "in-doubt"}),
        ("withdrawn", {"status": "withdrawn"}),
    ],
)
def test_the_ledger_can_be_asked_for_a_status(state, fields, desk, visit, facility, booker):
    message(visit, **fields)
    for other in ("waiting", "sent", "bounced", "skipped", "stuck", "withdrawn"):
        expected = other == state or (other, state) == ("sent", "bounced")
        assert ("Rivera" in shown(desk, state=other)) == expected
    assert "Choose another status" not in shown(desk, state=state)


def test_the_ledger_can_be_asked_for_a_day_of_the_facility(desk, visit, facility):
    message(visit, send_at=stage.at(0, 23, 30, facility=facility))
    day = stage.at(0, facility=facility).date()
    assert "Rivera" in shown(desk, day=day)
    assert "Rivera" not in shown(desk, day=day + timedelta(days=1))
    assert "Enter a valid date" in shown(desk, day="tomorrow")


def test_the_ledger_costs_the_same_at_10_and_at_200_rows(visit, facility, booker, desk, django_assert_num_queries):
    for first, last in ((1, 10), (11, 200)):
        for number in range(first, last + 1):
            message(visit, schedule_version=number)
        with django_assert_num_queries(5):  # four lists; memberships
            lists = selectors.ledger(facility, booker)
        with django_assert_num_queries(2):
            page = selectors.ledger_page(facility, booker, state="waiting")
    assert (len(lists.due), lists.more) == (10, {"due"})
    assert (len(page.rows), page.more) == (50, True)
    assert "51 to 100" in shown(desk, state="waiting", **{"from": 50})


def test_a_message_held_back_does_not_go_and_can_be_let_go(desk, waiting, postbox):
    send(desk, waiting, "hold")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.code) == ("withdrawn", "held-back")
    assert waiting.resolved_by is not None
    Reminder.objects.update(send_at=timezone.now(), at_any_hour=True)
    services.send_due_reminders(worker="test")
    assert postbox.raw == []
    send(desk, waiting, "release")
    services.send_due_reminders(worker="test")
    assert len(postbox.raw) == 1
    with pytest.raises(DomainError):
        services.hold_back_reminder(reminder=waiting, by=waiting.resolved_by)


def test_what_was_held_back_stays_back_when_the_answer_changes(waiting, visit, facility, booker):
    other = message(visit, send_at=timezone.now() + timedelta(hours=4), rule=stage.rule(facility))
    services.hold_back_reminder(reminder=waiting, by=booker)
    for reply in ("declined", "accepted"):
        services.record_answer(appointment=visit, reply=reply, via="link", by=None)
        for row in (waiting, other):
            row.refresh_from_db()
        assert waiting.code == "held-back"
        assert waiting.status == "withdrawn"
        assert other.status == ("withdrawn" if reply == "declined" else "due")


def test_a_skipped_message_can_go_once_its_reason_is_gone(desk, visit, patient, facility, postbox):
    row = message(visit, status="skipped", code="no-consent")
    stage.consent(patient, facility)
    send(desk, row, "release")
    assert services.send_due_reminders(worker="test") == {"sent": 1}
    late = message(visit, status="skipped", code="started", rule=stage.rule(facility))
    send(desk, late, "release")
    late.refresh_from_db()
    assert late.status == "skipped"


def test_settling_says_what_follows(desk, visit):
    row = message(visit, status="in-doubt", code="worker-lost", message_id="<abc@example.net>")
    address = reverse("scheduling:reminder_resolve", args=[visit.patient.uuid, row.uuid])
    page = desk.get(address).content.decode()
    for words in ("may have left, or not", "gets it twice", "counts as sent", "&lt;abc@example.net&gt;", "Call list"):
        assert words in page
    assert desk.post(address, {"answer": "perhaps"}).status_code == 422
    desk.post(address, {"answer": "arrived"})
    row.refresh_from_db()
    assert row.status == "sent"
    assert "Somebody has settled this message already" in desk.get(address).content.decode()


def test_the_ledger_names_only_whom_the_viewer_may_see(visit, facility, sign_in):
    message(visit)
    stranger = sign_in(factories.person(Role.PRIVACY_OFFICER, facility))
    for query in ({}, {"state": "waiting"}):
        page = shown(stranger, **query)
        assert "Rivera" not in page
        assert "Booked" in page
