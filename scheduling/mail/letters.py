"""What a message says in the patient's language: the values, and the wording around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from html import unescape
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateformat import format as date_format

from core.text import search_key
from records.models import ChannelConsent
from scheduling.models import Appointment, Reminder

LONG_DAY = {"en": "l, F j, Y", "es": r"l j \d\e F \d\e Y"}
CLOCK = {"en": "g:i A", "es": "H:i"}
TEMPLATES = {
    Reminder.Purpose.REMINDER: "emails/scheduling/reminder",
    Reminder.Purpose.OFFER: "emails/scheduling/offer",
}


class Manner:
    """What a message wants of the patient."""

    ASKS, REMINDS, CONFIRMED, OFFERS = "asks", "reminds", "confirmed", "offers"


@dataclass(frozen=True)
class Letter:
    """One appointment as a message or a link page may show it. Empty where the patient's choice keeps it out."""

    day: str
    time: str
    zone: str
    first_name: str
    place: str
    facility_name: str
    phone: str
    reply_url: str = ""
    stop_url: str = ""
    until: str = ""  # an offer stands until then


@dataclass(frozen=True)
class Rendering:
    """The three texts of a message."""

    subject: str
    text: str
    html: str


def letter(
    appointment: Appointment, consent: ChannelConsent | None, *, reply_url: str = "", stop_url: str = "",
    until: datetime | None = None,
) -> Letter:  # fmt: skip
    """What this patient lets a message say. Call it with the consent's language active."""
    facility, language = appointment.facility, _language()
    patient, detail = appointment.patient, consent.detail if consent else ChannelConsent.Detail.TIME
    first_name = consent and consent.may_use_first_name and patient and (patient.preferred_name or patient.given_name)
    day, time, zone = _said(appointment.starts_at, facility.tz, language)
    return Letter(
        day=day,
        time=time,
        zone=zone,
        first_name=first_name or "",
        place=_place(appointment) if detail in (ChannelConsent.Detail.PLACE, ChannelConsent.Detail.FACILITY) else "",
        facility_name=facility.name if detail == ChannelConsent.Detail.FACILITY else "",
        phone=facility.neutral_phone,
        reply_url=reply_url,
        stop_url=stop_url,
        until=" ".join(_said(until, facility.tz, language)) if until else "",
    )


def manner_of(rows: Sequence[Reminder], appointments: Sequence[Appointment]) -> str:
    """A rule that asks does so until the person has confirmed; then, and by other rules, it is a reminder only."""
    if rows[0].purpose == Reminder.Purpose.OFFER:
        return Manner.OFFERS
    if all(appointment.reply == Appointment.Reply.ACCEPTED for appointment in appointments):
        return Manner.CONFIRMED
    asks = any(row.rule is None or row.rule.asks_confirmation for row in rows)
    return Manner.ASKS if asks else Manner.REMINDS


def rendered(letters: Sequence[Letter], manner: str) -> Rendering:
    """The wording around one or several appointments of a day, in the active language."""
    context = {"letters": letters, "letter": letters[0], "several": len(letters) > 1, "manner": manner}
    purpose = Reminder.Purpose.OFFER if manner == Manner.OFFERS else Reminder.Purpose.REMINDER
    template = TEMPLATES[purpose]
    return Rendering(
        subject=" ".join(render_to_string(f"{template}_subject.txt", context).split()),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
    )


@cache
def skeleton_words() -> frozenset[str]:
    """The words of every message, in all languages, with the names of days and months. All are keys."""
    days = [datetime(2024, month, 1 + month % 7, tzinfo=UTC) for month in range(1, 13)]
    days += [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 8)]
    empty = Letter(day="", time="", zone="", first_name="", place="", facility_name="", phone="")
    named = Letter(day="", time="", zone="", first_name=" ", place="", facility_name="", phone=" ")
    words: set[str] = set()
    for language in LONG_DAY:
        with translation.override(language):
            texts = [rendered(letters, manner) for letters in ([empty], [named, named]) for manner in _MANNERS]
            parts = [part for text in texts for part in (text.subject, text.text, text.html)]
            parts += [date_format(day, "l F") for day in days]
        words |= set(search_key(words_of(" ".join(parts))).split())
    return frozenset(words)


_MANNERS = (Manner.ASKS, Manner.REMINDS, Manner.CONFIRMED, Manner.OFFERS)


def _place(appointment: Appointment) -> str:
    """Where to come; nowhere, if it is by video."""
    return "" if appointment.video_url else appointment.facility.neutral_place


def _language() -> str:
    return "es" if translation.get_language() == "es" else "en"


@lru_cache(maxsize=2048)
def _said(moment: datetime, tz: ZoneInfo, language: str) -> tuple[str, str, str]:
    """Day, time and zone as people of that language write them; appointments share their times."""
    local = moment.astimezone(tz)
    with translation.override(language):
        return date_format(local, LONG_DAY[language]), date_format(local, CLOCK[language]), local.strftime("%Z")


def words_of(markup: str) -> str:
    """What a page says, without its tags; a line break parts words."""
    return unescape(_TAG.sub(" ", markup))


_TAG = re.compile(r"<[^>]*>")
# Values stand between these while a message's wording is compiled; no text that people write contains them.
_MARK = re.compile("\x02(\\w+)\x03")


def marked(name: str) -> str:
    return f"\x02{name}\x03"


def fillable(text: str) -> str:
    """The text as a %-template with the marked names as its keys."""
    return _MARK.sub(r"%(\1)s", text.replace("%", "%%"))


def key_of_marked(text: str) -> str:
    """The search key of a marked text, itself a %-template: filled with keys it is the key of the filled text."""
    parts = _MARK.split(text)
    return " ".join(f"%({part})s" if n % 2 else search_key(part) for n, part in enumerate(parts))
