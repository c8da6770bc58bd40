"""The demo's mailbox, read through its pages."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path: Path) -> mailbox.Maildir:
    settings.HOME = tmp_path
    settings.ROOT_URLCONF = "tests.carecoord.mailbox_urls"
    return mailbox.Maildir(tmp_path / "mail")


def message(**changes: str) -> EmailMessage:
    mail = EmailMessage()
    headers = {"Subject": "Your visit", "From": "a@localhost", "To": "zoe@example.org", "Date": "not a date"} | changes
    for name, value in headers.items():
        mail[name] = value
    mail.set_content("See <b>http://localhost:8000/r/1?a=1&b=2</b>. Not https://elsewhere.example/x")
    return mail


def test_an_empty_mailbox_says_so(folder, client: Client):
    assert b"No message yet" in client.get("/mailbox/").content


def test_the_newest_message_comes_first(folder, client: Client):
    for subject in ("First", "Second"):
        folder.add(message(Subject=subject))
    page = client.get("/mailbox/").content.decode()
    assert page.index("Second") < page.index("First")


def test_text_is_escaped_and_only_local_addresses_are_links(folder, client: Client):
    key = folder.add(message(Subject="<i>Hello</i>"))
    page = client.get(f"/mailbox/{key}/").content.decode()
    assert "&lt;b&gt;" in page
    assert "<i>Hello" not in page
    assert '<a href="http://localhost:8000/r/1?a=1&amp;b=2">' in page
    assert "https://elsewhere.example/x" in page
    assert 'href="https://elsewhere' not in page


def test_an_address_in_disguise_is_no_link(folder, client: Client):
    mail = message()
    mail.set_content("http://localhost@evil.example/ http://[broken/ http://localhost.evil.example/")
    page = client.get(f"/mailbox/{folder.add(mail)}/").content.decode()
    assert 'href="http://localhost' not in page


def test_a_message_with_only_html_is_shown_as_text(folder, client: Client):
    mail = message()
    mail.set_content("<p>Good <script>alert(1)</script>day</p>", subtype="html")
    page = client.get(f"/mailbox/{folder.add(mail)}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "Good" in page


def test_a_calendar_file_is_saved_not_shown(folder, client: Client):
    mail = message()
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="visit.ics")
    answer = client.get(f"/mailbox/{folder.add(mail)}/attachments/0/")
    assert answer.content == b"BEGIN:VCALENDAR"
    assert answer["Content-Disposition"] == 'attachment; filename="visit.ics"'


def test_a_calendar_alternative_is_offered_too(folder, client: Client):
    mail = message()
    mail.add_alternative("BEGIN:VCALENDAR", subtype="calendar")
    assert b"unnamed.ics" in client.get(f"/mailbox/{folder.add(mail)}/").content


def test_the_source_is_plain_text(folder, client: Client):
    answer = client.get(f"/mailbox/{folder.add(message())}/source/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert b"Subject: Your visit" in answer.content


def test_a_broken_message_does_not_break_the_page(folder, client: Client):
    key = folder.add(b"Subject: \xff\xfe\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe")
    assert client.get("/mailbox/").status_code == 200
    assert client.get(f"/mailbox/{key}/").status_code == 200


@pytest.mark.parametrize("path", ["nothing/", "..%2F..%2Fsecret_key/", "nothing/source/", "nothing/attachments/0/"])
def test_what_is_not_there_is_not_found(folder, client: Client, path):
    assert client.get(f"/mailbox/{path}").status_code == 404


def test_a_number_beyond_the_attachments_is_not_found(folder, client: Client):
    assert client.get(f"/mailbox/{folder.add(message())}/attachments/0/").status_code == 404


def test_outside_the_demo_there_is_no_mailbox():
    with pytest.raises(NoReverseMatch):
        reverse("mailbox:mail_list")
