"""The page behind the link: only a POST changes anything, and a dead link tells nothing."""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from episodes.models import Task
from records.models import ChannelConsent
from scheduling import links, services
from scheduling.models import AppointmentLink, AppointmentResponse, Reminder
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(visit, patient, facility, postbox):
    """The token of the reply link of a mail that has arrived."""
    stage.consent(patient, facility)
    Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    services.send_due_reminders(worker="test")
    return re.search(r"/a/([\w-]+)/\s", postbox.messages[0].get_body(("plain",)).get_content()).group(1)


@pytest.fixture
def stop_token(token, postbox):
    return re.search(r"/a/([\w-]+)/stop/", postbox.messages[0]["List-Unsubscribe"]).group(1)


@pytest.fixture
def phone_browser():
    """An old phone that keeps no cookie, with Django's check of forms switched on."""
    return Client(enforce_csrf_checks=True)


def counts():
    """The rows of every table but the read log's."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names() if name != "accounts_accessevent"]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), sum(xmin::text::bigint) FROM "{table}"')
            found[table] = cursor.fetchone()
    return found


def test_the_token_is_random_and_kept_as_a_digest(token):
    assert len(token) == 32
    stored = set(AppointmentLink.objects.values_list("token_sha256", flat=True))
    assert links.digest(token) in stored
    assert token not in stored


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_every_link_changes_nothing(method, token, stop_token, client):
    before = counts()
    for name, key in (("reply", token), ("calendar", token), ("opt_out", stop_token)):
        getattr(client, method)(reverse(f"link:{name}", args=[key]))
    assert counts() == before
    assert client.cookies == {}


def test_the_page_shows_the_appointment_and_no_more(token, client, facility):
    facility.neutral_place = "12 Main Street"
    facility.save()
    page = client.get(reverse("link:reply", args=[token]))
    text = page.content.decode()
    assert "2:00 PM E" in text
    for word in ("Marisol", "Rivera", "Okafor", "Harbor House", "Main Street", "Physician", "CareCoord"):
        assert word not in text
    assert re.search(r"(?:src|href|action)=.(?:https?:)?//", text) is None
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


def test_confirming_shows_on_the_desk_and_again_is_harmless(token, phone_browser, visit, episode):
    url = reverse("link:reply", args=[token])
    for _ in range(2):
        answer = phone_browser.post(url, {"answer": "accepted"}, headers={"Origin": "null"})
        assert (answer.status_code, answer["Location"]) == (302, f"{url}#said")
    visit.refresh_from_db()
    assert visit.reply == "accepted"
    assert AppointmentResponse.objects.get().via == "link"
    assert episode.steps.filter(kind="visit-confirmed", withdrawn_at__isnull=True).exists()
    assert "You have confirmed" in phone_browser.get(url).content.decode()


@pytest.mark.parametrize(("answer", "kind"), [("declined", "visit-declined"), ("tentative", "visit-call")])
def test_the_other_answers_ask_the_desk_to_call(answer, kind, token, client, visit):
    client.post(reverse("link:reply", args=[token]), {"answer": answer})
    task = Task.objects.open().get(kind=kind)
    assert (task.focus, task.owner_role) == (visit, "treatment")
    client.post(reverse("link:reply", args=[token]), {"answer": "accepted"})
    assert not Task.objects.open().filter(kind=kind).exists()


def test_an_answer_that_is_none_is_refused(token, client, visit):
    assert client.post(reverse("link:reply", args=[token]), {"answer": "needs-action"}).status_code == 422
    visit.refresh_from_db()
    assert visit.reply == "needs-action"


def dead(client, token):
    url = reverse("link:reply", args=[token])
    pages = client.get(url), client.post(url, {"answer": "accepted"})
    return {(page.status_code, page.content) for page in pages}


def test_wrong_old_and_used_up_links_look_alike(token, client, visit, booker, facility):
    wrong = dead(client, "x" * 32)
    assert {status for status, _ in wrong} == {404}
    assert b"+1 555 0100" in next(iter(wrong))[1]
    with time_machine.travel(visit.starts_at):
        assert dead(client, token) == wrong
    services.move_appointment(appointment=visit, starts_at=stage.at(4, facility=facility), by=booker)
    assert dead(client, token) == wrong
    visit.refresh_from_db()
    assert visit.reply == "needs-action"


def test_a_link_dies_with_the_cancellation(token, client, visit, booker):
    services.cancel_appointment(appointment=visit, reason="x", by=booker)
    assert dead(client, token) == dead(client, "x" * 32)


def test_a_token_is_good_for_its_purpose_alone(token, stop_token, client, patient):
    assert client.get(reverse("link:opt_out", args=[token])).status_code == 404
    assert client.post(reverse("link:opt_out", args=[token])).status_code == 404
    assert client.get(reverse("link:reply", args=[stop_token])).status_code == 404
    assert ChannelConsent.objects.get().status == "active"


def test_one_click_stops_the_messages_at_once(stop_token, phone_browser, visit, facility, postbox):
    url = reverse("link:opt_out", args=[stop_token])
    for _ in range(2):
        assert phone_browser.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 302
    consent = ChannelConsent.objects.get()
    assert (consent.status, consent.revoked_via) == ("inactive", "link")
    Reminder.objects.create(
        appointment=visit, rule=stage.rule(facility), schedule_version=1, at_any_hour=True, send_at=timezone.now()
    )
    assert services.send_due_reminders(worker="test") == {"skipped": 1}
    assert len(postbox.raw) == 1


def test_the_calendar_file_comes_with_the_link(token, client):
    answer = client.get(reverse("link:calendar", args=[token]))
    assert answer["Content-Type"] == "text/calendar"
    assert b"SUMMARY:Appointment" in answer.content


def test_who_comes_too_often_waits(token, client):
    url = reverse("link:reply", args=["y" * 32])
    codes = [client.get(url).status_code for _ in range(31)]
    assert (codes[0], codes[-1]) == (404, 429)


def test_the_page_speaks_the_language_of_the_consent(token, client):
    ChannelConsent.objects.update(language="es")
    assert "¿Puede venir?" in client.get(reverse("link:reply", args=[token])).content.decode()
