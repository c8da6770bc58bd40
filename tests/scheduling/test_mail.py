"""The reminder mail says what the patient lets it say, and nothing else."""

import re
from collections import Counter
from dataclasses import astuple
from datetime import UTC

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from core.text import search_key
from scheduling import mail, services
from scheduling.mail.letters import Letter, fillable, key_of_marked, rendered, words_of
from scheduling.mail.messages import _marked as letters_marked
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


def test_a_thousand_mails_carry_no_word_that_tells_no_second_recipient_and_nothing_from_elsewhere(
    facility, physician, visit_type, postbox
):
    facility.neutral_place = "12 Main Street, Suite 4"
    facility.save()
    choices = {"detail": ("time", "place", "facility"), "language": ("en", "es")}
    rows = stage.owe(facility, 1000, may_use_first_name=(True, False, False, False, False), **choices)
    assert services.send_due_reminders(worker="test") == {"sent": 1000}
    words = mail.wordlist(facility)
    messages = postbox.messages
    assert Counter(each["Message-ID"] for each in messages) == Counter(
        Reminder.objects.values_list("message_id", flat=True)
    )
    assert sorted(postbox.recipients) == sorted([f"p{n}@example.net"] for n in range(len(rows)))
    for message, recipients, raw in zip(messages, postbox.recipients, postbox.raw, strict=True):
        assert message.get_all("To") == recipients
        assert message["Cc"] is message["Bcc"] is None
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
        assert_nothing_from_elsewhere(message.get_body(("html",)).get_content())
        named = "Harbor House" in text_of(message)
        said = "\n".join(part.get_content() for part in message.walk() if not part.is_multipart())
        said = re.sub(r"/a/[\w-]+/", "", words_of(f"{said}\n{message['Subject']}\n{message['From']}"))
        assert mail.forbidden_words(said, words, may_name_facility=named, harmless="12 Main Street") == []
        assert "Secret" not in raw.decode()


def assert_nothing_from_elsewhere(html):
    assert re.search(r"<(img|script|link|style|iframe)|style=|url\(", html, re.IGNORECASE) is None
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', html)) == {"http://localhost:8000"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("manner", ["asks", "reminds", "confirmed", "offers"])
@pytest.mark.parametrize("number", [1, 3])
def test_the_key_that_is_checked_is_the_key_of_what_is_said(language, manner, number):
    """What is compiled once and filled says the same as what is rendered for one patient alone."""
    alone = [
        Letter("Monday, May 4", "2:00 PM", "EDT", "José", "12 Main St", "", "555", f"https://x/{n}/", "s", "Sunday")
        for n in range(number)
    ]
    with translation.override(language):
        whole = rendered(alone, manner)
        skeleton = rendered([letters_marked(row, n) for n, row in enumerate(alone)], manner)
    values = {"name": "José", "stop": "s", "until": "Sunday"}
    for n, row in enumerate(alone):
        values |= {f"day{n}": row.day, f"time{n}": row.time, f"zone{n}": row.zone, f"reply{n}": row.reply_url}
    for compiled, said in zip(astuple(skeleton), astuple(whole), strict=True):
        assert fillable(compiled) % values == said
        keys = {name: search_key(value) for name, value in values.items()}
        assert (key_of_marked(words_of(compiled)) % keys).split() == search_key(words_of(said)).split()


def test_a_telling_phrase_is_found_across_the_border_of_a_value(visit, patient, facility, postbox):
    """Hello, the first word, and the patient's name together are what a practitioner is called."""
    patient.preferred_name = "Kwame"
    patient.save()
    factories.practitioner(facility, given_name="Hello", family_name="Kwame")
    stage.consent(patient, facility, may_use_first_name=True)
    Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert services.send_due_reminders(worker="test") == {"sent": 1}  # his own name is his to have
    patient.preferred_name = "Otieno"
    patient.save()
    factories.practitioner(facility, given_name="Otieno", family_name="You")
    Reminder.objects.update(status="due", at_any_hour=True)
    assert services.send_due_reminders(worker="test") == {"sent": 1}


def test_a_name_with_markup_is_shown_as_typed(sent, patient):
    patient.preferred_name = "<b>%(stop)s</b>"
    patient.save()
    message = sent(may_use_first_name=True)
    assert "Hello <b>%(stop)s</b>," in text_of(message)
    assert "Hello &lt;b&gt;%(stop)s&lt;/b&gt;," in message.get_body(("html",)).get_content()


def test_a_line_end_in_a_name_stops_the_message(visit, patient, facility, postbox):
    patient.preferred_name = "Ana\nBcc: other@example.net"
    patient.save()
    stage.consent(patient, facility, may_use_first_name=True)
    row = Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert services.send_due_reminders(worker="test") == {"failed": 1}
    row.refresh_from_db()
    assert (row.code, postbox.raw) == ("unmade", [])


@pytest.mark.parametrize(
    "address", ["a@example.net, b@example.net", "a@example.net\r\nBcc: b@example.net", "nobody", ""]
)
def test_an_address_that_is_none_or_two_gets_nothing(address, visit, patient, facility, postbox):
    stage.consent(patient, facility, email=address)
    Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert services.send_due_reminders(worker="test") == {"failed": 1}
    assert postbox.raw == []


def test_by_video_there_is_nowhere_to_come_to(sent, visit, facility):
    facility.neutral_place, visit.video_url = "12 Main Street", "https://video.example.org/room"
    facility.save()
    visit.save()
    assert "12 Main Street" not in sent(detail="place").as_string()


def test_a_place_longer_than_a_line_is_folded_in_the_calendar_file(sent, facility):
    facility.neutral_place = "12 Main Street, " * 8
    facility.save()
    message = sent(detail="place")
    part = next(message.iter_attachments())
    event = Calendar.from_ical(part.get_content()).events[0]
    assert event["location"] == facility.neutral_place
    assert max(len(line.encode()) for line in part.get_content().splitlines()) <= 75
