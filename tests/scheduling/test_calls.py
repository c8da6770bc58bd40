"""The call list: who is on it, when, what is said, and what becomes of a call."""

from datetime import time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from patients import services as patients
from patients.models import ContactPoint, Patient
from records.models import ChannelConsent
from scheduling import selectors, services
from scheduling.mail import forbidden_words, wordlist
from scheduling.models import Appointment, CallAttempt, Reminder
from scheduling.script import call_script
from tests import factories
from tests.scheduling import stage
from tests.scheduling.test_screens import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(patient):
    patients.add_contact_point(patient=patient, system="phone", value="212-555-0199", by=None, reason="test")
    return ContactPoint.objects.get(system="phone")


@pytest.fixture
def near(patient, phone, physician, visit_type, booker, facility):
    """A visit in two days of somebody who gave no consent."""
    return stage.visit(patient, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility))


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


@pytest.fixture
def colleague(facility):
    return factories.person(Role.TREATMENT, facility, given_name="Ana", family_name="Berger")


def call_url(visit, verb):
    return f"{visit.get_absolute_url()}calls/{verb}/"


def shown(client, **query):
    return client.get(reverse("scheduling:call_list"), query).content.decode()


def begins(visit, **distance):
    """The visit begins so long from now."""
    start = timezone.now() + timedelta(**distance)
    Appointment.objects.filter(pk=visit.pk).update(starts_at=start, ends_at=start + timedelta(minutes=30))


def reasons(facility):
    return [row["reason"] for row in selectors.call_list_rows(facility)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reply": "declined"}, "Can't make it"),
        ({"reply": "tentative"}, "Asks for a call"),
        ({"reply": "accepted"}, None),
        ({"status": "proposed"}, None),
        ({}, None),
    ],
)
def test_who_is_called(change, reason, visit, facility, patient):
    stage.consent(patient, facility)
    begins(visit, hours=30)
    Appointment.objects.update(**change)
    assert reasons(facility) == ([reason] if reason else [])
    begins(visit, hours=20)
    assert reasons(facility) == ([reason] if reason else [] if change else ["No answer yet"])


def test_whom_no_message_reaches_is_called(visit, facility, patient):
    begins(visit, hours=73)
    assert reasons(facility) == []
    begins(visit, hours=60)
    assert reasons(facility) == ["No consent to e-mail"]
    consent = stage.consent(patient, facility)
    assert reasons(facility) == []
    ContactPoint.objects.update(use="old")
    assert reasons(facility) == ["No usable address"]
    ContactPoint.objects.update(use="", suspended_reason="bounced")
    assert reasons(facility) == ["Mail came back"]
    ContactPoint.objects.update(suspended_reason="")
    ChannelConsent.objects.filter(pk=consent.pk).update(expires_on=timezone.localdate() - timedelta(days=2))
    assert reasons(facility) == ["No consent to e-mail"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "failed"}, "Mail failed or in doubt"),
        ({"status": "in-doubt"}, "Mail failed or in doubt"),
        ({"status": "sent", "sent_at": timezone.now(), "bounced_at": timezone.now()}, "Mail came back"),
    ],
)
def test_a_failure_or_an_answer_is_called_about_however_far_the_visit_is(change, reason, visit, facility, patient):
    stage.consent(patient, facility)
    begins(visit, days=20)
    Reminder.objects.create(appointment=visit, schedule_version=1, send_at=timezone.now(), **change)
    assert reasons(facility) == [reason]
    Appointment.objects.update(reply="declined")
    assert reasons(facility) == ["Can't make it"]


def test_only_a_call_begun_shows_the_script_and_the_outcomes(desk, near):
    page = shown(desk)
    assert "No consent to e-mail" in page
    assert "212-555-0199" in page
    assert "What to say" not in page
    answer = desk.post(call_url(near, "start"))
    assert answer["Location"] == reverse("scheduling:call_list") + "#call"
    page = shown(desk)
    for words in ("May I speak with Marisol", "Confirmed", "Wants another time", "Left no message", "No answer"):
        assert words in page


def test_two_coordinators_do_not_call_one_person_at_once(desk, near, colleague, sign_in, booker, facility):
    services.start_call(appointment=near, by=colleague)
    assert "Ana Berger is calling since" in shown(desk)
    desk.post(call_url(near, "start"))
    assert "What to say" not in shown(desk)
    services.end_call(appointment=near, by=booker)  # not his to end
    with pytest.raises(DomainError, match="Ana Berger is calling"):
        services.start_call(appointment=near, by=booker)
    services.end_call(appointment=near, by=colleague)
    services.start_call(appointment=near, by=booker)
    assert "is calling since" in shown(sign_in(colleague))


def test_who_begins_another_call_lets_the_first_row_go(near, booker, colleague, physician, visit_type, facility):
    other = stage.visit(
        factories.patient(facility), physician, visit_type, by=booker, starts_at=stage.at(2, 16, facility=facility)
    )
    services.start_call(appointment=near, by=booker)
    services.start_call(appointment=other, by=booker)
    services.start_call(appointment=near, by=colleague)
    calls = selectors.call_list(facility, booker)
    assert calls.mine["uuid"] == other.uuid


def test_a_call_put_back_leaves_nothing(desk, near):
    desk.post(call_url(near, "start"))
    desk.post(call_url(near, "stop"))
    assert "What to say" not in shown(desk)
    assert not CallAttempt.objects.exists()


def test_nobody_reached_is_tried_again_later_and_marked_when_it_is_due(desk, near, facility, booker):
    desk.post(call_url(near, "log"), {"outcome": "no-answer", "seen": ""})
    attempt = CallAttempt.objects.get()
    assert timedelta(minutes=119) < attempt.next_try_at - timezone.now() <= timedelta(hours=2)
    calls = selectors.call_list(facility, booker)
    assert (calls.now, [row["uuid"] for row in calls.later]) == ([], [near.uuid])
    page = shown(desk)
    assert "Later" in page
    assert "No answer," in page
    with time_machine.travel(attempt.next_try_at + timedelta(minutes=1)):
        calls = selectors.call_list(facility, booker)
        assert [row["try_now"] for row in calls.now] == [True]
        assert calls.later == []


def test_a_confirmed_call_takes_the_person_off_the_list(desk, near, facility):
    desk.post(call_url(near, "start"))
    assert desk.post(call_url(near, "log"), {"outcome": "confirmed", "seen": ""})["Location"] == reverse(
        "scheduling:call_list"
    )
    near.refresh_from_db()
    assert near.reply == "accepted"
    assert reasons(facility) == []


def test_wanting_another_time_leads_to_the_free_times(desk, near, patient):
    answer = desk.post(call_url(near, "log"), {"outcome": "reschedule", "seen": ""})
    assert answer["Location"] == reverse("scheduling:appointment_move", args=[patient.uuid, near.uuid])
    near.refresh_from_db()
    assert near.reply == "declined"


def test_a_call_logged_meanwhile_is_not_overwritten(desk, near, colleague):
    services.log_call(appointment=near, outcome="confirmed", by=colleague)
    desk.post(call_url(near, "start"))
    answer = desk.post(call_url(near, "log"), {"outcome": "no-answer", "seen": ""})
    assert answer.status_code == 422
    assert "Ana Berger has logged a call" in answer.content.decode()
    assert CallAttempt.objects.get().by == colleague


def test_the_next_try_can_be_said_and_changed(desk, near, facility):
    wanted = stage.at(1, 10, facility=facility)
    desk.post(call_url(near, "log"), {"outcome": "no-message", "next_try_at": f"{wanted:%Y-%m-%dT%H:%M}"})
    assert CallAttempt.objects.get().next_try_at == wanted
    later = stage.at(1, 15, facility=facility)
    desk.post(call_url(near, "next"), {"next_try_at": f"{later:%Y-%m-%dT%H:%M}"})
    assert CallAttempt.objects.get().next_try_at == later
    desk.post(call_url(near, "start"))
    for wrong in (near.starts_at, timezone.now() - timedelta(hours=1)):
        answer = desk.post(call_url(near, "next"), {"next_try_at": wrong.isoformat()})
        assert answer.status_code == 422
        assert "Choose a time between now and the start" in answer.content.decode()
    assert CallAttempt.objects.get().next_try_at == later


def test_outside_the_safe_hours_a_row_waits_for_them(near, phone, facility, booker):
    clock = timezone.now().astimezone(facility.tz)
    begins = (clock + timedelta(hours=1)).time().replace(second=0, microsecond=0)
    ContactPoint.objects.filter(pk=phone.pk).update(safe_from=begins, safe_until=(clock + timedelta(hours=3)).time())
    calls = selectors.call_list(facility, booker)
    assert calls.now == []
    assert (calls.later[0]["later"].time(), calls.later[0]["waits_for"]) == (begins, "safe hours")


def test_safe_hours_may_run_past_midnight():
    night = ContactPoint(safe_from=time(22), safe_until=time(2))
    day = ContactPoint(safe_from=time(9), safe_until=time(17))
    hours = (time(1), time(9), time(16, 59), time(17), time(23))
    assert [selectors.is_safe(night, at) for at in hours] == [True, False, False, False, True]
    assert [selectors.is_safe(day, at) for at in hours] == [False, True, True, False, False]
    assert all(selectors.is_safe(ContactPoint(), at) for at in hours)


def said(visit):
    rows = selectors.call_list_rows(visit.facility)
    patient = rows[0]["appointment"].patient
    return call_script(rows[0]["appointment"], patient.phones)


def test_the_script_speaks_the_patients_language_and_tells_nobody_else_anything(near, patient, facility):
    for language, words in (("en", "May I speak with"), ("es", "¿Puedo hablar con"), ("es-MX", "¿Puedo hablar con")):
        Patient.objects.update(language=language)
        script = said(near)
        assert words in script.lines[0].say
        for line in script.lines:
            assert forbidden_words(line.say, wordlist(facility), harmless="Marisol") == []
            assert "Rivera" not in line.say
        if_another = script.lines[1].say + script.lines[0].say
        assert "2:00" not in if_another
        assert "14:00" not in if_another
    Patient.objects.update(language="vi")
    assert said(near).aside == "Speaks Vietnamese: call with an interpreter."


def test_a_message_is_left_only_where_nothing_forbids_it(desk, near, phone):
    desk.post(call_url(near, "start"))
    assert "Please call +1 555 0100" in shown(desk)
    assert "Left a message" in shown(desk)
    ContactPoint.objects.update(leave_no_message=True)
    page = shown(desk)
    assert "Leave no message: hang up" in page
    assert "Left a message" not in page


def test_the_list_refreshes_itself_and_draws_nothing_when_nothing_has_changed(desk, near):
    refresh = {"HX-Request": "true", "X-Background-Refresh": "1"}
    page = desk.get(reverse("scheduling:call_list"), headers=refresh).content.decode()
    assert page.lstrip().startswith('<div id="calls"')
    seen = {"X-Seen": page.split('"X-Seen":"')[1].split('"')[0]}
    assert desk.get(reverse("scheduling:call_list"), headers=refresh | seen).status_code == 204
    assert AccessEvent.objects.filter(target="scheduling:call_list", action="list").count() == 1


def test_only_of_people_for_whom_the_viewer_books(near, facility, sign_in):
    stranger = sign_in(factories.person(Role.PATIENT_CARE, facility))
    assert "Rivera" not in shown(stranger)


def test_the_list_costs_the_same_at_10_and_at_200_rows(facility, booker, django_assert_num_queries):
    crowd(facility, booker, 10)
    with django_assert_num_queries(4):  # memberships; visits, telephones, calls
        assert selectors.call_list(facility, booker).total == 10
    crowd(facility, booker, 190)
    with django_assert_num_queries(4):
        calls = selectors.call_list(facility, booker)
    assert (calls.total, len(calls.now), calls.more) == (200, 50, True)
    assert len(selectors.call_list(facility, booker, first=150).now) == 50
