"""Who is on the telephone with whom, so that two do not call one person at once.

A claim stands in the cache for five minutes and says who and since when. It only keeps people out of each other's
way: `log_call` is what decides when both have called all the same.
"""

from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from scheduling.models import Appointment
from scheduling.selectors.calls import ON_THE_LINE, claim_key


def start_call(*, appointment: Appointment, by: User) -> None:
    """Say that this person calls about it now; the row of an earlier call of theirs is free again.

    Raises DomainError if somebody else has begun in the last five minutes.
    """
    seconds = int(ON_THE_LINE.total_seconds())
    claim = {"by": by.pk, "name": str(by), "since": timezone.now()}
    key = claim_key(appointment.pk)
    if not cache.add(key, claim, timeout=seconds):
        held = cache.get(key)
        if held and held["by"] != by.pk:
            since = held["since"].astimezone(appointment.facility.tz)
            raise DomainError(f"{held['name']} is calling this person since {since:%H:%M}.", code="calling")
        cache.set(key, claim, timeout=seconds)
    _let_go_of_earlier(by, appointment)
    cache.set(_mine(by), appointment.pk, timeout=seconds)


def end_call(*, appointment: Appointment, by: User) -> None:
    """The row is free for others again. Harmless if this person is not on it."""
    held = cache.get(claim_key(appointment.pk))
    if held and held["by"] == by.pk:
        cache.delete(claim_key(appointment.pk))


def _let_go_of_earlier(by: User, appointment: Appointment) -> None:
    earlier = cache.get(_mine(by))
    if earlier and earlier != appointment.pk:
        held = cache.get(claim_key(earlier))
        if held and held["by"] == by.pk:
            cache.delete(claim_key(earlier))


def _mine(by: User) -> str:
    return f"calling-by:{by.pk}"
