"""Moments as patients read them: the day and the time on the facility's wall, in the active language."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.dateformat import format as date_format

from scheduling.mail.letters import CLOCK, LONG_DAY


@dataclass(frozen=True)
class Moment:
    """A day, a time and the zone, in words."""

    day: str
    time: str
    zone: str


def in_words(moment: datetime, tz: ZoneInfo) -> Moment:
    """The same words as a message has for it."""
    language = "es" if translation.get_language() == "es" else "en"
    local = moment.astimezone(tz)
    return Moment(date_format(local, LONG_DAY[language]), date_format(local, CLOCK[language]), f"{local:%Z}")
