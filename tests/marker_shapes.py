"""Values that stand in one field and nowhere else, and how a page's text is asked for them in all their shapes."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

YEAR, HOUR, LAST_NUMBER = 1903, 3, 29_999
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# Inside of a longer run of letters it is chance: tokens of forms have 64 of them. Paper glues words together.
WORD = re.compile(r"(?<![a-z0-9])zq[a-z]{4}(?![a-z0-9])")
GLUED = re.compile(r"zq[a-z]{4}")
DAYS = (
    re.compile(rf"{YEAR}-(?P<m>\d\d)-(?P<d>\d\d)"),
    re.compile(rf"(?<![a-z0-9]){YEAR}(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(rf"(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/{YEAR}"),
    re.compile(rf"(?P<d>\d{{1,2}}) (?:de )?(?P<name>[a-z]{{3}})[a-z]*\.? (?:de )?{YEAR}"),
    re.compile(rf"(?P<name>[a-z]{{3}})[a-z]*\.? (?P<d>\d{{1,2}}),? {YEAR}"),
)
# Any shape of a date at all; the number of a row may be that of the year by chance.
DATED = re.compile(rf"(?:\b\d{{1,2}}[-/. ,]|\b(?:{'|'.join(MONTHS)})[a-z]*[., ]+|\bde ){YEAR}\b|\b{YEAR}[-/. ]\d")
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # may hold the digits of the year by chance
TIME = re.compile(rf"(?<![\d:t])0?{HOUR}:(\d\d)(?!\d|:\d)")
NUMBER = re.compile(r"(?<![\w.,-])(29),?(\d{3})(?!\w)")


def kind_of(field: models.Field) -> str:
    """`word`, `day`, `time` or `number`; empty for what no value can mark."""
    if isinstance(field, models.FileField | models.BooleanField | models.JSONField):
        return ""
    inner = field.base_field if isinstance(field, ArrayField) else field
    if isinstance(inner, models.CharField | models.TextField):
        return "word"
    if isinstance(inner, models.TimeField):
        return "time"
    if isinstance(inner, models.DateField):  # a DateTimeField is one
        return "day"
    is_number = isinstance(field, models.IntegerField | models.DecimalField)
    return "number" if is_number else ""


def token(kind: str, place: str, number: int) -> str:
    """What `tokens` answers for the value: the same however the page prints it."""
    if kind == "word":
        return "zq" + "".join(chr(97 + byte % 26) for byte in hashlib.sha256(place.encode()).digest()[:4])
    if kind == "day":
        return (date(YEAR, 1, 1) + timedelta(days=number)).isoformat()
    if kind == "time":
        return f"{HOUR:02}:{MINUTES[number]:02}"
    return str(LAST_NUMBER - number)  # downwards, since a part comes after its whole


def value(field: models.Field, wanted: str, *, unlike: str = "") -> Any:
    """The token in the shape of its field; `unlike` is added where there may be only one of it."""
    inner = field.base_field if isinstance(field, ArrayField) else field
    one = _value(inner, wanted, unlike)
    return [one] if isinstance(field, ArrayField) else one


def at_time(moment: datetime, wanted: str) -> datetime:
    """On the same day, in the zone of the facility."""
    hour, minute = wanted.split(":")
    return moment.astimezone(ZoneInfo("America/New_York")).replace(hour=int(hour), minute=int(minute))


def tokens(text: str, *, glued: bool = False) -> set[str]:
    """Every token in the text. A few passes, however many there are to look for."""
    text = text.lower()
    found = set((GLUED if glued else WORD).findall(text))
    found |= {f"{HOUR:02}:{minute}" for minute in TIME.findall(text)}
    found |= {"".join(parts) for parts in NUMBER.findall(text)}
    return found | set(_days(text)) if str(YEAR) in text else found


def _days(text: str) -> Iterator[str]:
    """Fails for a date in a shape that it does not know: it would not be looked for."""
    rest = ID.sub("", "\n".join(line for line in text.splitlines() if str(YEAR) in line))
    for shape in DAYS:
        for match in shape.finditer(rest):
            parts = match.groupdict()
            month = int(parts.get("m") or MONTHS.index(parts["name"]) + 1)
            yield date(YEAR, month, int(parts["d"])).isoformat()
        rest = shape.sub("", rest)
    unknown = DATED.search(rest)
    assert unknown is None, f"A date in a shape that nobody looks for: {unknown and unknown.group()}"


def _value(field: models.Field, wanted: str, unlike: str) -> Any:
    if isinstance(field, models.DateTimeField):
        return datetime.combine(date.fromisoformat(wanted), time(17), tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date.fromisoformat(wanted)
    if isinstance(field, models.TimeField):
        return time.fromisoformat(wanted)
    if isinstance(field, models.DecimalField):
        return Decimal(wanted)
    return int(wanted) if isinstance(field, models.IntegerField) else _words(field, wanted, unlike)


def _words(field: models.Field, wanted: str, unlike: str) -> str:
    if isinstance(field, models.EmailField):
        return f"{wanted}@example.org"
    if isinstance(field, models.URLField):
        return f"https://{wanted}.example.org/"
    if unlike:
        return f"{wanted} {unlike}"
    is_long = not field.choices and (field.max_length or 300) >= 300
    return f"{wanted}, and more words" if is_long else wanted


def _minutes() -> list[int]:
    """Minutes that no clock of this run shows, nor a time that is due so many hours, or half an hour, from now."""
    now = timezone.now().minute
    near = {(now + shift + minute) % 60 for shift in (0, 30) for minute in range(-2, 12)}
    return [minute for minute in range(60) if minute not in near and minute % 5]


MINUTES = _minutes()
