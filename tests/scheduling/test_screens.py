"""The screens of booking, calendar, ledger and calls."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from scheduling import selectors, services
from scheduling.models import Appointment, Reminder
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


def url(name, *args):
    return reverse(f"scheduling:{name}", args=args)


def page(client, name, *args, **query):
    answer = client.get(url(name, *args), query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_first_free_times_are_buttons_that_book(desk, patient, physician, room, visit_type, episode):
    text = page(desk, "slot_list", patient.uuid)
    value = text.split('name="starts_at" value="')[1].split('"')[0]
    data = {
        "starts_at": value.replace("&#x2B;", "+"), "type": visit_type.uuid, "practitioner": physician.uuid,
        "location": room.uuid,
    }  # fmt: skip
    answer = desk.post(url("appointment_book", patient.uuid), data)
    visit = Appointment.objects.get()
    assert answer["Location"] == visit.get_absolute_url()
    assert (visit.location, visit.booked_by) == (room, desk_user(visit))
    again = desk.post(url("appointment_book", patient.uuid), data)
    assert again.status_code == 422
    assert "booked at that time" in again.content.decode()
    assert "Or one of these free times" in again.content.decode()


def desk_user(visit):
    return visit.history.first().history_user


def test_a_fragment_of_free_times_comes_alone(desk, patient, physician, room, visit_type):
    answer = desk.get(url("slot_list", patient.uuid), headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="times"')


def test_a_lapsed_practitioner_is_shown_with_the_reason(desk, patient, physician, room, visit_type):
    physician.credentials.update(expires_on=timezone.localdate() - timedelta(days=1))
    text = page(desk, "slot_list", patient.uuid)
    assert 'name="starts_at"' not in text
    assert "lapsed" in text or "ended" in text or "expired" in text


def test_a_time_is_typed_on_the_facilitys_clock(desk, patient, physician, room, visit_type, facility):
    start = stage.at(2, 10, facility=facility)
    data = {
        "starts_at": f"{start:%Y-%m-%dT%H:%M}", "type": visit_type.uuid, "practitioner": physician.uuid,
        "location": room.uuid,
    }  # fmt: skip
    desk.post(url("appointment_book", patient.uuid), data)
    assert Appointment.objects.get().starts_at == start
    for day, word in (("2027-03-14T02:30", "is skipped"), ("2027-11-07T01:30", "comes twice"), ("x", "such as")):
        answer = desk.post(url("appointment_book", patient.uuid), data | {"starts_at": day})
        assert answer.status_code == 422
        assert word in answer.content.decode()


def test_a_visit_on_site_wants_a_room(desk, patient, physician, room, visit_type, facility):
    data = {"starts_at": f"{stage.at(2, facility=facility):%Y-%m-%dT%H:%M}", "type": visit_type.uuid}
    answer = desk.post(url("appointment_book", patient.uuid), data | {"practitioner": physician.uuid})
    assert answer.status_code == 422
    assert "Choose a room" in answer.content.decode()
    broken = desk.post(url("appointment_book", patient.uuid), {"type": "no-uuid"})
    assert broken.status_code == 422


def test_the_detail_shows_answer_ledger_and_calls(desk, visit, patient):
    Reminder.objects.create(
        appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now(), status="in-doubt"
    )
    services.log_call(appointment=visit, outcome="confirmed", by=visit.booked_by)
    text = page(desk, "appointment_detail", patient.uuid, visit.uuid)
    for words in ("Confirmed", "In doubt", "Settle", "Call by", "Move", "Cancel appointment"):
        assert words in text


def test_an_appointment_of_another_person_is_not_found(desk, visit, facility):
    other = factories.patient(facility)
    assert desk.get(url("appointment_detail", other.uuid, visit.uuid)).status_code == 404


def test_moving_and_cancelling_through_the_screens(desk, visit, patient, room, facility):
    start = stage.at(4, 11, facility=facility)
    data = {"starts_at": start.isoformat(), "practitioner": visit.practitioner.uuid, "location": room.uuid}
    assert page(desk, "appointment_move", patient.uuid, visit.uuid)
    assert desk.post(url("appointment_move", patient.uuid, visit.uuid), data).status_code == 302
    visit.refresh_from_db()
    assert visit.starts_at == start
    desk.post(url("appointment_cancel", patient.uuid, visit.uuid), {"reason": ""})
    visit.refresh_from_db()
    assert visit.status == "booked"
    desk.post(url("appointment_cancel", patient.uuid, visit.uuid), {"reason": "Asked to"})
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert "Asked to" in page(desk, "appointment_list", patient.uuid) or "Cancelled" in page(
        desk, "appointment_list", patient.uuid
    )


def test_the_day_shows_names_only_to_those_who_may_see_them(desk, visit, patient, facility, sign_in):
    day = f"{visit.starts_at.astimezone(facility.tz):%Y-%m-%d}"
    assert "Rivera, Marisol" in page(desk, "day", day=day)
    stranger = sign_in(factories.person(Role.PATIENT_CARE, facility))
    text = page(stranger, "day", day=day)
    assert "Rivera" not in text
    assert "Booked" in text
    assert "Physician consultation" not in text
    assert AccessEvent.objects.filter(target="scheduling:day", action="list").count() == 2


def crowd(facility, booker, number):
    """So many visits on one day, of ten practitioners."""
    people = []
    for n in range(10):
        person = factories.practitioner(facility, family_name=f"Doctor{n}")
        stage.hours(person, facility)
        people.append(person)
    kind, start = stage.visit_type(facility, code=f"crowd{number}", minutes=15), stage.at(2, 8, facility=facility)
    for n in range(number):
        at = start + timedelta(minutes=15 * (n // 10))
        stage.visit(factories.patient(facility), people[n % 10], kind, by=booker, starts_at=at)


def test_day_and_week_can_be_paged_and_filtered(desk, visit, facility, physician):
    day = visit.starts_at.astimezone(facility.tz).date()
    for name in ("day", "week"):
        assert "Rivera" in page(desk, name, day=day, practitioner=physician.uuid)
        assert "Rivera" not in page(desk, name, day=day + timedelta(days=14))
    assert "Rivera" in page(desk, "week", day=day)
    assert page(desk, "day", day="nonsense", practitioner="nobody")


def test_a_refresh_that_shows_something_is_a_look(desk, visit):
    answer = desk.get(url("day"), headers={"HX-Request": "true", "X-Background-Refresh": "1"})
    assert answer.content.decode().lstrip().startswith('<div id="board"')
    assert AccessEvent.objects.filter(target="scheduling:day", action="list").count() == 1


def test_the_ledger_shows_what_is_stuck_and_lets_it_be_settled(desk, visit, patient, sign_in, facility):
    row = Reminder.objects.create(
        appointment=visit,
        schedule_version=1,
        at_any_hour=True,
        send_at=timezone.now(),
        status="failed",
        code="smtp-550",
    )
    text = page(desk, "reminder_list")
    assert "Rivera, Marisol" in text
    assert "Refused by the mail server (550)" in text
    desk.post(url("reminder_resolve", patient.uuid, row.uuid), {"answer": "arrived"})
    row.refresh_from_db()
    assert row.status == "sent"
    officer = sign_in(factories.person(Role.PRIVACY_OFFICER, facility))
    assert "Rivera" not in page(officer, "reminder_list")


def test_the_preview_is_the_mail_that_would_go(desk, visit, patient, facility):
    row = Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert "No consent to e-mail" in page(desk, "reminder_preview", patient.uuid, row.uuid)
    stage.consent(patient, facility)
    text = page(desk, "reminder_preview", patient.uuid, row.uuid)
    assert "You have an appointment" in text
    assert "marisol@example.net" not in text


def test_the_lists_of_desks_cost_the_same_however_long(facility, booker, django_assert_num_queries):
    crowd(facility, booker, 10)
    day = stage.at(2, facility=facility).date()
    for number in (0, 30):
        crowd(facility, booker, number) if number else None
        with django_assert_num_queries(3):
            assert len(selectors.call_list_rows(facility)) >= 10
        with django_assert_num_queries(1):
            selectors.dead_letters(facility)
        with django_assert_num_queries(1):
            assert len(selectors.todays_appointments(facility=facility, day=day)) >= 10
        with django_assert_num_queries(1):
            counts = selectors.bookings_per_practitioner_after(stage.at(1, facility=facility).date())
    assert sum(counts.values()) == 40
