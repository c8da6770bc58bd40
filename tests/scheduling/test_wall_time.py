"""The wall's clock: days on which it changes, what is offered then, and bookings that follow a zone's new rules."""

from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone

from core.times import WallTimeError, alternatives, at_wall_time, day_bounds, wall_label
from scheduling import services
from scheduling.forms.fields import WallClockField
from tests import factories
from tests.scheduling import stage

# Zone, day, time on the wall, and the moments it may mean; one is a time like any other.
WALLS = [
    ("America/New_York", "2027-03-14", "01:59", ["2027-03-14T01:59-05:00"]),
    ("America/New_York", "2027-03-14", "02:00", ["2027-03-14T01:00-05:00", "2027-03-14T03:00-04:00"]),
    ("America/New_York", "2027-03-14", "02:30", ["2027-03-14T01:30-05:00", "2027-03-14T03:30-04:00"]),
    ("America/New_York", "2027-03-14", "03:00", ["2027-03-14T03:00-04:00"]),
    ("America/New_York", "2027-11-07", "00:59", ["2027-11-07T00:59-04:00"]),
    ("America/New_York", "2027-11-07", "01:30", ["2027-11-07T01:30-04:00", "2027-11-07T01:30-05:00"]),
    ("America/New_York", "2027-11-07", "02:00", ["2027-11-07T02:00-05:00"]),
    ("Europe/Berlin", "2027-03-28", "02:30", ["2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00"]),
    ("Europe/Berlin", "2027-10-31", "02:30", ["2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00"]),
    ("Europe/Berlin", "2027-10-31", "03:00", ["2027-10-31T03:00+01:00"]),
    ("Australia/Lord_Howe", "2027-10-03", "02:15", ["2027-10-03T01:45+10:30", "2027-10-03T02:45+11:00"]),
    ("Australia/Lord_Howe", "2027-10-03", "02:30", ["2027-10-03T02:30+11:00"]),
    ("Australia/Lord_Howe", "2027-04-04", "01:45", ["2027-04-04T01:45+11:00", "2027-04-04T01:45+10:30"]),
    ("Australia/Lord_Howe", "2027-04-04", "01:15", ["2027-04-04T01:15+11:00"]),
    ("America/St_Johns", "2027-03-14", "02:30", ["2027-03-14T01:30-03:30", "2027-03-14T03:30-02:30"]),
    ("America/St_Johns", "2027-11-07", "01:01", ["2027-11-07T01:01-02:30", "2027-11-07T01:01-03:30"]),
    ("America/Havana", "2027-03-14", "00:30", ["2027-03-13T23:30-05:00", "2027-03-14T01:30-04:00"]),
    ("America/Havana", "2027-11-07", "00:30", ["2027-11-07T00:30-04:00", "2027-11-07T00:30-05:00"]),
]
WALLS = [
    (ZoneInfo(zone), date.fromisoformat(day), time.fromisoformat(clock), means) for zone, day, clock, means in WALLS
]


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


class Typed(forms.Form):
    at = WallClockField()


@pytest.mark.parametrize(("tz", "day", "clock", "means"), WALLS)
def test_a_time_on_the_wall_is_a_moment_or_two(tz, day, clock, means):
    """In the toolbox, in the field, and in what the field shows."""
    found = alternatives(day, clock, tz)
    assert [iso(moment) for moment in found] == (means if len(means) == 2 else [])
    form = Typed({"at": f"{day}T{clock:%H:%M}"})
    with timezone.override(tz):
        if found:
            with pytest.raises(WallTimeError, match="The clocks change") as refused:
                at_wall_time(day, clock, tz)
            assert refused.value.alternatives == found
            assert [wall_label(moment, tz) in refused.value.message for moment in found] == [True, True]
            assert not form.is_valid()
            assert form.errors.as_data()["at"][0].alternatives == found
            page = str(form["at"])
            assert [f'value="{day}T{clock:%H:%M}|{moment.isoformat()}"' in page for moment in found] == [True, True]
        else:
            assert [iso(at_wall_time(day, clock, tz))] == means
            assert form.is_valid()
            assert iso(form.cleaned_data["at"].astimezone(tz)) == means[0]
            assert "radio" not in str(form["at"])


@pytest.mark.parametrize(("tz", "day", "clock", "means"), [row for row in WALLS if len(row[3]) == 2])
@pytest.mark.parametrize("pick", [0, 1])
def test_what_is_picked_counts_and_is_still_shown_if_something_else_is_wrong(tz, day, clock, means, pick):
    with timezone.override(tz):
        moment = alternatives(day, clock, tz)[pick]
        typed = f"{day}T{clock:%H:%M}"
        form = Typed({"at": typed, "at_which": f"{typed}|{moment.isoformat()}"})
        assert form.is_valid()
        assert form.cleaned_data["at"] == moment
        page = str(form["at"])
    assert f'value="{moment:%Y-%m-%dT%H:%M}"' in page
    assert page.count("checked") == page.count("radio") / 2


def test_a_choice_for_another_time_is_forgotten():
    form = Typed({"at": "2027-11-08T09:00", "at_which": "2027-11-07T01:30|2027-11-07T01:30:00-05:00"})
    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2027, 11, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-30T09:00", "9", "<b>"])
def test_what_is_no_time_is_shown_again_as_it_was_typed(text):
    form = Typed({"at": text})
    assert not form.is_valid()
    assert "radio" not in str(form["at"])


def test_a_moment_with_its_offset_is_shown_on_the_wall():
    """A slot's button posts one; in a field for wall time the browser would show nothing."""
    form = Typed({"at": "2027-06-01T18:30:00+00:00"})
    assert 'value="2027-06-01T14:30"' in str(form["at"])


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Tokyo"])
def test_every_minute_of_a_year_of_changes_goes_there_and_back(zone):
    tz = ZoneInfo(zone)
    moment, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    while moment < end:
        local = moment.astimezone(tz)
        found = alternatives(local.date(), local.time(), tz) or [at_wall_time(local.date(), local.time(), tz)]
        assert moment in [one.astimezone(UTC) for one in found]
        first, after = day_bounds(local.date(), tz)
        assert first <= moment < after
        moment += timedelta(minutes=85)


@pytest.mark.django_db
def test_the_page_offers_the_choice_beside_the_field_and_loses_nothing(
    patient, episode, physician, room, visit_type, booker, sign_in, facility
):
    browser, url = sign_in(booker), reverse("scheduling:appointment_book", args=[patient.uuid])
    day = "2027-11-07T01:30"
    typed = {"starts_at": day, "type": visit_type.uuid, "practitioner": physician.uuid, "location": room.uuid}
    with time_machine.travel(datetime(2027, 11, 1, tzinfo=UTC)):
        physician.credentials.update(expires_on=None)
        page = browser.post(url, typed)
        text = page.content.decode()
        assert page.status_code == 422
        assert "comes twice" in text
        assert f"selected>{room}" in text
        choice = f"{day}|2027-11-07T01:30:00-05:00"
        assert f'name="starts_at_which" value="{choice}"' in text
        assert browser.post(url, typed | {"starts_at_which": choice}).status_code == 302
    assert patient.appointments.get().starts_at == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


def as_if_rules_had_changed(*visits, by=timedelta(hours=1)):
    """Booked under earlier rules: what the wall said then is another moment now."""
    for visit in visits:
        visit.starts_at, visit.ends_at = visit.starts_at + by, visit.ends_at + by
        stage.saved(visit)
        for part in visit.participants.all():
            part.during = DateTimeTZRange(part.during.lower + by, part.during.upper + by)
            stage.saved(part)


def settle(*options):
    out = StringIO()
    call_command("settle_wall_times", *options, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_bookings_follow_the_wall_when_a_zone_gets_new_rules(visit, facility, physician, visit_type, booker, room):
    """Two that touch move together; reminders that wait move along, the person's answer and links stay good."""
    stage.rule(facility)
    start, common = visit.starts_at, {"by": booker, "location": room}
    second = stage.visit(
        factories.patient(facility), physician, visit_type, starts_at=start + timedelta(minutes=30), **common
    )
    due = second.reminders.get().send_at
    as_if_rules_had_changed(second, visit)
    assert f"Would move: 2 (appointments {visit.pk}, {second.pk})" in settle("--dry-run")
    visit.refresh_from_db()
    assert visit.starts_at == start + timedelta(hours=1)
    assert settle() == f"2 appointments to come. Moved: 2 (appointments {visit.pk}, {second.pk}).\n"
    for row, moment in ((visit, start), (second, start + timedelta(minutes=30))):
        row.refresh_from_db()
        assert (row.starts_at, row.schedule_version) == (moment, 1)
        assert {part.during.lower for part in row.participants.filter(active=True)} == {moment}
    assert second.reminders.get().send_at == due
    line = visit.history.first()
    assert (line.history_user, line.history_change_reason) == (None, "wall-time")
    assert settle().startswith("2 appointments to come. Moved: 0.")


@pytest.mark.django_db
def test_later_ones_move_first_when_the_clock_goes_the_other_way(visit, facility, physician, visit_type, booker):
    second = stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=visit.ends_at)
    as_if_rules_had_changed(visit, second, by=timedelta(minutes=-30))
    assert f"Moved: 2 (appointments {second.pk}, {visit.pk})" in settle()


@pytest.mark.django_db
def test_who_would_be_taken_twice_is_left_and_listed(visit, facility, physician, visit_type, booker):
    start = visit.starts_at
    as_if_rules_had_changed(visit)
    stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=start)
    said = settle()
    assert f"Left: appointment {visit.pk} (practitioner-overlap). Move it by hand." in said
    assert visit.patient.family_name not in said
    visit.refresh_from_db()
    assert visit.starts_at == start + timedelta(hours=1)


@pytest.mark.django_db
def test_a_group_moves_with_its_seats_and_what_is_past_or_cancelled_stays(facility, physician, booker, visit):
    kind = stage.visit_type(facility, code="group", is_group=True)
    start = stage.at(5, facility=facility)
    group = services.book_group(
        type=kind, practitioner=physician, location=None, starts_at=start, ends_at=start + timedelta(hours=1),
        facility=facility, by=booker,
    )  # fmt: skip
    seat = services.add_seat(appointment=group, patient=factories.patient(facility), by=booker)
    as_if_rules_had_changed(group, visit)
    services.cancel_appointment(appointment=visit, reason="Asked to", by=booker)
    assert f"1 appointments to come. Moved: 1 (appointments {group.pk})." in settle()
    seat.refresh_from_db()
    assert seat.during.lower == start
    with time_machine.travel(start + timedelta(hours=1)):
        assert settle().startswith("0 appointments")


@pytest.mark.django_db
def test_a_wall_time_that_is_no_more_is_left_and_one_that_comes_twice_agrees(visit, facility):
    for day, wall, moment, left in (
        (date(2027, 3, 14), time(2, 30), datetime(2027, 3, 14, 7, 30, tzinfo=UTC), True),
        (date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 6, 30, tzinfo=UTC), False),
        (date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC), False),
    ):
        visit.starts_at, visit.ends_at = moment, moment + timedelta(minutes=30)
        visit.wall_date, visit.wall_time = day, wall
        stage.saved(visit)
        assert (f"Left: appointment {visit.pk} (time.skipped)" in settle()) == left
