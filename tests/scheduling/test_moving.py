"""Booking, moving and holding through the screens: refusals, overrides, two people at once."""

from datetime import datetime, time

import pytest
from django.urls import reverse

from accounts.roles import Role
from episodes.models import EpisodeStep
from scheduling import selectors, services
from scheduling.models import Appointment, BookingOverride, Hold
from staff.models import Practitioner
from tests import factories
from tests.conftest import signed_in
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(booker):
    return signed_in(booker)


def of_visit(visit, name="move"):
    return reverse(f"scheduling:appointment_{name}", args=[visit.patient.uuid, visit.uuid])


def wanted(visit, starts_at, **changes):
    room = visit.location.uuid if visit.location else ""
    values = {"starts_at": starts_at.isoformat(), "practitioner": visit.practitioner.uuid, "location": room}
    return values | {"seen": visit.schedule_version} | changes


def booking(physician, type, room, starts_at, **changes):
    values = {"starts_at": starts_at.isoformat(), "type": type.uuid, "practitioner": physician.uuid}
    return values | {"location": room.uuid} | changes


def test_the_calendar_asks_from_where_to_where(desk, visit, facility):
    query = {"starts_at": f"{stage.at(4, 9, 15, facility=facility):%Y-%m-%dT%H:%M}", "seen": 1}
    text = desk.get(of_visit(visit), query, headers=HTMX).content.decode()
    assert "<html" not in text
    for words in ("Rivera, Marisol", "14:00", "<dt>To</dt>", "09:15</strong>", "Room 4", "Keep as it is"):
        assert words in text
    moved = desk.post(of_visit(visit), wanted(visit, stage.at(4, 9, 15, facility=facility)), headers=HTMX)
    assert moved["HX-Trigger"] == '{"moved": {}}'
    assert "09:15. It is unconfirmed again." in moved.content.decode()
    visit.refresh_from_db()
    assert visit.starts_at == stage.at(4, 9, 15, facility=facility)


def test_who_moves_second_is_told_where_it_is_now(desk, visit, facility, booker):
    services.move_appointment(appointment=visit, starts_at=stage.at(5, 10, facility=facility), by=booker)
    data = wanted(visit, stage.at(4, 9, facility=facility))
    for headers in ({}, HTMX):
        answer = desk.post(of_visit(visit), data, headers=headers)
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "Somebody has moved this appointment meanwhile" in text
        assert "10:00" in text
        assert 'name="seen" value="2"' in text
    visit.refresh_from_db()
    assert visit.starts_at == stage.at(5, 10, facility=facility)
    assert desk.post(of_visit(visit), data | {"seen": 2}).status_code == 302


def test_a_refusal_that_can_be_set_aside_asks_for_the_reason(desk, visit, facility, physician, visit_type, room):
    other = factories.patient(facility, given_name="Ana", family_name="Moreno")
    url = reverse("scheduling:appointment_book", args=[other.uuid])
    data = booking(physician, visit_type, room, visit.starts_at)
    refused = desk.post(url, data)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "booked at that time" in text
    assert "All the same, because" in text
    assert 'type="text" name="override_reason"' in text
    assert desk.post(url, data | {"override_reason": "The only hour she is free"}).status_code == 302
    assert set(BookingOverride.objects.values_list("rule", flat=True)) == {"practitioner-overlap", "location-overlap"}
    booked = Appointment.objects.get(patient=other)
    detail = desk.get(of_visit(booked, "detail")).content.decode()
    assert "The only hour she is free" in detail
    assert "The practitioner is booked then" in detail


def test_who_may_not_set_rules_aside_sees_whom_to_ask(visit, facility, physician, visit_type, room, booker):
    intake = signed_in(factories.person(Role.INTAKE, facility))
    other = factories.patient(facility)
    answer = intake.post(
        reverse("scheduling:appointment_book", args=[other.uuid]),
        booking(physician, visit_type, room, visit.starts_at),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"{booker} (treatment coordinator)" in text
    assert 'type="text" name="override_reason"' not in text


def test_a_move_refused_in_the_calendar_is_answered_there(desk, visit, facility, physician, visit_type, booker):
    taken = stage.at(4, 9, facility=facility)
    stage.visit(factories.patient(facility), physician, visit_type, by=booker, starts_at=taken)
    answer = desk.post(of_visit(visit), wanted(visit, taken), headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "booked at that time" in text
    assert "Move all the same" in text
    moved = desk.post(of_visit(visit), wanted(visit, taken, override_reason="Agreed with both"), headers=HTMX)
    assert moved["HX-Trigger"] == '{"moved": {}}'


def test_the_steps_that_are_missing_are_named(desk, patient, facility, physician, room, episode):
    steps = [EpisodeStep.Kind.OPTION_ACCEPTED, EpisodeStep.Kind.ASSESSED]
    kind = stage.visit_type(facility, code="asks", required_steps=steps)
    url = reverse("scheduling:appointment_book", args=[patient.uuid])
    text = desk.post(url, booking(physician, kind, room, stage.at(3, facility=facility))).content.decode()
    for step in steps:
        assert step.label.lower() in text


def test_interpreter_and_equipment_are_booked_with_it(desk, patient, facility, physician, room, visit_type):
    interpreter = factories.practitioner(facility, family_name="Ruiz", kind=Practitioner.Kind.INTERPRETER)
    stage.hours(interpreter, facility)
    cart = factories.LocationFactory(facility=facility, name="Cart", kind="equipment")
    url = reverse("scheduling:appointment_book", args=[patient.uuid])
    data = booking(physician, visit_type, room, stage.at(3, facility=facility), interpreter=interpreter.uuid)
    assert desk.post(url, data | {"equipment": cart.uuid}).status_code == 302
    booked = Appointment.objects.get()
    assert (booked.interpreter, booked.equipment) == (interpreter, cart)
    assert "Cart" in desk.get(of_visit(booked, "detail")).content.decode()


def test_a_time_is_held_while_talking_and_then_booked(desk, patient, facility, physician, room, visit_type, booker):
    data = booking(physician, visit_type, room, stage.at(3, facility=facility))
    desk.post(reverse("scheduling:hold_add", args=[patient.uuid]), data)
    hold = Hold.objects.get()
    page = reverse("scheduling:slot_list", args=[patient.uuid])
    assert "is held for you until" in desk.get(page).content.decode()
    other = signed_in(factories.person(Role.TREATMENT, facility))
    book = reverse("scheduling:appointment_book", args=[patient.uuid])
    assert "held for somebody else" in other.post(book, data).content.decode()
    assert desk.post(book, data | {"hold": hold.uuid}).status_code == 302
    assert Appointment.objects.get().starts_at == hold.starts_at


def test_a_hold_is_let_go_by_who_has_it(desk, patient, facility, physician, room, visit_type):
    data = booking(physician, visit_type, room, stage.at(3, facility=facility))
    desk.post(reverse("scheduling:hold_add", args=[patient.uuid]), data)
    hold = Hold.objects.get()
    url = reverse("scheduling:hold_release", args=[patient.uuid, hold.uuid])
    assert signed_in(factories.person(Role.TREATMENT, facility)).post(url).status_code == 302
    hold.refresh_from_db()
    assert hold.released_at is None
    desk.post(url)
    hold.refresh_from_db()
    assert hold.released_at
    assert desk.post(url).status_code == 302  # twice is harmless
    expired = desk.post(reverse("scheduling:appointment_book", args=[patient.uuid]), data | {"hold": hold.uuid})
    assert "not held any more" in expired.content.decode()


def test_only_times_that_suit_are_found(desk, patient, facility, physician, room, visit_type):
    page = reverse("scheduling:slot_list", args=[patient.uuid])
    text = desk.get(page, {"part": "afternoon", "weekdays": ["1", "3"]}).content.decode()
    times = [words.split("</strong>")[0] for words in text.split("<strong>")[1:]]
    shown = [words for words in times if words[:3] in {"Tue", "Thu"}]
    assert len(shown) >= 6
    assert not [words for words in times if words[:3] in {"Mon", "Wed", "Fri", "Sat", "Sun"}]
    assert all("12:00" <= words[-5:] < "17:00" for words in shown)
    assert "Earliest" in text


def test_a_time_that_suits_interpreter_and_room_too(desk, patient, facility, physician, room, visit_type):
    interpreter = factories.practitioner(facility, family_name="Ruiz", kind=Practitioner.Kind.INTERPRETER)
    stage.hours(interpreter, facility, time(10), time(11))
    patient.interpreter_needed = True
    stage.saved(patient)
    page = reverse("scheduling:slot_list", args=[patient.uuid])
    text = desk.get(page).content.decode()
    assert "An interpreter is needed" in text
    values = text.split('name="starts_at" value="')[1:]
    local = [datetime.fromisoformat(value.split('"')[0].replace("&#x2B;", "+")) for value in values]
    assert {moment.astimezone(facility.tz).hour for moment in local} == {10}
    assert f'name="interpreter" value="{interpreter.uuid}"' in text
    assert "Daniel Ruiz" in text
    assert 'value=""' in desk.get(page, {"interpreter": ""}).content.decode()


def test_a_move_onto_the_hour_that_comes_twice_asks_which(desk, visit, facility):
    query = {"starts_at": "2027-11-07T01:30", "seen": 1}
    text = desk.get(of_visit(visit), query, headers=HTMX).content.decode()
    assert "comes twice" in text
    assert "starts_at_which" in text


def test_finding_a_time_costs_the_same_for_one_and_for_five_clinicians(
    patient, facility, physician, room, visit_type, django_assert_num_queries
):
    """Who may be booked, whether they are cleared now and on the last day, and the times."""
    wanted = {"patient": patient, "type": visit_type, "facility": facility}
    for number in (0, 4):
        for n in range(number):
            stage.hours(factories.practitioner(facility, family_name=f"Doctor{n}"), facility)
        with django_assert_num_queries(6):
            assert len(selectors.found_times(**wanted)) == number + 1
