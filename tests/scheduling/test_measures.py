"""The measures of a small world, counted by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from accounts.roles import Role
from scheduling.models import Appointment, AppointmentResponse, AvailabilityException, AvailabilityRule, Reminder
from scheduling.selectors.measures import Period, measures
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
# Sunday night, 1 November 2026: the clocks went back in the night before. The period is two weeks, Monday to Sunday.
NOW = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 19), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def doctors(facility):
    """Adams works Mondays and Sundays from 9 to 12, Baker Mondays from 9 to 11."""
    rows = [factories.practitioner(facility, family_name=name, given_name="") for name in ("Adams", "Baker")]
    for doctor, weekday, ends in ((rows[0], 0, 12), (rows[0], 6, 12), (rows[1], 0, 11)):
        stage.saved(AvailabilityRule(
            practitioner=doctor, facility=facility, weekday=weekday, starts=time(9), ends=time(ends),
            valid_from=date(2020, 1, 1),
        ))  # fmt: skip
    return rows


@pytest.fixture
def kind(facility):
    return stage.visit_type(facility)


def visit(facility, kind, doctor, day, hour, status, *, minutes=30, **fields):
    """A visit as it is now, not as it came to be."""
    fields = {"patient": factories.patient(facility), **fields}
    row = Appointment(facility=facility, type=kind, practitioner=doctor, status=status, **fields)
    starts_at = datetime.combine(day, time(hour), facility.tz).astimezone(UTC)
    row.set_time(starts_at, starts_at + timedelta(minutes=minutes), facility.tz)
    return stage.saved(row)


def confirmed(row, via, before):
    at = row.starts_at - before
    stage.saved(AppointmentResponse(appointment=row, participant_status="accepted", via=via, at=at))
    row.reply, row.replied_at = "accepted", at
    stage.saved(row)


def measure(facility, key, first=FIRST, last=LAST):
    return next(row for row in measures(Period(facility, first, last)) if row.key == key)


def table(found, caption):
    return [tuple(row) for row in next(row for row in found.tables if row.caption == caption).rows]


MONDAY, NEXT = date(2026, 10, 19), date(2026, 10, 26)


def test_the_show_rate(facility, other_facility, doctors, kind):
    adams, baker = doctors
    for hour in (9, 10, 11):
        visit(facility, kind, adams, MONDAY, hour, "fulfilled")
    visit(facility, kind, adams, NEXT, 9, "noshow")
    visit(facility, kind, baker, NEXT, 9, "fulfilled")
    visit(facility, kind, baker, NEXT, 10, "cancelled")
    visit(facility, kind, baker, NEXT, 11, "booked")  # nobody said what became of it
    visit(facility, kind, baker, NEXT, 12, "proposed")
    visit(facility, kind, baker, NEXT, 13, "fulfilled", patient=None)
    visit(facility, kind, baker, NEXT, 14, "noshow", external=True)
    visit(facility, kind, baker, FIRST - timedelta(days=1), 23, "noshow")
    visit(facility, kind, baker, LAST + timedelta(days=1), 0, "noshow")
    visit(other_facility, stage.visit_type(other_facility), None, NEXT, 9, "noshow")
    found = measure(facility, "shows")
    assert (found.headline, found.sub) == ("80%", "4 of 5 visits")
    assert table(found, "By week") == [("19 Oct", 3, 0, "100%"), ("26 Oct", 1, 1, "50%")]
    assert table(found, "By practitioner") == [("Adams", 3, 1, "75%"), ("Baker", 1, 0, "100%")]
    assert found.pictures[0].rows == [("19 Oct", 100), ("26 Oct", 50)]
    assert "1 past visits are not marked yet" in found.left_out


def test_confirmations_by_channel_and_time_left(facility, doctors, kind):
    adams, _ = doctors
    rows = [visit(facility, kind, adams, MONDAY, hour, "fulfilled") for hour in range(8, 18)]
    for row, via, before in zip(rows, ("link", "link", "phone", "in-person", "link"), (
        timedelta(hours=23), timedelta(days=1), timedelta(days=2), timedelta(days=6), timedelta(days=8),
    ), strict=False):  # fmt: skip
        confirmed(row, via, before)
    confirmed(rows[5], "link", timedelta(days=9))
    confirmed(rows[5], "phone", timedelta(days=2))  # the last counts
    confirmed(rows[6], "link", timedelta(days=9))
    rows[6].reply = "declined"
    stage.saved(rows[6])
    confirmed(visit(facility, kind, adams, LAST, 23, "booked", minutes=90), "link", timedelta(days=2))
    visit(facility, kind, adams, NEXT, 9, "cancelled")
    found = measure(facility, "confirmations")
    assert (found.headline, found.sub) == ("64%", "7 of 11 visits")
    assert table(found, "By channel") == [
        ("By the link", 4, "36%"), ("On the telephone", 2, "18%"), ("In person", 1, "9%"),
        ("Not confirmed", 4, "36%"),
    ]  # fmt: skip
    assert [row[:2] for row in table(found, "By time left")] == [
        ("Less than a day", 1), ("1 to 3 days", 4), ("3 to 7 days", 1), ("More than 7 days", 1), ("Not confirmed", 4),
    ]  # fmt: skip


def test_how_late_reminders_are(facility, doctors, kind):
    row = visit(facility, kind, doctors[0], LAST, 9, "fulfilled")
    due = datetime.combine(MONDAY, time(9), facility.tz).astimezone(UTC)
    for n, seconds in enumerate((0, 10, 20, 600)):
        owe(row, n, due, status="sent", sent_at=due + timedelta(seconds=seconds))
    owe(row, 5, due, status="failed")
    owe(row, 6, due, status="skipped")
    owe(row, 7, due, status="sent", sent_at=due + timedelta(hours=5), resolved_at=NOW)
    owe(row, 8, due, status="withdrawn")
    owe(row, 9, due - timedelta(days=2), status="sent", sent_at=due)
    found = measure(facility, "lateness")
    assert (found.headline, found.sub) == ("7 min or less", "for 9 in 10 of 4 messages")
    assert table(found, "By week") == [
        ("19 Oct", 4, "15 s", "7 min", "10 min", "10 min"), ("All", 4, "15 s", "7 min", "10 min", "10 min"),
    ]  # fmt: skip
    assert found.pictures[0].rows == [("19 Oct", 7.1), ("26 Oct", None)]
    assert found.left_out.startswith("3 that")


def owe(row, version, due, **fields):
    Reminder.objects.create(appointment=row, schedule_version=version, send_at=due, **fields)


def test_utilization_is_booked_over_bookable_hours(facility, doctors, kind):
    adams, baker = doctors
    visit(facility, kind, adams, MONDAY, 9, "fulfilled", minutes=60)
    visit(facility, kind, adams, MONDAY, 10, "noshow", minutes=30)
    visit(facility, kind, adams, MONDAY, 11, "fulfilled", minutes=120)  # an hour of it after his hours
    visit(facility, kind, adams, MONDAY, 15, "fulfilled")  # outside
    visit(facility, kind, adams, NEXT, 9, "cancelled", minutes=60)
    visit(facility, kind, adams, LAST, 9, "fulfilled", minutes=90)  # the day of 25 hours
    visit(facility, kind, baker, MONDAY, 9, "booked", minutes=60, patient=None)
    exception(baker, NEXT, 9, 10, kind="leave")
    exception(None, NEXT, 10, 11, kind="closed", facility=facility)
    exception(adams, NEXT, 9, 12, kind="leave", withdrawn_at=NOW)
    exception(baker, NEXT + timedelta(days=1), 9, 12, kind="extra", facility=facility)
    found = measure(facility, "utilization")
    # Adams: two Mondays and two Sundays of 3 h, less an hour closed: 11 h; booked 1 + 0.5 + 1 + 1.5.
    # Baker: 2 h, then none (leave and closed), then 3 extra: 5 h; booked 1.
    assert table(found, "By practitioner and week") == [
        ("Adams", "4 of 11 h", "36%", "42%", "30%"), ("Baker", "1 of 5 h", "20%", "50%", "0%"),
    ]  # fmt: skip
    assert (found.headline, found.sub) == ("31%", "5 of 16 hours")
    assert found.pictures[0].rows == [("19 Oct", 44), ("26 Oct", 19)]


def exception(doctor, day, begins, ends, **fields):
    during = [datetime.combine(day, time(hour), ZoneInfo("America/New_York")) for hour in (begins, ends)]
    stage.saved(AvailabilityException(practitioner=doctor, during=DateTimeTZRange(*during), **fields))


def test_days_from_referral_to_the_first_appointment(facility, doctors, kind, booker):
    adams, _ = doctors
    waits = []
    for days in (1, 4, 20):
        episode = referred(facility, booker, MONDAY)
        visit(facility, kind, adams, MONDAY + timedelta(days=days - 1), 9, "cancelled", episode=episode)
        visit(facility, kind, adams, MONDAY + timedelta(days=days), 9, "booked", episode=episode)
        visit(facility, kind, adams, MONDAY + timedelta(days=days + 2), 9, "fulfilled", episode=episode)
        waits.append(episode)
    referred(facility, booker, NEXT)  # has none yet
    gone = referred(facility, booker, NEXT)
    type(gone).objects.filter(pk=gone.pk).update(status="cancelled")
    referred(facility, booker, FIRST - timedelta(days=1))
    found = measure(facility, "first-visit")
    assert (found.headline, found.sub) == ("4.0 days", "half of 3 people, or less")
    assert table(found, "By week of referral") == [("19 Oct", 3, 3, "4.0", "16.8"), ("26 Oct", 1, 0, "—", "—")]
    assert [row[1] for row in table(found, "By days waited")] == [1, 1, 0, 1]
    assert found.left_out.startswith("1 episodes")


def referred(facility, booker, day):
    row = factories.episode(factories.patient(facility), facility, by=booker)
    row.starts_at = datetime.combine(day, time(9), facility.tz).astimezone(UTC)
    return stage.saved(row)


def test_without_figures_every_measure_says_what_would_stand_there(facility, booker, sign_in):
    text = sign_in(booker).get(reverse("scheduling:measure_list")).content.decode()
    assert text.count("No figures for these days") == 5
    for words in ("Counted", "Out of", "Left out", "stands here"):
        assert words in text


def test_the_page_costs_the_same_however_much_there_is(facility, doctors, kind, sign_in, django_assert_num_queries):
    client = sign_in(factories.person(Role.CLINICAL_COORDINATOR, facility))
    address = reverse("scheduling:measure_list")
    client.get(address)  # begins the session
    for number in (1, 20):
        for n in range(number):
            doctor = factories.practitioner(facility, family_name=f"Doctor{number}{n}")
            confirmed(visit(facility, kind, doctor, MONDAY, 9, "fulfilled"), "link", timedelta(days=2))
        with django_assert_num_queries(13):  # transaction, user, memberships, read log, strip, referrals: seven
            text = client.get(address).content.decode()
    assert "No figures" in text  # of reminders and referrals
    assert text.count("<svg") >= 3


def test_the_days_and_the_facility_are_chosen(facility, other_facility, booker, sign_in):
    client, address = sign_in(booker), reverse("scheduling:measure_list")
    asked = {"first": "2026-10-19", "last": "2026-10-18"}
    assert "before the first" in client.get(address, asked).content.decode()
    assert "a year at most" in client.get(address, asked | {"last": "2028-01-01"}).content.decode()
    stranger = client.get(address, {"facility": other_facility.uuid}).content.decode()
    assert "Select a valid choice" in stranger
    factories.MembershipFactory(user=booker, facility=other_facility, role=Role.INTAKE)
    both = client.get(address, {"facility": other_facility.uuid})
    assert both.context["period"].facility == other_facility
