"""Hours of the week, leave, extra hours and closures: what they change, and what they show."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from core.times import today
from scheduling import selectors, services
from scheduling.models import AvailabilityException, AvailabilityRule
from staff.models import PractitionerRole
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"scheduling:{name}", args=args)


@pytest.fixture
def keeper(facility):
    return factories.person(Role.PHYSICIAN_SERVICES, facility)


@pytest.fixture
def desk(sign_in, booker):
    return sign_in(booker)


@pytest.fixture
def doctor(facility):
    """Somebody without hours yet."""
    return factories.practitioner(facility, family_name="Newcomer")


@pytest.fixture
def monday(facility):
    now = today(facility.tz)
    return now + timedelta(days=7 - now.weekday())


def rules(person):
    rows = person.availability.order_by("valid_from", "weekday", "starts")
    return list(rows.values_list("weekday", "starts", "ends", "valid_from", "valid_until"))


def add(doctor, facility, by, **fields):
    usual = {"weekdays": [0], "starts": time(9), "ends": time(12), "valid_from": date(2026, 1, 1)}
    return services.add_hours(practitioner=doctor, facility=facility, by=by, **usual | fields)


def test_hours_are_one_row_a_day_and_can_be_booked(doctor, facility, booker, patient, visit_type, monday):
    add(doctor, facility, booker, weekdays=[2, 0, 2])
    assert [row[0] for row in rules(doctor)] == [0, 2]
    start = stage.at((monday - today(facility.tz)).days, 9, facility=facility)
    assert stage.visit(patient, doctor, visit_type, by=booker, starts_at=start)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts": time(12)}, "end after they begin"),
        ({"valid_until": date(2025, 1, 1)}, "before the first"),
        ({"starts": time(11), "ends": time(14)}, "hours on Mondays already, 09:00 to 12:00"),
        ({"valid_from": date(2025, 1, 1), "valid_until": date(2026, 1, 1)}, "hours on Mondays already"),
    ],
)
def test_hours_that_make_no_sense_are_refused(doctor, facility, booker, fields, sentence):
    add(doctor, facility, booker)
    with pytest.raises(DomainError, match=sentence):
        add(doctor, facility, booker, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"starts": time(12), "ends": time(14)},
        {"weekdays": [1]},
        {"valid_from": date(2025, 1, 1), "valid_until": date(2025, 12, 31)},
    ],
)
def test_hours_beside_others_are_fine(doctor, facility, booker, fields):
    add(doctor, facility, booker)
    add(doctor, facility, booker, **fields)
    assert len(rules(doctor)) == 2


def test_hours_change_from_a_day_on_and_what_was_stays_on_record(doctor, facility, booker, monday):
    (rule,) = add(doctor, facility, booker)
    services.change_hours(rule=rule, starts=time(10), ends=time(13), valid_from=monday, by=booker)
    assert rules(doctor) == [
        (0, time(9), time(12), date(2026, 1, 1), monday - timedelta(days=1)),
        (0, time(10), time(13), monday, None),
    ]
    later = doctor.availability.get(valid_from=monday)
    services.change_hours(rule=later, starts=time(11), ends=time(13), valid_from=monday, by=booker)
    assert rules(doctor)[1][1:3] == (time(11), time(13))
    with pytest.raises(DomainError, match="today or a later day"):
        services.change_hours(rule=later, starts=time(11), ends=time(13), valid_from=date(2026, 2, 1), by=booker)


def test_hours_end_and_those_that_have_not_begun_go(doctor, facility, booker, monday):
    (rule,) = add(doctor, facility, booker)
    services.end_hours(rule=rule, last_day=monday, by=booker)
    assert rules(doctor)[0][4] == monday
    with pytest.raises(DomainError, match="today or a later day"):
        services.end_hours(rule=rule, last_day=date(2026, 2, 1), by=booker)
    (coming,) = add(doctor, facility, booker, valid_from=monday + timedelta(days=70))
    services.end_hours(rule=coming, last_day=monday, by=booker)
    assert not AvailabilityRule.objects.filter(pk=coming.pk).exists()
    assert AvailabilityRule.history.filter(id=coming.pk).latest().history_user == booker


def test_leave_takes_the_time_and_taking_it_back_gives_it_again(visit, facility, booker, physician, visit_type):
    day = {"starts_at": stage.at(4, 0, facility=facility), "ends_at": stage.at(5, 0, facility=facility)}
    leave = services.add_exception(kind="leave", practitioner=physician, facility=facility, by=booker, **day)
    assert leave.facility is None
    start = stage.at(4, 10, facility=facility)
    with pytest.raises(DomainError, match="away"):
        services.move_appointment(appointment=visit, starts_at=start, by=booker)
    services.withdraw_exception(exception=leave, by=booker)
    services.withdraw_exception(exception=leave, by=booker)
    assert services.move_appointment(appointment=visit, starts_at=start, by=booker)


@pytest.mark.parametrize(("first", "last", "sentence"), [(2, 1, "after it begins"), (-3, -2, "over already")])
def test_an_exception_that_is_none_is_refused(facility, booker, first, last, sentence):
    with pytest.raises(DomainError, match=sentence):
        services.add_exception(
            kind="closed", facility=facility, by=booker, starts_at=stage.at(first, facility=facility),
            ends_at=stage.at(last, facility=facility),
        )  # fmt: skip


def leave_of(person, facility, **fields):
    """The week in which the visit is."""
    span = (stage.at(2, 0, facility=facility), stage.at(9, 0, facility=facility))
    return stage.away(facility, *span, **{"kind": "leave", "practitioner": person, **fields})


@pytest.fixture
def leave(visit, facility, physician):
    return leave_of(physician, facility)


def test_leave_lists_what_is_booked_in_it_with_a_way_to_move_it(visit, facility, booker, visit_type, physician):
    ines = stage.interpreter(facility)
    before = stage.visit(visit.patient, physician, visit_type, by=booker, starts_at=stage.at(1, facility=facility))
    other = stage.visit(
        factories.patient(facility), another(facility), visit_type, by=booker, starts_at=visit.ends_at,
        interpreter=ines,
    )  # fmt: skip
    services.cancel_appointment(
        appointment=stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=visit.ends_at),
        reason="Asked to", by=booker,
    )  # fmt: skip
    found = selectors.bookings_in(leave_of(physician, facility), facility, booker)
    assert [row["uuid"] for row in found.rows] == [visit.uuid]
    assert found.rows[0]["move_url"] == url("appointment_move", visit.patient.uuid, visit.uuid)
    away = leave_of(ines, facility, kind="travel")
    assert [row["uuid"] for row in selectors.bookings_in(away, facility, booker).rows] == [other.uuid]
    closed = stage.away(facility, stage.at(0, facility=facility), stage.at(9, facility=facility))
    everything = [row["uuid"] for row in selectors.bookings_in(closed, facility, booker).rows]
    assert everything == [before.uuid, visit.uuid, other.uuid]


def another(facility):
    row = factories.practitioner(facility, family_name="Second")
    stage.hours(row, facility)
    return row


def test_a_closure_lists_what_is_in_the_room_or_uses_the_equipment(visit, facility, booker, room, physician, patient):
    kind = stage.visit_type(facility, code="scan")
    kind.equipment.add(stage.scanner(facility))
    scan = stage.visit(patient, physician, kind, by=booker, starts_at=visit.ends_at)
    span = (visit.starts_at, scan.ends_at)
    for place, expected in ((room, visit), (scan.equipment, scan)):
        closed = stage.away(facility, *span, location=place)
        assert [row["uuid"] for row in selectors.bookings_in(closed, facility, booker).rows] == [expected.uuid]


def test_who_sees_no_names_is_told_how_many(leave, keeper, sign_in, facility, visit):
    page = sign_in(keeper).get(url("exception_detail", leave.uuid)).content.decode()
    assert "One visit falls into this time." in page
    assert visit.patient.family_name not in page
    assert str(visit.uuid) not in page


def test_the_coordinator_looks_and_does_not_move(leave, sign_in, facility, visit):
    user = factories.person(Role.CLINICAL_COORDINATOR, facility)
    page = sign_in(user).get(url("exception_detail", leave.uuid)).content.decode()
    assert visit.get_absolute_url() in page
    assert f"{visit.get_absolute_url()}move/" not in page


def test_bookings_elsewhere_are_said_and_not_shown(visit, facility, other_facility, booker, physician):
    stage.saved(PractitionerRole(practitioner=physician, facility=other_facility))
    stage.hours(physician, other_facility)
    kind, person = stage.visit_type(other_facility, code="there"), factories.patient(other_facility)
    stage.visit(person, physician, kind, by=booker, starts_at=stage.at(5, facility=facility))
    found = selectors.bookings_in(leave_of(physician, facility), facility, booker)
    assert (found.count, found.elsewhere) == (1, 1)


def test_leave_from_the_form_to_the_list_of_what_to_move(desk, visit, physician, facility):
    day = visit.starts_at.astimezone(facility.tz).date().isoformat()
    form = {"kind": "leave", "first_day": day, "last_day": day, "note": "Back on Monday"}
    answer = desk.post(url("exception_add", physician.uuid), form)
    leave = AvailabilityException.objects.get()
    assert answer["Location"] == url("exception_detail", leave.uuid)
    page = desk.get(answer["Location"]).content.decode()
    assert f"{visit.get_absolute_url()}move/" in page
    assert "Back on Monday" in page
    assert AccessEvent.objects.filter(target="scheduling:exception").count() == 1
    assert leave.uuid.hex[:8] in desk.get(url("availability_detail", physician.uuid)).content.decode().replace("-", "")
    desk.post(url("exception_withdraw", leave.uuid))
    assert "What is booked" not in desk.get(url("availability_detail", physician.uuid)).content.decode()
    assert "holds no longer" in desk.get(url("exception_detail", leave.uuid)).content.decode()


def test_a_closure_of_some_hours_is_one_of_that_room(desk, room, facility, visit):
    day = visit.starts_at.astimezone(facility.tz).date().isoformat()
    form = {"location": room.uuid, "first_day": day, "from_time": "13:00", "last_day": day, "until_time": "15:00"}
    desk.post(url("closure_add"), form)
    row = AvailabilityException.objects.get()
    assert (row.location, row.during.upper - row.during.lower) == (room, timedelta(hours=2))
    assert "13:00 to 15:00" in desk.get(url("place_list")).content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "This field is required"),
        ({"first_day": "2031-01-07", "last_day": "2031-01-06"}, "has to end after it begins"),
        ({"first_day": "2027-03-14", "from_time": "02:30", "last_day": "2027-03-14"}, "02:30 is skipped"),
    ],
)
def test_a_wrong_closure_comes_back_with_what_was_typed(desk, form, words):
    answer = desk.post(url("closure_add"), form | {"note": "Painters"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Painters"' in answer.content.decode()


def test_hours_from_the_forms(desk, doctor, facility, monday):
    page = url("hours_add", doctor.uuid)
    typed = {"weekdays": ["0", "1", "2", "4"], "starts": "08:30", "ends": "12:00", "valid_from": "2026-01-01"}
    assert desk.post(page, typed).status_code == 302
    assert desk.post(page, typed).status_code == 422
    row = next(row for row in selectors.availability_rows(facility) if row["name"] == str(doctor))
    assert row["hours"] == ["Mon to Wed, Fri 08:30–12:00"]
    first = doctor.availability.order_by("weekday").first()
    desk.post(url("hours_edit", first.uuid), {"starts": "09:00", "ends": "12:00", "valid_from": monday.isoformat()})
    last = doctor.availability.get(weekday=4)
    desk.post(url("hours_end", last.uuid), {"last_day": monday.isoformat()})
    text = desk.get(url("availability_detail", doctor.uuid)).content.decode()
    assert "09:00 to 12:00" in text
    assert [row["until"] != "" for row in selectors.hours_rows(doctor, facility)] == [True, False, False, False, True]
    assert desk.post(url("hours_end", last.uuid), {"last_day": "2026-01-05"}).status_code == 422


def test_clinicians_see_their_own_and_change_nothing(sign_in, physician, leave, doctor, facility, visit):
    browser = sign_in(physician.user)
    mine = url("availability_detail", physician.uuid)
    assert browser.get(url("availability_mine"))["Location"] == mine
    page = browser.get(mine).content.decode()
    assert "Every week" in page
    assert "Add hours" not in page
    listed = browser.get(url("exception_detail", leave.uuid)).content.decode()
    assert visit.get_absolute_url() in listed
    assert "Take back" not in listed
    assert browser.get(url("availability_detail", doctor.uuid)).status_code == 403
    assert browser.post(url("exception_withdraw", leave.uuid)).status_code == 403
    assert browser.get(url("hours_add", physician.uuid)).status_code == 403
    nobody = sign_in(factories.person(Role.CLINICIAN, facility))
    assert "Nobody is booked with you" in nobody.get(url("availability_mine")).content.decode()


def test_another_facilitys_hours_and_closures_are_not_there(sign_in, physician, other_facility, facility):
    keeper = sign_in(factories.person(Role.TREATMENT, other_facility))
    closed = stage.away(facility, stage.at(1, facility=facility), stage.at(2, facility=facility))
    for name, pk in (
        ("availability_detail", physician.uuid), ("hours_edit", physician.availability.first().uuid),
        ("exception_detail", closed.uuid),
    ):  # fmt: skip
        assert keeper.get(url(name, pk)).status_code == 404


def test_places_say_what_is_booked_today_and_when_they_are_closed(facility, desk, room, patient, booker, physician):
    start = stage.at(0, 12, facility=facility)
    with time_machine.travel(start - timedelta(hours=1)):
        kind = stage.visit_type(facility, buffer_minutes=15)
        stage.visit(patient, physician, kind, by=booker, starts_at=start, location=room)
        stage.away(facility, stage.at(3, 0, facility=facility), stage.at(5, 0, facility=facility), location=room)
        row = next(row for row in selectors.place_rows(facility) if row["name"] == "Room 4")
    assert row["used"] == "1 booking, 45 min"
    assert " to " in row["closed"]["when"]


def test_lists_ask_the_same_number_of_times_for_ten_and_for_200(
    facility, booker, visit, leave, django_assert_num_queries
):
    for size in (10, 200):
        fill(facility, visit, size)
        with django_assert_num_queries(4):
            assert len(selectors.availability_rows(facility)) >= size
        with django_assert_num_queries(3):
            assert len(selectors.place_rows(facility)) >= size
        with django_assert_num_queries(1):
            assert len(selectors.closure_rows(facility)) >= size
        booker.kept_memberships = []
        with django_assert_num_queries(4):
            found = selectors.bookings_in(leave, facility, booker)
        assert found.count >= size
        assert len(found.rows) == min(found.count, 200)


def fill(facility, visit, size):
    """So many practitioners with hours and leave, rooms with closures, and visits in the leave."""
    span = (stage.at(2, facility=facility), stage.at(3, facility=facility))
    for n in range(size):
        person = factories.practitioner(facility, family_name=f"Person{size}-{n}")
        add(person, facility, visit.booked_by)
        stage.away(facility, *span, kind="leave", practitioner=person)
        stage.away(facility, *span, location=factories.LocationFactory(facility=facility, name=f"Place {size}-{n}"))
        row = type(visit)(facility=facility, type=visit.type, patient=visit.patient, practitioner=visit.practitioner)
        row.set_time(visit.starts_at, visit.ends_at, facility.tz)
        stage.saved(row)
