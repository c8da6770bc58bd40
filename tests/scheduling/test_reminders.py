"""Reminders: when they are owed, when they may go, and that one bad row never stops the next."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from patients.models import Patient
from records.services import revoke_channel
from scheduling import clock, services
from scheduling.models import Reminder
from scheduling.services.sending import claim
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")


def send(worker="test"):
    return dict(services.send_due_reminders(worker=worker))


@pytest.fixture
def due(facility, patient, visit):
    """A reminder of the visit, due now, to a patient who consents."""
    stage.consent(patient, facility)
    return Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())


def test_each_rule_owes_one_row_at_the_same_wall_time(patient, facility, physician, visit_type, booker):
    for before in ({"days_before": 7}, {"days_before": 2}, {"days_before": 0, "hours_before": 3}):
        stage.rule(facility, **before)
    stage.rule(facility, is_active=False, days_before=1)
    start = stage.at(3, facility=facility)
    visit = stage.visit(patient, physician, visit_type, by=booker, starts_at=start)
    times = sorted(visit.reminders.values_list("send_at", flat=True))
    assert times == [stage.at(1, facility=facility), start - timedelta(hours=3)]  # a week before is past


def test_a_booking_for_tomorrow_owes_one_message_now(patient, facility, physician, visit_type, booker):
    stage.rule(facility, days_before=2)
    with time_machine.travel(stage.at(0, 12, facility=facility), tick=False):
        visit = stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(1, 9, facility=facility))
        assert visit.reminders.get().send_at == timezone.now()
        soon = factories.patient(facility)
        visit = stage.visit(soon, physician, visit_type, by=booker, starts_at=stage.at(0, 13, facility=facility))
        assert not visit.reminders.exists()


def test_the_deceased_are_never_reminded(due, patient, postbox):
    Patient.objects.update(deceased=True)
    due.appointment.patient.refresh_from_db()
    assert services.queue_reminders(appointment=due.appointment) == []
    send()
    due.refresh_from_db()
    assert (due.status, due.code, postbox.raw) == ("skipped", "deceased", [])


@pytest.mark.parametrize(
    ("start", "before", "expected"),
    [
        ("2026-03-09 09:00", {"days": 1}, "2026-03-08 09:00"),  # across the change to summer time
        ("2026-03-08 09:00", {"days": 1}, "2026-03-07 09:00"),
        ("2026-11-02 09:00", {"days": 1}, "2026-11-01 09:00"),  # and back
        ("2026-11-01 09:00", {"days": 0, "hours": 24}, "2026-10-31 10:00"),  # hours by the stopwatch
        ("2026-06-10 07:15", {"days": 1}, "2026-06-09 08:00"),  # not before 08:00
        ("2026-06-10 21:30", {"days": 2}, "2026-06-08 20:00"),  # not after 20:00
        ("2026-06-10 09:30", {"days": 0, "hours": 3}, "2026-06-10 08:00"),
        ("2026-06-10 08:30", {"days": 0, "hours": 2}, "2026-06-09 20:00"),  # 08:00 would leave too little
        ("2026-06-10 14:00", {"days": 0, "hours": 4}, "2026-06-10 10:00"),
    ],
)
def test_offsets_are_wall_time_within_civil_hours(start, before, expected):
    moment = datetime.fromisoformat(start).replace(tzinfo=NEW_YORK)
    raw = clock.before(moment, **{"days": 0, "hours": 0, **before}, tz=NEW_YORK)
    sent = clock.civil(raw, until=moment, tz=NEW_YORK)
    assert sent == datetime.fromisoformat(expected).replace(tzinfo=NEW_YORK)
    assert sent < moment


def test_a_due_reminder_is_sent_once(due, postbox):
    assert send() == {"sent": 1}
    assert send() == {}
    due.refresh_from_db()
    assert (due.status, due.lease_until) == ("sent", None)
    assert postbox.ids == {due.message_id: 1}
    assert due.sent_at is not None


def skipped(due, postbox):
    send()
    due.refresh_from_db()
    assert postbox.raw == []
    return due.status, due.code


def test_without_consent_nothing_goes_and_the_row_says_why(visit, postbox):
    row = Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert skipped(row, postbox) == ("skipped", "no-consent")


def test_consent_revoked_between_claim_and_sending(due, postbox, patient, monkeypatch):
    claimed_first(monkeypatch, lambda: revoke_channel(consent=patient.channel_consents.get(), via="phone", by=None))
    assert skipped(due, postbox) == ("skipped", "no-consent")


def test_cancelled_between_claim_and_sending(due, postbox, booker, monkeypatch):
    cancel = services.cancel_appointment
    claimed_first(monkeypatch, lambda: cancel(appointment=due.appointment, reason="x", by=booker))
    assert skipped(due, postbox) == ("withdrawn", "")


def test_moved_between_claim_and_sending(due, postbox, booker, facility, monkeypatch):
    to = stage.at(5, facility=facility)
    move = services.move_appointment
    claimed_first(monkeypatch, lambda: move(appointment=due.appointment, starts_at=to, by=booker))
    assert skipped(due, postbox) == ("withdrawn", "")


def claimed_first(monkeypatch, then):
    """Let something happen after the worker has claimed its rows and before it reads the first of them."""
    calls = []

    def claimed(**wanted):
        found = claim(**wanted)
        if not calls:
            calls.append(then())
        return found

    monkeypatch.setattr("scheduling.services.sending.claim", claimed)


def test_nothing_is_sent_after_the_start(due, postbox):
    with time_machine.travel(due.appointment.starts_at + timedelta(seconds=1)):
        assert skipped(due, postbox) == ("skipped", "started")


def test_a_suspended_address_gets_nothing(due, postbox, patient):
    patient.telecoms.update(suspended_reason="bounce")
    assert skipped(due, postbox) == ("skipped", "suspended")


def test_what_comes_up_at_night_waits_for_the_morning(due, postbox, facility):
    due.at_any_hour = False
    due.save()
    with time_machine.travel(stage.at(1, 23, facility=facility), tick=False):
        assert send() == {"due": 1}
    due.refresh_from_db()
    assert due.send_at == stage.at(2, 8, facility=facility)
    assert postbox.raw == []


def test_the_first_bad_row_does_not_stop_the_second(due, postbox, facility, physician, visit_type, booker):
    bad = factories.patient(facility)
    stage.consent(bad, facility, email="bad\nheader@example.net")
    visit = stage.visit(bad, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility))
    row = Reminder.objects.create(
        appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now() - timedelta(hours=1)
    )
    assert send() == {"failed": 1, "sent": 1}
    row.refresh_from_db()
    assert (row.status, row.code) == ("failed", "unmade")


def test_a_permanent_refusal_fails_and_a_temporary_one_is_tried_five_times(due, postbox):
    postbox.answers["marisol@example.net"] = "550 No such mailbox"
    assert send() == {"failed": 1}
    due.refresh_from_db()
    assert due.code == "smtp-550"
    Reminder.objects.update(status="due", attempts=0)
    postbox.answers["marisol@example.net"] = "451 Try again later"
    at, seen = stage.at(1, 9, facility=due.appointment.facility), []
    for _ in range(5):
        with time_machine.travel(at, tick=False):
            seen.append(send())
        due.refresh_from_db()
        at = max(at, due.send_at) + timedelta(seconds=1)
    assert seen == [{"due": 1}] * 4 + [{"failed": 1}]
    assert postbox.raw == []


def test_a_connection_lost_in_the_middle_leaves_the_message_in_doubt(due, postbox, patient, facility):
    patient.telecoms.update(value="hangs-up@example.net")
    assert send() == {"in-doubt": 1}
    assert send() == {}


def test_a_mail_server_that_is_away_counts_against_nobody(due, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    settings.EMAIL_HOST = "127.0.0.1"
    assert send() == {"released": 1}
    due.refresh_from_db()
    assert (due.status, due.code, due.attempts, due.worker) == ("due", "server-away", 0, "")


def test_leases_that_ended_are_due_again_or_in_doubt(due, postbox):
    past = timezone.now() - timedelta(seconds=1)
    Reminder.objects.update(status="sending", worker="gone", lease_until=past, message_id="<x@y>")
    assert send() == {}
    due.refresh_from_db()
    assert (due.status, due.code) == ("in-doubt", "worker-lost")
    Reminder.objects.update(status="claimed", worker="gone", lease_until=past)
    assert send() == {"sent": 1}


def test_a_person_settles_what_is_in_doubt(due, postbox, booker):
    Reminder.objects.update(status="in-doubt")
    services.resolve_reminder(reminder=due, arrived=False, by=booker)
    assert send() == {"sent": 1}
    Reminder.objects.update(status="failed")
    row = services.resolve_reminder(reminder=due, arrived=True, by=booker)
    assert (row.status, row.resolved_by) == ("sent", booker)
    with pytest.raises(Exception, match="settled"):
        services.resolve_reminder(reminder=due, arrived=True, by=booker)
