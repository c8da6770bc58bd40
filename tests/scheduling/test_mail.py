"""The reminder mail says what the patient lets it say, and nothing else."""

import re
from datetime import UTC

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling import mail, services
from scheduling.models import Reminder
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(visit, postbox, facility, patient):
    """Send one reminder under a consent with these choices; answers the message as it arrived."""

    def send(**choices):
        stage.consent(patient, facility, **choices)
        Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
        assert services.send_due_reminders(worker="test") == {"sent": 1}
        return postbox.messages[-1]

    return send


def text_of(message):
    return message.get_body(("plain",)).get_content()


def test_headers_name_one_recipient_and_a_neutral_sender(sent, postbox, facility):
    message = sent()
    assert message["To"] == "marisol@example.net"
    assert postbox.recipients == [["marisol@example.net"]]
    assert message["Cc"] is None
    assert message["Bcc"] is None
    assert message["From"].startswith(facility.neutral_name)
    assert message["Subject"] == "Appointment reminder"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://localhost:\d+/a/[\w-]{32}/stop/>", message["List-Unsubscribe"].strip())
    assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", message["Message-ID"])


def test_lines_end_in_crlf_alone(sent, postbox):
    sent()
    assert re.search(rb"(?<!\r)\n", postbox.raw[0]) is None


def test_by_default_it_says_date_time_and_zone_only(sent, visit, facility, patient):
    facility.neutral_place = "12 Main Street"
    facility.save()
    text = text_of(sent())
    local = visit.starts_at.astimezone(facility.tz)
    assert f"{local:%B} {local.day}, {local.year}" in text
    assert "2:00 PM E" in text
    for word in ("Marisol", "Rivera", "Main Street", "Harbor House", "Okafor"):
        assert word not in text


def test_it_says_more_only_if_the_patient_chose_so(sent, facility):
    facility.neutral_place = "12 Main Street"
    facility.save()
    text = text_of(sent(detail="facility", may_use_first_name=True))
    for word in ("Hello Marisol,", "12 Main Street", "Harbor House"):
        assert word in text
    assert "Rivera" not in text


def test_it_speaks_the_language_of_the_consent(sent):
    message = sent(language="es")
    assert message["Subject"] == "Recordatorio de cita"
    assert "Tiene una cita" in text_of(message)
    assert "14:00" in text_of(message)


def test_nothing_in_it_is_fetched_from_elsewhere(sent):
    html = sent().get_body(("html",)).get_content()
    assert re.search(r"<(img|script|link|style|iframe)|style=|url\(", html, re.IGNORECASE) is None
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', html)) == {"http://localhost:8000"}


def test_the_calendar_file_is_in_utc_and_tells_nothing(sent, visit):
    part = next(part for part in sent().iter_attachments() if part.get_content_type() == "text/calendar")
    event = Calendar.from_ical(part.get_content()).events[0]
    assert event["summary"] == "Appointment"
    assert event["dtstart"].dt == visit.starts_at.astimezone(UTC)
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"}


def test_a_telling_place_is_refused_and_listed(visit, postbox, facility, patient):
    facility.neutral_place = "Recovery Center, 12 Main Street"
    facility.save()
    stage.consent(patient, facility, detail="place")
    row = Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert services.send_due_reminders(worker="test") == {"failed": 1}
    row.refresh_from_db()
    assert (row.code, postbox.raw) == ("wording", [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your physician consultation is on Monday", ["physician", "physician consultation"]),
        ("See Dr. Okafor", ["okafor"]),
        ("at Harbor House", ["harbor house"]),
        ("Methadone, counseling", ["counseling", "methadone"]),
        ("Su tratamiento", ["tratamiento"]),
        ("Hello, you have an appointment on Sunday, May 3", []),
    ],
)
def test_the_list_comes_from_the_database_and_the_trade(text, found, visit, facility):
    factories.practitioner(facility, family_name="May")
    assert mail.forbidden_words(text, mail.wordlist(facility)) == found


def test_a_facilitys_name_is_allowed_where_the_patient_chose_it(visit, facility):
    words = mail.wordlist(facility)
    assert mail.forbidden_words("at Harbor House", words, may_name_facility=True) == []
    assert mail.forbidden_words("at Harbor House, Methadone", words, may_name_facility=True) == ["methadone"]


@given(st.text(max_size=60))
def test_any_text_can_be_checked(text):
    words = mail.Wordlist(phrases=frozenset({"night group"}))
    assert ("night group" in mail.forbidden_words(f"{text} Night Group ", words)) is True


def test_two_hundred_mails_carry_no_word_that_tells(facility, physician, visit_type, postbox):
    facility.neutral_place = "12 Main Street, Suite 4"
    facility.save()
    choices = {"detail": ("time", "place", "facility"), "language": ("en", "es")}
    stage.owe(facility, 200, may_use_first_name=(True, False, False, False, False), **choices)
    assert services.send_due_reminders(worker="test") == {"sent": 200}
    words = mail.wordlist(facility)
    assert len(postbox.ids) == 200
    for message, recipients in zip(postbox.messages, postbox.recipients, strict=True):
        assert recipients == [message["To"]]
        named = "Harbor House" in text_of(message)
        said = text_of(message) + message["Subject"] + message["From"]
        said = re.sub(r"/a/[\w-]+/", "", said)
        assert mail.forbidden_words(said, words, may_name_facility=named) == []
        assert "Secret" not in message.as_string()
