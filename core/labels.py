"""Dates and times as people say them: absolute, with the weekday, in the facility's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone


@dataclass(frozen=True)
class Due:
    """A due time ready to print: `absolute · relative`, with the tone that shows its urgency."""

    iso: str
    absolute: str
    relative: str
    tone: str  # danger: overdue, warning: due today, neutral: later

    def __str__(self) -> str:
        return f"{self.absolute} · {self.relative}"


def as_zone(tz: tzinfo | str | None) -> tzinfo:
    """A zone from its key, from itself, or UTC when none is known."""
    return ZoneInfo(tz) if isinstance(tz, str) and tz else tz or UTC


def day_label(day: date, today: date) -> str:
    """`Mon 23 Nov`, with the year when it is not this one."""
    return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def when_label(moment: datetime, tz: tzinfo | str | None = None, now: datetime | None = None) -> str:
    """`Mon 23 Nov 14:30` in the given zone."""
    zone = as_zone(tz)
    local = moment.astimezone(zone)
    today = (now or timezone.now()).astimezone(zone).date()
    return f"{day_label(local.date(), today)} {local:%H:%M}"


def distance_label(distance: timedelta) -> str:
    """`25 min`, `3 h`, `2 days`: one unit, rounded down, never `0`."""
    minutes = int(abs(distance).total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"


def due_label(moment: datetime, tz: tzinfo | str | None = None, now: datetime | None = None) -> Due:
    """A due time as a row prints it, e.g. `Mon 23 Nov 14:30` · `2 h overdue` · danger."""
    zone, now = as_zone(tz), now or timezone.now()
    distance = distance_label(moment - now)
    if moment < now:
        relative, tone = f"{distance} overdue", "danger"
    else:
        same_day = moment.astimezone(zone).date() == now.astimezone(zone).date()
        relative, tone = f"in {distance}", "warning" if same_day else "neutral"
    return Due(moment.isoformat(), when_label(moment, zone, now), relative, tone)
