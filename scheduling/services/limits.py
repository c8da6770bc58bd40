"""How many messages a mail domain takes in a minute, and domains that asked for a pause."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from scheduling.models import Reminder
from scheduling.services.line import SLOW_DOWN

Status = Reminder.Status
MINUTE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
ONE_AT_A_TIME = 0xD0A1  # the advisory lock under which places are given out


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def limit_of(domain: str) -> int | None:
    """Messages a minute to this domain; None: as many as there are."""
    limits: dict[str, int] = settings.MAIL_DOMAIN_LIMITS
    return limits.get(domain, limits.get("*"))


def paused_domains(domains: Iterable[str]) -> dict[str, datetime]:
    """The domains whose servers asked to slow down, by any worker's experience, and until when they are left alone."""
    now = timezone.now()
    waiting = Reminder.objects.filter(
        status=Status.DUE, send_at__gt=now, send_at__lte=now + LONGEST_PAUSE, code__in=SLOW_DOWN, domain__in=domains
    )
    return dict(waiting.values("domain").annotate(until=Max("send_at")).values_list("domain", "until"))


def over_limit(wishes: dict[int, str]) -> dict[int, datetime]:
    """Of messages (by their first row) to domains: those that have no place in this minute, and when to try again.

    The others are promised theirs: all workers together never send more than a domain's limit in a minute.
    """
    limited = {pk: domain for pk, domain in wishes.items() if limit_of(domain) is not None}
    return _given_out(limited) if limited else {}


@transaction.atomic
def _given_out(wishes: dict[int, str]) -> dict[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    taken, waiting = _taken(set(wishes.values()), besides=wishes), {}
    promised: dict[str, list[int]] = {}
    for pk, domain in wishes.items():
        limit = limit_of(domain) or 1
        minutes, taken[domain] = taken[domain] // limit, taken[domain] + 1
        if minutes:
            waiting[pk] = timezone.now() + minutes * MINUTE
        else:
            promised.setdefault(domain, []).append(pk)
    for domain, pks in promised.items():
        Reminder.objects.filter(pk__in=pks, status=Status.CLAIMED).update(domain=domain)
    return waiting


def _taken(domains: set[str], *, besides: Iterable[int]) -> Counter[str]:
    """Places of this minute that are gone: sent, or promised to a message that is about to leave."""
    gone = Q(status=Status.SENT, sent_at__gt=timezone.now() - MINUTE) | Q(status__in=[Status.CLAIMED, Status.SENDING])
    rows = Reminder.objects.filter(gone, domain__in=domains).exclude(pk__in=besides)
    return Counter(rows.values_list("domain", flat=True))
