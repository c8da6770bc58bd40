"""The reminder mail: what it says, and the check that it says nothing else."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formataddr, parseaddr
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateformat import format as date_format
from django.utils.html import strip_tags
from icalendar import Calendar, Event

from accounts.models import Facility
from core.text import search_key
from episodes.models import LevelOfCare
from records.models import Consent
from scheduling.models import Appointment, AppointmentType, Reminder
from staff.models import Practitioner

# Words of the trade, English and Spanish, as the beginnings of words in search-key form.
TRADE = (
    "addict adicc alcohol behavioral buprenorph cannabis clinic cocain conduct consejer counsel detox diagn "
    "disorder doctor dosis droga drug enfermer fentan heroin hospital inpatient intake ketamin medicaid medicar "
    "medicin medico mental metadon methadon methamphet naloxon naltrexon narcan nurse opioid outpatient overdose "
    "pacient patient physician program psicolog psiquiatr psychiatr psycholog recover recovery recuperac rehab "
    "relaps smart sober sobredosis sobrie suboxon substanc sustanc terap therap trastorn tratamient treatment "
    "vivitrol withdrawal "
).split()
LONG_DAY = {"en": "l, F j, Y", "es": r"l j \d\e F \d\e Y"}
CLOCK = {"en": "g:i A", "es": "H:i"}
TEMPLATE = "emails/scheduling/reminder"
TRADE_WORD = re.compile(r"\b(?:" + "|".join(TRADE) + r")\w*")


class TellingWords(Exception):
    """The message would say more than it may. Carries no text, so that it can be logged."""


@dataclass(frozen=True)
class Wordlist:
    """What a facility's messages must not say: phrases, family names, and the facility's own name."""

    phrases: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    facility: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Letter:
    """All that the three templates see. Empty where the patient's choice keeps it out."""

    day: str
    time: str
    zone: str
    first_name: str
    place: str
    facility_name: str
    phone: str
    reply_url: str = ""
    stop_url: str = ""


def wordlist(facility: Facility) -> Wordlist:
    """Read the telling names of a facility from the database, as they are now."""
    practitioners = list(Practitioner.objects.values_list("given_name", "family_name", "specialty"))
    phrases = list(AppointmentType.objects.values_list("name", flat=True))
    phrases += LevelOfCare.objects.values_list("label", flat=True)
    phrases += [f"{given} {family}" for given, family, _ in practitioners if given]
    phrases += [specialty for _, _, specialty in practitioners]
    phrases += Facility.objects.exclude(pk=facility.pk).values_list("name", flat=True)
    return Wordlist(
        phrases=_keys(phrases),
        surnames=_keys(family for _, family, _ in practitioners),
        facility=_keys([facility.name]),
    )


def forbidden_words(text: str, words: Wordlist, *, may_name_facility: bool = False, harmless: str = "") -> list[str]:
    """The telling words in a text, as keys. `harmless` is what the patient or the house chose to have in it.

    A clinician's family name that is also a word of every message (May, Day) tells nothing and is passed over.
    """
    if may_name_facility:
        text = _without(text, words.facility)
    key = search_key(text)
    whole = f" {key} "
    plain = skeleton_words() | set(search_key(harmless).split())
    telling = words.phrases if may_name_facility else words.phrases | words.facility
    found = [phrase for phrase in telling if f" {phrase} " in whole and not set(phrase.split()) <= plain]
    found += [name for name in words.surnames if f" {name} " in whole and not set(name.split()) <= plain]
    return sorted({*found, *TRADE_WORD.findall(key)})


def letter(appointment: Appointment, consent: Consent | None, *, reply_url: str = "", stop_url: str = "") -> Letter:
    """What this patient lets a message say. Call it with the consent's language active."""
    facility, language = appointment.facility, "es" if translation.get_language() == "es" else "en"
    local = appointment.starts_at.astimezone(facility.tz)
    patient, detail = appointment.patient, consent.detail if consent else Consent.Detail.TIME
    first_name = consent and consent.may_use_first_name and patient and (patient.preferred_name or patient.given_name)
    return Letter(
        day=date_format(local, LONG_DAY[language]),
        time=date_format(local, CLOCK[language]),
        zone=local.strftime("%Z"),
        first_name=first_name or "",
        place=facility.neutral_place if detail in (Consent.Detail.PLACE, Consent.Detail.FACILITY) else "",
        facility_name=facility.name if detail == Consent.Detail.FACILITY else "",
        phone=facility.neutral_phone,
        reply_url=reply_url,
        stop_url=stop_url,
    )


def reminder_mail(
    reminder: Reminder, appointment: Appointment, consent: Consent, words: Wordlist, *, reply_url: str, stop_url: str
) -> EmailMultiAlternatives:
    """The message in the patient's language: one recipient, plain text complete, calendar file in UTC.

    Raises TellingWords if it would say more than the patient allows.
    """
    with translation.override(consent.language):
        content = letter(appointment, consent, reply_url=reply_url, stop_url=stop_url)
        subject, text, html = _rendered(content)
    sender = formataddr((appointment.facility.neutral_name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    address = consent.contact_point.value if consent.contact_point else ""
    message = EmailMultiAlternatives(subject, text, sender, [address], headers=_headers(reminder, stop_url))
    message.attach_alternative(html, "text/html")
    calendar = calendar_file(appointment, content.place)
    message.attach("appointment.ics", calendar, "text/calendar")
    _refuse_telling(content, f"{subject} {sender} {text} {strip_tags(html)} {calendar}", consent, words, appointment)
    return message


def calendar_file(appointment: Appointment, place: str) -> str:
    """The appointment for the patient's own calendar: UTC times, a title that tells nothing."""
    event = Event()
    event.add("uid", f"{appointment.uuid}@{neutral_host()}")
    event.add("sequence", appointment.schedule_version)
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", "Appointment")
    if place:
        event.add("location", place)
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def neutral_host() -> str:
    """The host of patients' links and Message-IDs."""
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def message_id(reminder: Reminder) -> str:
    """The same for every attempt, so that a mailbox can tell a repeated message from a new one."""
    return f"<{reminder.uuid}@{neutral_host()}>"


@cache
def skeleton_words() -> frozenset[str]:
    """The words of every message, in all languages, with the names of days and months."""
    days = [datetime(2024, month, 1 + month % 7, tzinfo=UTC) for month in range(1, 13)]
    days += [datetime(2024, 1, day, tzinfo=UTC) for day in range(1, 8)]
    empty = Letter(day="", time="", zone="", first_name="", place="", facility_name="", phone="")
    words: set[str] = set()
    for language in LONG_DAY:
        with translation.override(language):
            parts = [*_rendered(empty), *(date_format(day, "l F") for day in days)]
        words |= set(search_key(strip_tags(" ".join(parts))).split())
    return frozenset(words)


def _rendered(content: Letter) -> tuple[str, str, str]:
    context = {"letter": content}
    subject = " ".join(render_to_string(f"{TEMPLATE}_subject.txt", context).split())
    return subject, render_to_string(f"{TEMPLATE}.txt", context), render_to_string(f"{TEMPLATE}.html", context)


def _headers(reminder: Reminder, stop_url: str) -> dict[str, str]:
    return {
        "Message-ID": message_id(reminder),
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _refuse_telling(content: Letter, said: str, consent: Consent, words: Wordlist, appointment: Appointment) -> None:
    for url in (content.reply_url, content.stop_url):  # a random token may spell anything; its host may not
        said = said.replace(url, neutral_host())
    harmless = f"{appointment.facility.neutral_name} {content.place} {content.first_name}"
    may_name = consent.detail == Consent.Detail.FACILITY
    if forbidden_words(said, words, may_name_facility=may_name, harmless=harmless):
        raise TellingWords


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(key for key in map(search_key, texts) if key)


def _without(text: str, phrases: Iterable[str]) -> str:
    key = f" {search_key(text)} "
    for phrase in phrases:
        key = key.replace(f" {phrase} ", " ")
    return key
