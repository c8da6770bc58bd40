"""The screens of series: every date is seen before anything happens, and nothing typed is lost."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from scheduling import services
from scheduling.models import Series
from scheduling.selectors import series as selectors
from scheduling.selectors.seriesplan import change_plan, terms_of
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
MON = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(datetime.fromisoformat("2026-11-29T12:00:00-05:00"), tick=True):
        yield


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


@pytest.fixture
def kind(facility):
    return stage.visit_type(facility, code="counseling", name="Counseling", required_credential="license")


@pytest.fixture
def typed(kind, physician, room):
    return {
        "type": kind.uuid, "practitioner": physician.uuid, "location": room.uuid, "interpreter": "", "weekdays": [0],
        "interval": 1, "wall_time": "10:00", "starts_on": MON, "until": MON + timedelta(days=27), "count": "",
    }  # fmt: skip


@pytest.fixture
def series(patient, kind, physician, room, booker):
    return services.book_series(
        patient=patient, type=kind, practitioner=physician, location=room, weekdays=[0], interval=1, starts_on=MON,
        until=MON + timedelta(days=27), wall_time=time(10), by=booker,
    )  # fmt: skip


def week(number, weekday=0):
    return MON + timedelta(days=7 * number + weekday)


def at(facility, day, hour=10):
    return datetime.combine(day, time(hour), facility.tz)


def url(name, patient, *args, **query):
    path = reverse(f"scheduling:{name}", args=[patient.uuid, *args])
    return f"{path}?{urlencode(query)}" if query else path


def looked(text):
    return text.split('name="looked" value="')[1].split('"')[0]


def chosen(text):
    """What the selects of a page would send as they are."""
    found = {}
    for part in text.split('<select class="form-select form-select-sm')[1:]:
        name, options = part.split('name="')[1].split('"')[0], part.split("</select>")[0]
        picked = [option for option in options.split("<option ")[1:] if "selected" in option.split(">")[0]]
        found[name] = picked[0].split('value="')[1].split('"')[0].replace("&#x2B;", "+") if picked else ""
    return found


def other_times(text, day):
    options = text.split(f'name="day-{day}"')[1].split("</select>")[0].split('<option value="')[1:]
    return [value for option in options if "T" in (value := option.split('"')[0].replace("&#x2B;", "+"))]


def test_every_day_is_seen_before_anything_is_booked(desk, patient, typed):
    assert "Show the days" in desk.get(url("series_add", patient)).content.decode()
    seen = desk.post(url("series_add", patient), typed | {"step": "look"})
    text = seen.content.decode()
    assert seen.status_code == 200
    assert not Series.objects.exists()
    for words in ("Mon 30 Nov", "Mon 21 Dec", "Every week on Mon at 10:00", "As planned", "Book the series"):
        assert words in text
    answer = desk.post(url("series_add", patient), typed | chosen(text) | {"step": "do", "looked": looked(text)})
    series = Series.objects.get()
    assert answer["Location"] == series.get_absolute_url()
    assert series.appointments.count() == 4
    page = desk.get(series.get_absolute_url()).content.decode()
    assert "Every week on Mon at 10:00, until Sun 27 Dec" in page


def test_what_is_wrong_is_said_beside_its_field(desk, patient, typed):
    for change, words in (
        ({"weekdays": []}, "Tick at least one weekday"),
        ({"until": ""}, "Choose a last day or a number of visits"),
        ({"count": 3}, "Choose one of the two"),
        ({"location": ""}, "Choose a room"),
        ({"starts_on": "2026-11-01"}, "not past"),
        ({"until": "2028-01-01"}, "a year at most"),
    ):
        answer = desk.post(url("series_add", patient), typed | change | {"step": "look"})
        assert answer.status_code == 422
        assert words in answer.content.decode()


@pytest.fixture
def taken(facility, physician, kind, booker):
    """Somebody else has the practitioner then."""

    def take(*starts):
        for start in starts:
            stage.visit(factories.patient(facility), physician, kind, by=booker, starts_at=start)

    return take


def test_a_day_that_does_not_work_wants_another_time_or_is_left_out(desk, patient, typed, facility, taken):
    taken(at(facility, week(1)), at(facility, week(2)))
    text = desk.post(url("series_add", patient), typed | {"step": "look"}).content.decode()
    assert "is booked at that time" in text
    wanted = typed | chosen(text) | {"looked": looked(text)}
    assert wanted[f"day-{week(1)}"] == ""
    unsettled = desk.post(url("series_add", patient), wanted | {"step": "do"})
    assert unsettled.status_code == 422
    assert "Nothing is done yet" in unsettled.content.decode()
    assert not Series.objects.exists()
    times = other_times(text, week(1))
    local = [datetime.fromisoformat(value).astimezone(facility.tz) for value in times]
    assert [f"{moment:%H:%M}" for moment in local] == ["09:15", "09:30", "10:30"]
    desk.post(url("series_add", patient), wanted | {"step": "rest", f"day-{week(1)}": times[2]})
    series = Series.objects.get()
    rows = series.appointments.order_by("occurrence_on")
    assert [(row.occurrence_on, row.wall_time.hour, row.wall_time.minute) for row in rows] == [
        (week(0), 10, 0), (week(1), 10, 30), (week(3), 10, 0)
    ]  # fmt: skip
    assert series.left_out == [week(2)]
    page = desk.get(series.get_absolute_url()).content.decode()
    for words in ("Exception", "instead of Mon 7 Dec 10:00", "Left out"):
        assert words in page


def test_a_time_that_went_in_the_meantime_is_asked_again(desk, patient, typed, facility, taken):
    text = desk.post(url("series_add", patient), typed | {"step": "look"}).content.decode()
    wanted = typed | chosen(text) | {"looked": looked(text), "step": "do"}
    taken(at(facility, week(1)))
    answer = desk.post(url("series_add", patient), wanted)
    assert answer.status_code == 422
    assert not Series.objects.exists()
    assert "is booked at that time" in answer.content.decode()
    assert other_times(answer.content.decode(), week(1))


def test_whoever_asks_for_something_else_looks_again(desk, patient, typed):
    text = desk.post(url("series_add", patient), typed | {"step": "look"}).content.decode()
    wanted = typed | chosen(text) | {"looked": looked(text), "step": "do", "wall_time": "11:00"}
    answer = desk.post(url("series_add", patient), wanted)
    assert answer.status_code == 409
    assert "You ask for something else now" in answer.content.decode()
    assert not Series.objects.exists()


def test_the_three_scopes_are_a_choice(desk, patient, series):
    visit = series.appointments.get(occurrence_on=week(1))
    text = desk.get(url("series_edit", patient, series.uuid, visit=visit.uuid)).content.decode()
    for words in ("Only this visit", "This and those that follow", "All visits to come", "3 visits", "4 visits"):
        assert words in text
    other = factories.patient(series.facility)
    assert desk.get(url("series_edit", other, series.uuid)).status_code == 404
    stray = stage.visit(
        other, series.practitioner, series.type, by=visit.booked_by, starts_at=at(series.facility, MON, 12)
    )
    assert desk.get(url("series_edit", patient, series.uuid, visit=stray.uuid)).status_code == 404
    assert desk.get(url("series_edit", patient, series.uuid, scope="following")).status_code == 404


def test_changing_from_one_visit_on(desk, patient, series, typed, facility, booker):
    own = series.appointments.get(occurrence_on=week(3))
    services.move_appointment(appointment=own, starts_at=at(facility, week(3, 1)), by=booker)
    visit = series.appointments.get(occurrence_on=week(1))
    there = url("series_edit", patient, series.uuid, visit=visit.uuid, scope="following")
    assert "From this visit on" in desk.get(there).content.decode()
    changed = typed | {"weekdays": [2], "wall_time": "14:00"}
    text = desk.post(there, changed | {"step": "look"}).content.decode()
    for words in ("Wed 9 Dec", "14:00, now Mon 7 Dec 10:00", "Changed by itself", "Stays at Tue 22 Dec 10:00"):
        assert words in text
    answer = desk.post(there, changed | chosen(text) | {"step": "do", "looked": looked(text)})
    new = Series.objects.latest("pk")
    assert answer["Location"] == new.get_absolute_url()
    assert new.continues == series
    assert "The earlier part" in desk.get(new.get_absolute_url()).content.decode()
    assert "The later part" in desk.get(series.get_absolute_url()).content.decode()


def test_the_second_of_two_editors_gets_the_conflict(desk, patient, series, typed, facility, sign_in):
    there = url("series_edit", patient, series.uuid, scope="all")
    mine = typed | {"wall_time": "14:00"}
    text = desk.post(there, mine | {"step": "look"}).content.decode()
    other = sign_in(factories.person("treatment", facility, given_name="Ana", family_name="Lopez"))
    theirs = typed | {"wall_time": "15:00"}
    seen = other.post(there, theirs | {"step": "look"}).content.decode()
    assert other.post(there, theirs | chosen(seen) | {"step": "do", "looked": looked(seen)}).status_code == 302
    answer = desk.post(there, mine | chosen(text) | {"step": "do", "looked": looked(text)})
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Ana Lopez changed it last", "It says now: Every week on Mon at 15:00", 'value="14:00"'):
        assert words in page
    assert set(series.appointments.values_list("wall_time", flat=True)) == {time(15)}
    again = desk.post(there, mine | chosen(page) | {"step": "do", "looked": looked(page)})
    assert again.status_code == 302
    assert set(series.appointments.values_list("wall_time", flat=True)) == {time(14)}


def test_who_has_no_hours_any_more_is_not_dropped_unseen(desk, patient, series, physician):
    physician.availability.all().delete()
    text = desk.get(url("series_edit", patient, series.uuid, scope="all")).content.decode()
    assert f'value="{physician.uuid}" selected' in text


def test_cancelling_says_what_goes_and_asks_for_a_reason(desk, patient, series, facility, booker):
    own = series.appointments.get(occurrence_on=week(2))
    services.move_appointment(appointment=own, starts_at=at(facility, week(2, 1)), by=booker)
    visit = series.appointments.get(occurrence_on=week(1))
    there = url("series_cancel", patient, series.uuid, visit=visit.uuid, scope="following")
    text = desk.get(there).content.decode()
    for words in ("These are cancelled", "Mon 7 Dec 10:00", "These were changed by themselves", "Tue 15 Dec 10:00"):
        assert words in text
    assert desk.post(there, {"reason": ""}).status_code == 422
    later = replace(terms_of(series), pattern=replace(series.pattern, until=week(2, 6)))
    services.change_series(series=series, terms=later, by=booker)
    stale = desk.post(there, {"reason": "Asked to", "seen": text.split('name="seen" value="')[1].split('"')[0]})
    assert stale.status_code == 409
    assert "Somebody has changed this series" in stale.content.decode()
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert desk.post(there, {"reason": "Asked to"}).status_code == 302
    standing = series.appointments.exclude(status="cancelled")
    assert {row.occurrence_on for row in standing} == {week(0), week(2)}
    desk.post(url("series_cancel", patient, series.uuid), {"reason": "Asked to", "with_exceptions": "on"})
    assert not standing.all().exists()
    assert "No visit is to come" in desk.get(url("series_cancel", patient, series.uuid)).content.decode()
    assert "Extend" in desk.get(series.get_absolute_url()).content.decode()


def test_a_visit_that_is_over_is_not_offered(desk, patient, series, facility):
    visit = series.appointments.get(occurrence_on=week(0))
    with time_machine.travel(at(facility, week(0), 12)):
        text = desk.get(url("series_edit", patient, series.uuid, visit=visit.uuid)).content.decode()
    assert "This visit is over" in text


@pytest.mark.parametrize("number", [10, 60])
def test_pages_cost_the_same_however_many_visits(
    number, patient, kind, physician, room, booker, django_assert_num_queries
):
    series = services.book_series(
        patient=patient, type=kind, practitioner=physician, location=room, weekdays=[0, 1, 2, 3, 4], interval=1,
        starts_on=MON, count=number, wall_time=time(10), by=booker,
    )  # fmt: skip
    series = selectors.series_of(patient, series.uuid)
    with django_assert_num_queries(1):
        ahead, _ = selectors.series_visits(series)
    assert len(ahead) == number
    with django_assert_num_queries(1):
        assert [row["left"] for row in selectors.series_rows(patient, series.facility)] == [number]
    moved = replace(terms_of(series), pattern=replace(series.pattern, wall_time=time(14)))
    with django_assert_num_queries(9):  # visits; equipment; clearance on two days, four; closures, hours, who is taken
        plan = selectors.examined(change_plan(series, moved, None), patient=patient, type=kind)
    assert [bool(line.problem) for line in plan.lines] == [False] * number


def test_a_visit_that_another_editor_gave_to_a_later_part_leads_there(desk, patient, series, typed, booker):
    visit = series.appointments.get(occurrence_on=week(2))
    there = url("series_edit", patient, series.uuid, visit=visit.uuid, scope="following")
    mine = typed | {"wall_time": "14:00"}
    text = desk.post(there, mine | {"step": "look"}).content.decode()
    later = replace(terms_of(series), pattern=replace(series.pattern, wall_time=time(15)))
    new = services.change_series(series=series, terms=later, since=visit, by=booker)
    answer = desk.post(there, mine | chosen(text) | {"step": "do", "looked": looked(text)})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It says now: Every week on Mon at 15:00" in page
    again = desk.post(there, mine | chosen(page) | {"step": "do", "looked": looked(page)})
    assert again["Location"] == new.get_absolute_url()
    assert Series.objects.count() == 2
    assert desk.get(url("series_edit", patient, series.uuid, visit="no-uuid")).status_code == 404


def test_where_the_clocks_go_back_both_times_are_offered(desk, patient, typed, facility):
    wanted = typed | {"weekdays": [6], "wall_time": "01:30", "starts_on": "2027-10-31", "until": "2027-11-14"}
    text = desk.post(url("series_add", patient), wanted | {"step": "look"}).content.decode()
    assert "01:30 comes twice" in text
    times = other_times(text, date(2027, 11, 7))
    assert {"2027-11-07T05:30:00+00:00", "2027-11-07T06:30:00+00:00"} <= set(times)
    assert "before the clocks go back instead" in text
    settled = wanted | chosen(text) | {"day-2027-11-07": "2027-11-07T06:30:00+00:00"}
    desk.post(url("series_add", patient), settled | {"step": "do", "looked": looked(text)})
    rows = Series.objects.get().appointments.order_by("starts_at")
    assert [row.wall_time for row in rows] == [time(1, 30)] * 3
    assert rows[1].starts_at.isoformat() == "2027-11-07T06:30:00+00:00"
