"""The calendar by day, week, clinician, room and patient."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessEvent, Location
from accounts.roles import Role
from patients.models import Patient
from scheduling import selectors, services
from scheduling.models import Appointment, AppointmentParticipant, AvailabilityException
from tests import factories
from tests.conftest import signed_in
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(booker):
    return signed_in(booker)


def page(client, name, *args, **query):
    answer = client.get(reverse(f"scheduling:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def away(house, day, begins, ends, **fields):
    during = (stage.at(day, begins, facility=house), stage.at(day, ends, facility=house))
    return stage.saved(AvailabilityException(during=during, **fields))


def board_of(booker, facility, days=3, **options):
    return selectors.day_board(facility=facility, day=stage.at(days, facility=facility).date(), user=booker, **options)


def fill(facility, number, *, people=5):
    """So many visits on one day, without the cost of booking each."""
    doctors = [factories.practitioner(facility, family_name=f"Doctor{n}") for n in range(people)]
    patients = [factories.patient(facility) for _ in range(people)]
    kind, start = stage.visit_type(facility, code=f"fill{number}", minutes=15), stage.at(2, 8, facility=facility)
    rows = []
    for n in range(number):
        row = Appointment(facility=facility, type=kind, practitioner=doctors[n % people], patient=patients[n % people])
        at = start + timedelta(minutes=15 * (n // people))
        row.set_time(at, at + timedelta(minutes=15), facility.tz)
        rows.append(row)
    Appointment.objects.bulk_create(rows)


def test_the_day_costs_the_same_queries_at_10_and_at_200_rows(facility, booker, desk, django_assert_num_queries):
    """Memberships (twice, a request keeps them), rows, hours, exceptions, holds; by room the rooms.

    Who sees only some people: whom by name and whom to move, each asking for the memberships.
    """
    limited = factories.person(Role.PATIENT_CARE, facility)
    cases = [(booker, 6, False), (booker, 7, True), (limited, 10, False), (limited, 11, True)]
    query = {"day": stage.at(2, facility=facility).date()}
    page(desk, "day", **query)
    counts = []
    for number, total in ((10, 10), (190, 200)):
        fill(facility, number)
        for viewer, queries, by_room in cases:
            with django_assert_num_queries(queries):
                assert board_of(viewer, facility, 2, by_room=by_room).total == total
        with CaptureQueriesContext(connection) as seen:
            page(desk, "day", **query)
        counts.append(len(seen))
    assert counts[0] == counts[1], "The page with its frame costs the same too."


def test_overlapping_visits_stand_in_lanes(facility, booker, patient, physician, visit_type):
    start = stage.at(2, 10, facility=facility)
    stage.visit(patient, physician, visit_type, by=booker, starts_at=start)
    other = stage.visit(
        factories.patient(facility), physician, visit_type, by=booker, starts_at=start + timedelta(minutes=30)
    )
    Appointment.objects.filter(pk=other.pk).update(starts_at=start + timedelta(minutes=15))
    board = board_of(booker, facility, 2)
    rows = [row for column in board.columns for row in column.rows]
    before = (10 - board.first) * 4
    places = [(row["row"] - before, row["span"], row["lane"], row["lanes"]) for row in rows]
    assert places == [(0, 2, 1, 2), (1, 3, 2, 2)]


def test_hours_absences_closures_and_holds_lie_behind(facility, booker, visit, physician, visit_type, room, desk):
    away(facility, 3, 9, 11, kind="training", practitioner=physician, note="BLS course")
    away(facility, 3, 16, 18, kind="closed", facility=facility, location=room, note="Painting")
    services.hold_time(
        type=visit_type, practitioner=physician, location=room, starts_at=stage.at(3, 12, facility=facility),
        facility=facility, by=booker,
    )  # fmt: skip
    column = board_of(booker, facility).columns[0]
    assert [(shade.label, shade.note, shade.when) for shade in column.shut] == [
        ("Training", "BLS course", "09:00–11:00")
    ]
    assert column.holds[0].label == "Held"
    assert column.open
    by_room = board_of(booker, facility, by_room=True).columns[0]
    assert (by_room.title, [shade.note for shade in by_room.shut]) == ("Room 4", ["Painting"])
    text = page(desk, "day", day=stage.at(3, facility=facility).date())
    for words in ("BLS course", "Held", "until", "Rivera, Marisol", "Unconfirmed"):
        assert words in text


def test_an_offered_time_and_a_permitted_overlap_say_so(facility, booker, visit, patient, desk):
    day = stage.at(3, facility=facility).date()
    AppointmentParticipant.objects.filter(appointment=visit).update(overlap_permitted=True)
    assert "Overlap permitted" in page(desk, "day", day=day)
    Appointment.objects.update(status="proposed")
    text = page(desk, "day", day=day)
    assert "Offered" in text
    assert "data-seen" not in text


def test_rooms_stand_side_by_side_and_equipment_that_is_taken(facility, booker, visit, room):
    cart = factories.LocationFactory(facility=facility, name="Cart", kind=Location.Kind.EQUIPMENT)
    Appointment.objects.update(equipment=cart)
    columns = board_of(booker, facility, by_room=True).columns
    assert [(column.title, column.count, column.lands) for column in columns] == [
        ("Room 4", 1, True),
        ("Cart", 1, False),
    ]
    assert [row["seen"] > 0 for column in columns for row in column.rows] == [True, False]


def test_an_interpreter_has_a_column_too(facility, booker, visit):
    other = factories.practitioner(facility, family_name="Ruiz", given_name="Ana", kind="interpreter")
    Appointment.objects.update(interpreter=other)
    columns = {column.title: column.rows for column in board_of(booker, facility).columns}
    assert columns["Ana Ruiz"][0]["where"] == "Interpreting"


def test_the_week_is_of_one_practitioner_or_room_or_a_list(facility, booker, visit, physician, room, desk):
    day = stage.at(3, facility=facility).date()
    for chosen in ({"practitioner": physician.uuid}, {"location": room.uuid}):
        text = page(desk, "week", day=day, **chosen)
        assert "cc-cal-grid" in text
        assert "Rivera, Marisol" in text
    assert "cc-cal-grid" not in page(desk, "week", day=day)


def test_names_and_handles_only_for_who_may(facility, visit, patient):
    day = stage.at(3, facility=facility).date()
    stranger = signed_in(factories.person(Role.PATIENT_CARE, facility))
    text = page(stranger, "day", day=day)
    assert "Rivera" not in text
    assert "data-seen" not in text
    reader = signed_in(factories.person(Role.CLINICAL_COORDINATOR, facility))
    text = page(reader, "day", day=day)
    assert "Rivera" in text
    assert "data-seen" not in text


def test_a_refresh_draws_nothing_when_nothing_has_changed(desk, visit, facility):
    where = f"{reverse('scheduling:day')}?day={stage.at(3, facility=facility).date()}"
    first = desk.get(where, headers={"HX-Request": "true", "X-Background-Refresh": "1"})
    seen = first.content.decode().split('"X-Seen":"')[1].split('"')[0]
    again = {"HX-Request": "true", "X-Background-Refresh": "1", "X-Seen": seen}
    assert desk.get(where, headers=again).status_code == 204
    Appointment.objects.update(reply="accepted")
    assert desk.get(where, headers=again).status_code == 200


def test_the_print_names_only_whom_one_may_see_and_is_logged(desk, visit, facility, physician):
    day = stage.at(3, facility=facility).date()
    text = page(desk, "day", day=day, print=1)
    for words in ("Rivera, Marisol", str(physician), "14:00–14:30", "Room 4"):
        assert words in text
    event = AccessEvent.objects.get(action="print")
    assert event.target == "scheduling:day"
    stranger = signed_in(factories.person(Role.PATIENT_CARE, facility))
    assert "Rivera" not in page(stranger, "day", day=day, print=1)


def test_the_patients_own_week_and_month(desk, visit, patient, facility, booker):
    group = services.book_group(
        type=stage.visit_type(facility, code="group", name="Open studio", is_group=True),
        practitioner=factories.practitioner(facility), location=None, starts_at=stage.at(3, 9, facility=facility),
        ends_at=stage.at(3, 10, facility=facility), facility=facility, by=booker,
    )  # fmt: skip
    services.add_seat(appointment=group, patient=patient, by=booker)
    day = stage.at(3, facility=facility).date()
    for view in ("", "week", "month"):
        text = page(desk, "appointment_list", patient.uuid, day=day, view=view)
        assert "Physician consultation" in text
        assert "Open studio" in text
    assert "Nothing in this month" in page(desk, "appointment_list", patient.uuid, day="2020-01-01", view="month")


def test_the_patients_list_and_month_are_one_query_each(
    patient, facility, physician, visit_type, booker, visit, django_assert_num_queries
):
    day = stage.at(3, facility=facility).date()
    for days in (2, 1):
        with django_assert_num_queries(1):
            assert selectors.appointments_of(patient, facility)[0]
        with django_assert_num_queries(1):
            assert selectors.patient_month(patient, facility, day)
        for hour in range(9, 13):
            stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(days, hour, facility=facility))


def test_the_patients_week_is_drawn_anew_alone_after_a_move(desk, visit, patient, facility):
    url = reverse("scheduling:appointment_list", args=[patient.uuid])
    query = {"view": "week", "day": stage.at(3, facility=facility).date()}
    whole = desk.get(url, query).content.decode()
    assert 'id="move"' in whole
    assert f'data-event="{visit.uuid}"' in whole
    part = desk.get(url, query, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="board"')
    assert "every 15s" not in part


def test_the_patients_week_costs_three_queries(patient, facility, booker, visit, django_assert_num_queries):
    """The appointments, and the memberships twice, which a request keeps."""
    day = stage.at(3, facility=facility).date()
    with django_assert_num_queries(3):
        board = selectors.patient_week(patient, facility, day - timedelta(days=day.weekday()), booker)
    assert board.total == 1


def test_what_people_type_is_text_and_never_markup(desk, visit, facility, patient):
    Patient.objects.filter(pk=patient.pk).update(family_name="<script>O'Neil & Sons</script>")
    text = page(desk, "day", day=stage.at(3, facility=facility).date())
    assert "&lt;script&gt;O&#x27;Neil &amp; Sons&lt;/script&gt;" in text
    assert "<script>O" not in text
