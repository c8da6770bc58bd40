"""One message: compiled once for its kind, filled for each patient, checked each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail.message import forbid_multi_line_headers, sanitize_address
from django.utils import timezone, translation
from django.utils.html import escape

from accounts.models import Facility
from core.text import search_key
from records.models import ChannelConsent
from scheduling.mail.calendars import TITLE, calendar_of
from scheduling.mail.hosts import message_id, neutral_host
from scheduling.mail.letters import (
    Letter,
    Manner,
    fillable,
    key_of_marked,
    letter,
    manner_of,
    marked,
    rendered,
    skeleton_words,
    words_of,
)
from scheduling.mail.words import TellingWords, Wordlist, telling_words
from scheduling.models import Appointment, Reminder

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MIXED, BOTH = "=_appointment-1", "=_appointment-2"
HEAD = f"""\
Subject: {{subject}}
From: {{sender}}
To: {marked("to")}
Date: {marked("date")}
Message-ID: {marked("id")}
Auto-Submitted: auto-generated
List-Unsubscribe: <{marked("stop")}>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="{MIXED}"

--{MIXED}
Content-Type: multipart/alternative; boundary="{BOTH}"

"""
PART = """\
--{boundary}
Content-Type: {kind}; charset="utf-8"{more}
Content-Transfer-Encoding: 8bit

"""
AS_FILE = '; method=PUBLISH\nContent-Disposition: attachment; filename="appointment.ics"'


@dataclass(frozen=True)
class Matter:
    """What a message tells of: a row that is owed, its appointment, and where the patient answers."""

    reminder: Reminder
    appointment: Appointment
    reply_url: str


@dataclass(frozen=True)
class Mail:
    """A message ready to leave, and its parts for a preview. `raw` has CRLF line ends only."""

    from_email: str
    to: str
    subject: str
    body: str
    html: str
    calendar: str
    raw: bytes


@dataclass(frozen=True)
class Skeleton:
    """The wording of one kind of message, as %-templates. `key` is the search key of all that it says."""

    subject: str
    sender: str
    head: str
    text: str
    html: str
    key: str
    harmless: frozenset[str]
    may_name_facility: bool
    has_calendar: bool


Skeletons = dict[tuple, Skeleton]  # by all that the wording depends on


def reminder_mail(
    reminder: Reminder,
    appointment: Appointment,
    consent: ChannelConsent,
    words: Wordlist,
    *,
    reply_url: str,
    stop_url: str,
) -> Mail:
    """The message about one appointment. Raises as `message` does."""
    matters = [Matter(reminder, appointment, reply_url)]
    return message(matters, consent, words, message_of=reminder, stop_url=stop_url, skeletons={})


def message(
    matters: Sequence[Matter],
    consent: ChannelConsent,
    words: Wordlist,
    *,
    message_of: Reminder,
    stop_url: str,
    skeletons: Skeletons,
) -> Mail:
    """One message in the patient's language about one or several appointments of a day: one recipient, plain text
    complete, calendar file in UTC. `message_of` gives it its Message-ID. `skeletons` is kept between messages.

    Raises TellingWords if it would say more than the patient allows, ValueError for an address that is none.
    """
    appointments = [matter.appointment for matter in matters]
    with translation.override(consent.language):
        manner = manner_of([matter.reminder for matter in matters], appointments)
        letters = [_letter(matter, consent, stop_url) for matter in matters]
        shape = _shape(appointments[0].facility, consent, letters, manner)
        if shape not in skeletons:
            skeletons[shape] = _compiled(letters, manner, consent, appointments[0].facility)
    values = _values(letters)
    _refuse_telling(skeletons[shape], values, words)
    values |= {"to": _address(consent), "date": formatdate(), "id": message_id(message_of)}
    places = [row.place for row in letters]
    return _filled(skeletons[shape], values, list(zip(appointments, places, strict=True)))


def forbidden_words(text: str, words: Wordlist, *, may_name_facility: bool = False, harmless: str = "") -> list[str]:
    """The telling words in any text, as keys. `harmless` is what the patient or the house chose to have in it."""
    plain = skeleton_words() | set(search_key(harmless).split())
    return telling_words(search_key(text), words, may_name_facility=may_name_facility, harmless=plain)


def _shape(facility: Facility, consent: ChannelConsent, letters: Sequence[Letter], manner: str) -> tuple:
    places = tuple(bool(row.place) for row in letters)
    return facility.pk, facility.version, consent.language, consent.detail, bool(letters[0].first_name), places, manner


def _letter(matter: Matter, consent: ChannelConsent, stop_url: str) -> Letter:
    until = _offered_until(matter.appointment) if matter.reminder.purpose == Reminder.Purpose.OFFER else None
    return letter(matter.appointment, consent, reply_url=matter.reply_url, stop_url=stop_url, until=until)


def _offered_until(appointment: Appointment) -> datetime:
    offer = getattr(appointment, "offer", None)
    return offer.expires_at if offer else timezone.now()


def _compiled(letters: Sequence[Letter], manner: str, consent: ChannelConsent, facility: Facility) -> Skeleton:
    """Render the templates once, with marks where the values of each message go."""
    texts = rendered([_marked(row, n) for n, row in enumerate(letters)], manner)
    sender = formataddr((facility.neutral_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    places = " ".join(row.place for row in letters)
    said = " ".join([texts.subject, sender, texts.text, words_of(texts.html), TITLE, places])
    head = HEAD.format(subject=_header("Subject", texts.subject), sender=_header("From", sender))
    return Skeleton(
        subject=texts.subject,
        sender=sender,
        head=fillable(_crlf(head + PART.format(boundary=BOTH, kind="text/plain", more=""))),
        text=fillable(_crlf(texts.text)),
        html=fillable(_crlf(texts.html)),
        key=key_of_marked(said),
        harmless=skeleton_words() | set(search_key(f"{facility.neutral_name} {places}").split()),
        may_name_facility=consent.detail == ChannelConsent.Detail.FACILITY,
        has_calendar=manner != Manner.OFFERS,
    )


def _marked(row: Letter, n: int) -> Letter:
    return Letter(
        day=marked(f"day{n}"), time=marked(f"time{n}"), zone=marked(f"zone{n}"),
        first_name=marked("name") if row.first_name else "", place=row.place, facility_name=row.facility_name,
        phone=row.phone, reply_url=marked(f"reply{n}"), stop_url=marked("stop"), until=marked("until"),
    )  # fmt: skip


def _values(letters: Sequence[Letter]) -> dict[str, str]:
    first = letters[0]
    values = {"name": first.first_name, "stop": first.stop_url, "until": first.until}
    for n, row in enumerate(letters):
        values |= {f"day{n}": row.day, f"time{n}": row.time, f"zone{n}": row.zone, f"reply{n}": row.reply_url}
    return values


def _refuse_telling(skeleton: Skeleton, values: dict[str, str], words: Wordlist) -> None:
    """A random token may spell anything; its host may not."""
    keys = {name: _key(neutral_host() if "://" in value else value) for name, value in values.items()}
    harmless = skeleton.harmless | set(keys["name"].split())
    may_name = skeleton.may_name_facility
    if telling_words(skeleton.key % keys, words, may_name_facility=may_name, harmless=harmless):
        raise TellingWords


def _filled(skeleton: Skeleton, values: dict[str, str], events: Sequence[tuple[Appointment, str]]) -> Mail:
    text, html = skeleton.text % values, skeleton.html % (values | {"name": escape(values["name"])})
    calendar = calendar_of(events) if skeleton.has_calendar else ""
    parts = [skeleton.head % values, text, HTML_PART, html, END_BOTH, CALENDAR_PART if calendar else "", calendar]
    raw = "".join([*parts, END_MIXED]).encode()
    return Mail(
        from_email=skeleton.sender, to=values["to"], subject=skeleton.subject, body=text, html=html,
        calendar=calendar, raw=_crlf_only(raw),
    )  # fmt: skip


def _address(consent: ChannelConsent) -> str:
    """The one recipient, in ASCII. Raises ValueError for two, for none and for what would break the header."""
    value = consent.contact_point.value if consent.contact_point else ""
    if "@" not in value:
        raise ValueError("There is no address to write to.")
    return value if PLAIN_ADDRESS.fullmatch(value) else sanitize_address(value, "utf-8")


def _header(name: str, value: str) -> str:
    return forbid_multi_line_headers(name, value, "utf-8")[1]


def _crlf(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"


def _crlf_only(raw: bytes) -> bytes:
    """A bare line end could smuggle a second message past a mail server. Raises ValueError."""
    if not raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"):
        raise ValueError("A line of the message does not end in CRLF.")
    return raw


@lru_cache(maxsize=2048)
def _key(value: str) -> str:
    return search_key(value)


HTML_PART = _crlf("\n" + PART.format(boundary=BOTH, kind="text/html", more=""))
END_BOTH = f"\r\n--{BOTH}--\r\n"
CALENDAR_PART = _crlf("\n" + PART.format(boundary=MIXED, kind="text/calendar", more=AS_FILE))
END_MIXED = f"\r\n--{MIXED}--\r\n"
