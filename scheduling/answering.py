"""How long somebody may think about a time that is offered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from accounts.models import Facility

AT_MOST, AT_LEAST = timedelta(hours=4), timedelta(minutes=30)
WORTH_OFFERING = timedelta(hours=1)  # nobody can be told and come in less


@dataclass(frozen=True)
class Window:
    """When the person can first be told, and until when to answer."""

    told_at: datetime
    ends_at: datetime


def time_to_answer(starts_at: datetime, facility: Facility) -> Window | None:
    """The window for a time offered now; None if less than an hour is left once the person can be told.

    Four hours, or half the time that is left, whichever is less, but at least 30 minutes. It runs in the hours in
    which the facility writes to patients: what is over in the evening goes on in the morning, as long as an hour
    is left before the start then; else it ends with the evening.
    """
    told_at = _told_at(timezone.now().astimezone(UTC), facility)
    left = starts_at.astimezone(UTC) - told_at
    if left < WORTH_OFFERING:
        return None
    ends_at = told_at + max(min(AT_MOST, left / 2), AT_LEAST)
    _, evening = _mail_hours(told_at, facility)
    if ends_at > evening:
        morning, _ = _mail_hours(told_at, facility, days=1)
        ends_at = morning + (ends_at - evening)
        if starts_at.astimezone(UTC) - ends_at < WORTH_OFFERING:
            ends_at = max(evening, told_at + AT_LEAST)
    return Window(told_at, ends_at)


def soonest_start(facility: Facility) -> datetime:
    """The first moment at which what is offered now may begin."""
    return _told_at(timezone.now().astimezone(UTC), facility) + WORTH_OFFERING


def is_worth_offering(starts_at: datetime) -> bool:
    """Whether at least an hour is left."""
    return starts_at - timezone.now() >= WORTH_OFFERING


def _told_at(now: datetime, facility: Facility) -> datetime:
    morning, evening = _mail_hours(now, facility)
    if now >= evening:
        morning, _ = _mail_hours(now, facility, days=1)
    return max(now, morning)


def _mail_hours(moment: datetime, facility: Facility, days: int = 0) -> tuple[datetime, datetime]:
    """From when until when mail goes on the facility's day of the moment, or so many days after it."""
    day = moment.astimezone(facility.tz).date() + timedelta(days=days)
    hours = (facility.mail_from, facility.mail_until)
    begins, ends = (datetime.combine(day, clock, facility.tz).astimezone(UTC) for clock in hours)
    return begins, ends
