"""The mail of a day before it goes, exactly as it will look."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from patients.models import ContactPoint
from records.models import ChannelConsent
from scheduling import services
from scheduling.daymail import SAMPLE, day_mail
from scheduling.models import AppointmentLink, Reminder
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
QUERIES = 7  # messages, consents, four for the word list; memberships


@pytest.fixture
def desk(booker, sign_in):
    return sign_in(booker)


@pytest.fixture
def tomorrow(facility):
    return stage.at(1, facility=facility).date()


@pytest.fixture
def reminded(facility, patient, episode, physician, visit_type, room, booker):
    """A visit in two days, and its message tomorrow at two."""
    stage.rule(facility)
    stage.consent(patient, facility)
    return stage.visit(
        patient, physician, visit_type, by=booker, starts_at=stage.at(2, facility=facility), location=room
    )


def shown(client, **query):
    answer = client.get(reverse("scheduling:mail_day"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def of(reminder, name):
    return reverse(f"scheduling:reminder_{name}", args=[reminder.appointment.patient.uuid, reminder.uuid])


def without_tokens(text):
    return re.sub(r"/a/[\w-]+/", f"/a/{SAMPLE}/", text)


def test_tomorrows_mail_is_word_for_word_what_goes(desk, reminded, facility, booker, tomorrow, postbox):
    (row,) = day_mail(facility, booker, tomorrow).going
    html = desk.get(of(reminded.reminders.get(), "html")).content.decode()
    with time_machine.travel(stage.at(1, 14, 1, facility=facility)):
        assert services.send_due_reminders(worker="test") == {"sent": 1}
    (mail,) = postbox.messages
    assert (row["sender"], row["subject"]) == (mail["From"], mail["Subject"])
    assert row["text"].split() == without_tokens(mail.get_body(("plain",)).get_content()).split()
    assert html.split() == without_tokens(mail.get_body(("html",)).get_content()).split()


def test_several_visits_of_a_day_are_one_message(reminded, facility, booker, tomorrow, physician, visit_type, postbox):
    stage.visit(reminded.patient, physician, visit_type, by=booker, starts_at=stage.at(2, 16, facility=facility))
    mail = day_mail(facility, booker, tomorrow)
    assert (mail.total, [len(row["visits"]) for row in mail.going]) == (1, [2])
    assert mail.going[0]["at"].endswith("14:00")
    with time_machine.travel(stage.at(1, 14, 1, facility=facility)):
        services.send_due_reminders(worker="test")
    assert len(postbox.messages) == 1
    assert (
        mail.going[0]["text"].split() == without_tokens(postbox.messages[0].get_body(("plain",)).get_content()).split()
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda: ChannelConsent.objects.all().delete(), "No consent to e-mail"),
        (lambda: ContactPoint.objects.update(suspended_reason="bounced"), "Mail came back"),
        (lambda: ContactPoint.objects.update(use="old"), "No usable address"),
        (lambda: Reminder.objects.update(status="in-doubt", code="worker-lost"), "Interrupted while sending"),
    ],
)
def test_what_will_not_go_says_why(change, why, reminded, facility, booker, tomorrow, desk):
    change()
    mail = day_mail(facility, booker, tomorrow)
    assert (mail.total, [row["why"] for row in mail.staying]) == (0, [why])
    assert why in shown(desk)


def test_a_consent_that_ends_before_the_day_is_none(reminded, facility, booker, tomorrow):
    ChannelConsent.objects.update(expires_on=tomorrow - timedelta(days=1))
    assert [row["why"] for row in day_mail(facility, booker, tomorrow).staying] == ["No consent to e-mail"]


def test_a_message_is_held_back_and_let_go_from_the_page(desk, reminded, facility):
    row = reminded.reminders.get()
    assert "Hold back" in shown(desk)
    desk.post(of(row, "hold"))
    page = shown(desk)
    assert "Held back by hand" in page
    assert "Hold back" not in page
    desk.post(of(row, "release"))
    assert "Hold back" in shown(desk)


def test_any_day_of_the_week_ahead_can_be_chosen(desk, reminded, facility, tomorrow):
    assert "Rivera" in shown(desk, day=tomorrow)
    assert "Rivera" in shown(desk, day="nonsense")
    assert "Rivera" in shown(desk, day=tomorrow + timedelta(days=40))
    for day in (tomorrow - timedelta(days=1), tomorrow + timedelta(days=6)):
        assert "Rivera" not in shown(desk, day=day)


def test_names_and_texts_are_for_those_who_may_see_them(reminded, facility, sign_in):
    intake = shown(sign_in(factories.person(Role.INTAKE, facility)))
    assert "Rivera" in intake
    assert "You have an appointment" not in intake
    for role in (Role.PATIENT_CARE, Role.PRIVACY_OFFICER):
        page = shown(sign_in(factories.person(role, facility)))
        assert "Rivera" not in page
        assert "Booked" in page
        assert "You have an appointment" not in page


def test_the_html_part_stands_in_a_frame_without_rights(desk, reminded):
    page = desk.get(reverse("scheduling:mail_day"))
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert re.search(r"<iframe[^>]* sandbox [^>]*loading=\"lazy\"", page.content.decode())
    answer = desk.get(of(reminded.reminders.get(), "html"))
    policy = answer["Content-Security-Policy"]
    for rule in ("default-src 'none'", "script-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'"):
        assert rule in policy
    assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", "")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src" not in desk.get(reverse("scheduling:reminder_list"))["Content-Security-Policy"]


def test_looking_leaves_no_link_and_changes_no_message(desk, reminded):
    before = list(Reminder.objects.values())
    shown(desk)
    desk.get(of(reminded.reminders.get(), "html"))
    assert list(Reminder.objects.values()) == before
    assert not AppointmentLink.objects.exists()


def test_the_page_costs_the_same_at_10_and_at_200_messages(facility, booker, tomorrow, django_assert_num_queries):
    rows = stage.owe(facility, 200)
    send_at = stage.at(1, 10, facility=facility)
    Reminder.objects.filter(pk__in=[row.pk for row in rows[:10]]).update(send_at=send_at)
    with django_assert_num_queries(QUERIES):
        assert day_mail(facility, booker, tomorrow).total == 10
    Reminder.objects.update(send_at=send_at)
    with django_assert_num_queries(QUERIES):
        mail = day_mail(facility, booker, tomorrow)
    assert (mail.total, len(mail.going), mail.more) == (200, 20, True)
    assert len(day_mail(facility, booker, tomorrow, first=190).going) == 10
