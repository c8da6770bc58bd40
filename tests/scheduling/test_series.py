"""Series: booked on the wall clock, changed from one visit on or all, and never a half."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, FreedTime, Reminder, Series
from scheduling.recurrence import Pattern
from scheduling.selectors.seriesplan import What, change_plan, terms_of
from scheduling.services import Choice, DaysRefused
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 11, 29)
MON, THU = date(2026, 11, 30), date(2026, 12, 3)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime.fromisoformat("2026-11-29T12:00:00-05:00"), tick=True):
        yield


@pytest.fixture
def kind(facility):
    return stage.visit_type(facility, code="counseling", name="Counseling", required_credential="license")


@pytest.fixture
def asked(patient, kind, physician, room, booker):
    """Mondays at 10:00, four times."""
    return {
        "patient": patient, "type": kind, "practitioner": physician, "location": room, "weekdays": [0], "interval": 1,
        "starts_on": MON, "until": MON + timedelta(days=27), "wall_time": time(10), "by": booker,
    }  # fmt: skip


@pytest.fixture
def series(asked):
    return services.book_series(**asked)


def week(number, weekday=0):
    return MON + timedelta(days=7 * number + weekday)


def at(facility, day, hour=10, minute=0):
    return datetime.combine(day, time(hour, minute), facility.tz)


def standing(series):
    """Day of the series → wall time of what stands there."""
    rows = series.appointments.exclude(status="cancelled").order_by("occurrence_on")
    return {row.occurrence_on: f"{row.wall_date:%d}. {row.wall_time:%H:%M}" for row in rows}


def visit_on(series, day):
    return series.appointments.exclude(status="cancelled").get(occurrence_on=day)


def terms(series, **changes):
    """What the series says, with some of it changed."""
    now = terms_of(series)
    names = Pattern.__dataclass_fields__
    when = {name: value for name, value in changes.items() if name in names}
    who = {name: value for name, value in changes.items() if name not in names}
    return replace(now, pattern=replace(now.pattern, **when), **who)


# Booking ---------------------------------------------------------------------------------------------


def test_a_series_is_booked_with_all_its_visits_and_their_reminders(asked, facility, patient):
    stage.rule(facility)
    series = services.book_series(**asked)
    assert standing(series) == {week(n): f"{week(n):%d}. 10:00" for n in range(4)}
    rows = series.appointments.all()
    assert {(row.status, row.is_exception, row.patient) for row in rows} == {("booked", False, patient)}
    assert Reminder.objects.filter(status="due").count() == 4
    assert series.pattern.words == "Every week on Mon at 10:00"


def test_so_many_visits_and_several_weekdays_every_second_week(asked):
    series = services.book_series(**asked | {"until": None, "count": 5, "weekdays": [3, 0], "interval": 2})
    assert list(standing(series)) == [week(0), week(0, 3), week(2), week(2, 3), week(4)]
    assert series.until == week(4)


def test_ten_stays_ten_when_the_clocks_change(asked, facility):
    series = services.book_series(**asked | {"starts_on": date(2027, 3, 8), "until": date(2027, 3, 15)})
    winter, summer = series.appointments.order_by("starts_at")
    assert [row.wall_time for row in (winter, summer)] == [time(10), time(10)]
    assert summer.starts_at - winter.starts_at == timedelta(days=7) - timedelta(hours=1)


@pytest.mark.parametrize(("first", "clock"), [(date(2027, 3, 7), time(2, 30)), (date(2027, 10, 31), time(1, 30))])
def test_a_time_that_is_skipped_or_comes_twice_is_reported_for_its_day(first, clock, asked):
    wanted = asked | {
        "weekdays": [6], "starts_on": first, "until": first + timedelta(days=14), "wall_time": clock,
    }  # fmt: skip
    with time_machine.travel(first - timedelta(days=20)), pytest.raises(DaysRefused) as refused:
        services.book_series(**wanted)
    assert list(refused.value.days) == [first + timedelta(days=7)]
    assert "clocks change" in refused.value.days[first + timedelta(days=7)]
    assert not Series.objects.exists()


def test_each_day_that_does_not_work_is_named_and_nothing_is_booked(asked, facility, physician, room):
    stage.visit(factories.patient(facility), physician, asked["type"], by=asked["by"], starts_at=at(facility, week(0)))
    stage.away(facility, at(facility, week(1), 0), at(facility, week(2), 0), kind="leave", practitioner=physician)
    stage.away(facility, at(facility, week(2), 0), at(facility, week(2), 12), note="Holiday")
    physician.credentials.update(expires_on=week(3) - timedelta(days=1))
    with pytest.raises(DaysRefused) as refused:
        services.book_series(**asked)
    days = refused.value.days
    assert list(days) == [week(n) for n in range(4)]
    for day, words in zip(days, ("is booked", "leave", "Holiday", "license"), strict=True):
        assert words in days[day]
    assert not Series.objects.exists()
    assert Appointment.objects.count() == 1


def test_other_times_and_days_left_out_are_as_the_person_said(asked, facility, physician):
    for n in (1, 2):
        stage.visit(
            factories.patient(facility), physician, asked["type"], by=asked["by"], starts_at=at(facility, week(n))
        )
    choices = {week(1): at(facility, week(1), 11), week(2): Choice.OUT}
    series = services.book_series(**asked, choices=choices)
    assert standing(series) == {
        week(0): f"{week(0):%d}. 10:00", week(1): f"{week(1):%d}. 11:00", week(3): f"{week(3):%d}. 10:00"
    }  # fmt: skip
    assert series.left_out == [week(2)]
    assert visit_on(series, week(1)).is_exception
    assert services.change_series(series=series, terms=terms(series, wall_time=time(14)), by=asked["by"]).left_out == [
        week(2)
    ]
    assert standing(series)[week(1)] == f"{week(1):%d}. 11:00"
    assert week(2) not in standing(series)


def test_conflicts_can_be_left_out_all_at_once(asked, facility, physician):
    stage.visit(factories.patient(facility), physician, asked["type"], by=asked["by"], starts_at=at(facility, week(1)))
    series = services.book_series(**asked, skip_conflicts=True)
    assert list(standing(series)) == [week(0), week(2), week(3)]
    assert series.left_out == [week(1)]
    physician.credentials.update(expires_on=MON)
    with pytest.raises(DomainError, match="No visit would be left"):
        services.book_series(**asked | {"starts_on": week(1), "until": week(3)}, skip_conflicts=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"starts_on": SUNDAY - timedelta(days=1)}, "not past"),
        ({"until": SUNDAY}, "last day that is not before"),
        ({"until": MON + timedelta(days=400)}, "a year at most"),
        ({"until": MON + timedelta(days=120), "weekdays": [0, 1, 2, 3, 4]}, "60 at most"),
        ({"until": None, "count": 61}, "60 visits at most"),
        ({"weekdays": [4], "until": THU}, "None of these weekdays"),
    ],
)
def test_a_series_is_bounded(change, words, asked):
    with pytest.raises(DomainError, match=words):
        services.book_series(**asked | change)


def test_what_no_visit_could_be_booked_for_is_said_once(asked, patient, kind):
    kind.required_steps = ["option-accepted"]
    stage.saved(kind)
    with pytest.raises(DomainError, match="once this is done") as refused:
        services.book_series(**asked)
    assert not isinstance(refused.value, DaysRefused)
    patient.deceased = True
    stage.saved(patient)
    with pytest.raises(DomainError, match="died"):
        services.book_series(**asked)


# One visit ---------------------------------------------------------------------------------------------


def test_a_visit_moved_or_cancelled_by_itself_is_an_exception(series, facility, booker):
    moved = services.move_appointment(
        appointment=visit_on(series, week(1)), starts_at=at(facility, week(1, 2)), by=booker
    )
    gone = services.cancel_appointment(appointment=visit_on(series, week(2)), reason="Holiday", by=booker)
    assert [(row.is_exception, row.occurrence_on) for row in (moved, gone)] == [(True, week(1)), (True, week(2))]
    services.change_series(series=series, terms=terms(series, wall_time=time(14)), by=booker)
    assert standing(series) == {
        week(0): f"{week(0):%d}. 14:00", week(1): f"{week(1, 2):%d}. 10:00", week(3): f"{week(3):%d}. 14:00"
    }  # fmt: skip
    gone.refresh_from_db()
    assert gone.status == "cancelled"


# All to come -------------------------------------------------------------------------------------------


def test_all_to_come_move_and_their_reminders_with_them(series, facility, booker):
    stage.rule(facility)
    first = visit_on(series, week(0))
    services.record_answer(appointment=first, reply="accepted", via="phone", by=booker)
    services.change_series(series=series, terms=terms(series, wall_time=time(14)), by=booker)
    first.refresh_from_db()
    assert (first.wall_time, first.schedule_version, first.reply) == (time(14), 2, "needs-action")
    assert first.reminders.get().schedule_version == 2
    assert not series.appointments.filter(is_exception=True).exists()
    series.refresh_from_db()
    assert series.wall_time == time(14)


def test_what_is_past_stays_as_it_was(series, facility, booker):
    before = list(series.appointments.filter(occurrence_on__lte=week(1)).values())
    with time_machine.travel(at(facility, week(1), 12)):
        services.change_series(series=series, terms=terms(series, weekdays=(1,), wall_time=time(9)), by=booker)
    assert list(series.appointments.filter(occurrence_on__lte=week(1)).values()) == before
    assert list(standing(series)) == [week(0), week(1), week(2, 1), week(3, 1)]


def test_a_visit_whose_weekday_is_gone_takes_another_of_its_week(series, booker):
    before = {row.pk: row.occurrence_on for row in series.appointments.all()}
    services.change_series(series=series, terms=terms(series, weekdays=(1, 3)), by=booker)
    assert list(standing(series)) == [week(n, day) for n in range(4) for day in (1, 3)]
    kept = {row.pk: row.occurrence_on for row in series.appointments.filter(pk__in=before)}
    assert kept == {pk: day + timedelta(days=1) for pk, day in before.items()}
    services.change_series(series=series, terms=terms(series, weekdays=(3,)), by=booker)
    assert list(standing(series)) == [week(n, 3) for n in range(4)]
    gone = series.appointments.filter(status="cancelled")
    assert {(row.cancel_reason, row.is_exception) for row in gone} == {("No longer a day of the series", False)}
    services.change_series(series=series, terms=terms(series, weekdays=(1, 3)), by=booker)
    assert list(standing(series)) == [week(n, day) for n in range(4) for day in (1, 3)]


def test_a_series_is_extended_and_shortened_without_moving_anything(series, booker):
    versions = set(series.appointments.values_list("pk", "schedule_version"))
    services.change_series(series=series, terms=terms(series, until=week(5)), by=booker)
    assert list(standing(series)) == [week(n) for n in range(6)]
    assert versions <= set(series.appointments.values_list("pk", "schedule_version"))
    series.refresh_from_db()
    services.change_series(series=series, terms=terms(series, until=week(1)), by=booker)
    assert list(standing(series)) == [week(0), week(1)]
    assert FreedTime.objects.count() == 4


def test_another_practitioner_room_and_interpreter(series, facility, booker):
    other = factories.practitioner(facility, family_name="Lund")
    stage.hours(other, facility)
    helper, room = stage.interpreter(facility), factories.LocationFactory(facility=facility)
    wanted = terms(series, practitioner=other, location=room, interpreter=helper)
    services.change_series(series=series, terms=wanted, by=booker)
    rows = series.appointments.all()
    assert {(row.practitioner, row.location, row.interpreter) for row in rows} == {(other, room, helper)}
    series.refresh_from_db()
    services.change_series(series=series, terms=terms(series, interpreter=None), by=booker)
    rows = series.appointments.exclude(status="cancelled")
    assert {row.interpreter for row in rows} == {None}
    assert list(standing(series)) == [week(n) for n in range(4)]


def test_a_day_that_cannot_move_stays_moves_elsewhere_or_is_left_out(series, facility, booker, physician, kind):
    for n in range(1, 4):
        start = at(facility, week(n), 14)
        stage.visit(factories.patient(facility), physician, kind, by=booker, starts_at=start)
    later = terms(series, wall_time=time(14))
    with pytest.raises(DaysRefused) as refused:
        services.change_series(series=series, terms=later, by=booker)
    assert list(refused.value.days) == [week(1), week(2), week(3)]
    assert set(standing(series).values()) == {f"{week(n):%d}. 10:00" for n in range(4)}
    choices = {week(1): Choice.STAY, week(2): at(facility, week(2), 15), week(3): Choice.OUT}
    services.change_series(series=series, terms=later, choices=choices, by=booker)
    assert standing(series) == {
        week(0): f"{week(0):%d}. 14:00", week(1): f"{week(1):%d}. 10:00", week(2): f"{week(2):%d}. 15:00"
    }  # fmt: skip
    exceptions = series.appointments.filter(is_exception=True).order_by("occurrence_on")
    assert [row.occurrence_on for row in exceptions] == [week(1), week(2), week(3)]


# This and following ------------------------------------------------------------------------------------


def test_from_one_visit_on_another_series_continues(series, facility, booker):
    own = services.move_appointment(
        appointment=visit_on(series, week(3)), starts_at=at(facility, week(3, 2), 16), by=booker
    )
    wanted = terms(series, weekdays=(3,), wall_time=time(14))
    new = services.change_series(series=series, terms=wanted, since=visit_on(series, week(2)), by=booker)
    series.refresh_from_db()
    assert list(standing(series)) == [week(0), week(1)]
    assert (series.until, series.wall_time) == (week(2) - timedelta(days=1), time(10))
    assert (new.continues, new.starts_on, new.until) == (series, week(2, 3), week(3, 6))
    own.refresh_from_db()
    assert (own.series, own.occurrence_on, own.is_exception) == (new, week(3, 3), True)
    assert standing(new) == {week(2, 3): f"{week(2, 3):%d}. 14:00", week(3, 3): f"{week(3, 2):%d}. 16:00"}


def test_an_earlier_weekday_takes_the_visit_of_the_same_week(series, booker, asked):
    weekly = services.book_series(**asked | {"weekdays": [3], "starts_on": THU, "wall_time": time(15)})
    wanted = terms(weekly, weekdays=(1,))
    new = services.change_series(series=weekly, terms=wanted, since=visit_on(weekly, week(2, 3)), by=booker)
    assert list(standing(new)) == [week(2, 1), week(3, 1)]
    assert new.starts_on == week(2, 1)


def test_from_the_first_visit_on_is_all_of_it(series, booker):
    same = services.change_series(
        series=series, terms=terms(series, wall_time=time(9)), since=visit_on(series, week(0)), by=booker
    )
    assert same == series
    assert Series.objects.count() == 1


def test_a_part_can_be_put_between_two(series, facility, booker):
    last = services.change_series(
        series=series, terms=terms(series, wall_time=time(15)), since=visit_on(series, week(3)), by=booker
    )
    series.refresh_from_db()
    middle = services.change_series(
        series=series, terms=terms(series, wall_time=time(9)), since=visit_on(series, week(1)), by=booker
    )
    last.refresh_from_db()
    assert (middle.continues, last.continues) == (series, middle)
    middle = Series.objects.get(pk=middle.pk)
    with pytest.raises(DomainError, match="later part"):
        services.change_series(series=middle, terms=terms(middle, until=week(3)), by=booker)


# Cancelling --------------------------------------------------------------------------------------------


def test_one_and_those_that_follow_are_cancelled_and_exceptions_only_if_said(series, facility, booker):
    own = services.move_appointment(
        appointment=visit_on(series, week(2)), starts_at=at(facility, week(2, 2)), by=booker
    )
    rows = services.cancel_series(series=series, since=visit_on(series, week(1)), reason="Asked to", by=booker)
    assert [row.occurrence_on for row in rows] == [week(1), week(3)]
    assert list(standing(series)) == [week(0), week(2)]
    series.refresh_from_db()
    assert series.until == week(1) - timedelta(days=1)
    services.cancel_series(series=series, reason="Asked to", with_exceptions=True, by=booker)
    own.refresh_from_db()
    assert own.status == "cancelled"
    assert standing(series) == {}
    for reason, words in (("Asked to", "to come any more"), (" ", "Say why")):
        with pytest.raises(DomainError, match=words):
            services.cancel_series(series=series, reason=reason, by=booker)


# Who looked at what ------------------------------------------------------------------------------------


def test_what_was_looked_at_is_what_is_done(series, facility, booker):
    wanted = terms(series, wall_time=time(14))
    seen = change_plan(series, wanted, None)
    assert [line.what for line in seen.lines] == [What.MOVE] * 4
    services.move_appointment(appointment=visit_on(series, week(1)), starts_at=at(facility, week(1, 2)), by=booker)
    with pytest.raises(DomainError, match="since you looked"):
        services.change_series(series=series, terms=wanted, seen=seen.signature, by=booker)
    seen = change_plan(series, wanted, None)
    services.change_series(series=series, terms=wanted, seen=seen.signature, by=booker)
    with pytest.raises(DomainError, match="since you looked"):
        services.change_series(series=series, terms=wanted, seen=seen.signature, by=booker)
