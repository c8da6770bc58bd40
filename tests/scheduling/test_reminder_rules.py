"""Which rows an appointment owes: rules of its type before the facility's, notice, the facility's mail hours."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from scheduling import services
from scheduling.models import Appointment, Reminder
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(patient, physician, visit_type, booker, facility):
    """Book at noon for some days ahead at 14:00; the rows in order of their time."""

    def book(days, **fields):
        with time_machine.travel(stage.at(0, 12, facility=facility), tick=False):
            start = stage.at(days, facility=facility)
            visit = stage.visit(patient, physician, visit_type, by=booker, starts_at=start, **fields)
            return list(visit.reminders.order_by("send_at"))

    return book


def days_of(rows, facility):
    return [(row.appointment.starts_at.astimezone(facility.tz).date() - row.send_at.date()).days for row in rows]


def test_rules_of_the_type_replace_those_of_the_facility(owed, facility, visit_type):
    for days in (7, 2):
        stage.rule(facility, days_before=days)
    other = stage.visit_type(facility, code="other")
    stage.rule(facility, days_before=5, appointment_type=other)
    stage.rule(facility, days_before=3, appointment_type=visit_type)
    assert days_of(owed(10), facility) == [3]


def test_without_rules_of_its_own_a_type_has_the_facilitys(owed, facility):
    for before in ({"days_before": 7}, {"days_before": 2}, {"days_before": 0, "hours_before": 3}):
        stage.rule(facility, **before)
    assert days_of(owed(10), facility) == [7, 2, 0]


def test_a_rule_may_ask_that_it_was_booked_long_before(owed, facility):
    stage.rule(facility, days_before=1, booked_hours_before=72)
    stage.rule(facility, days_before=2, booked_hours_before=48)
    assert days_of(owed(3), facility) == [2, 1]


def test_booked_later_than_every_rule_wants_nothing_is_owed(owed, facility):
    stage.rule(facility, days_before=1, booked_hours_before=72)
    assert owed(2) == []


def test_each_facility_has_its_own_hours_for_mail(owed, facility):
    facility.mail_from, facility.mail_until = facility.mail_from.replace(hour=10), facility.mail_until.replace(hour=18)
    stage.saved(facility)
    stage.rule(facility, days_before=0, hours_before=5)  # at 09:00
    stage.rule(facility, days_before=0, hours_before=20)  # at 18:00 of the day before
    rows = owed(4)
    assert [row.send_at for row in rows] == [stage.at(3, 18, facility=facility), stage.at(4, 10, facility=facility)]


def test_it_waits_for_the_facilitys_morning(visit, facility, patient, postbox):
    facility.mail_from = facility.mail_from.replace(hour=10)
    stage.saved(facility)
    stage.consent(patient, facility)
    row = Reminder.objects.create(appointment=visit, schedule_version=1, send_at=timezone.now())
    with time_machine.travel(stage.at(1, 9, facility=facility), tick=False):
        assert services.send_due_reminders(worker="test") == {"due": 1}
    row.refresh_from_db()
    assert row.send_at == stage.at(1, 10, facility=facility)


def test_a_time_that_is_only_proposed_owes_no_reminder(visit, facility):
    stage.rule(facility)
    visit.status = Appointment.Status.PROPOSED
    assert services.queue_reminders(appointment=visit) == []


def test_a_move_rewrites_what_is_owed_in_its_own_transaction(owed, facility, booker):
    stage.rule(facility, days_before=2)
    (row,) = owed(10)
    start = row.appointment.starts_at + timedelta(days=1)
    visit = services.move_appointment(appointment=row.appointment, starts_at=start, by=booker)
    rows = visit.reminders.order_by("schedule_version").values_list("schedule_version", "status", "send_at")
    assert list(rows) == [(1, "withdrawn", row.send_at), (2, "due", row.send_at + timedelta(days=1))]
