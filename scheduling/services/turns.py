"""The waitlist's worker: ends offers that nobody answered, and offers every time that came free."""

import logging
from collections import Counter
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from core.errors import DomainError
from episodes.models import Task
from scheduling.answering import time_to_answer
from scheduling.models import Appointment, BookingOverride, FreedTime, Reminder, WaitlistEntry, WaitlistOffer
from scheduling.selectors.turns import next_in_line, why_next
from scheduling.services.offers import CALL, ask_to_call, end_offer, held_offer, make_offer, take_as_accepted

Status = FreedTime.Status
UNTOLD = (Reminder.Status.SKIPPED, Reminder.Status.FAILED, Reminder.Status.IN_DOUBT)
# What one row may raise: a rule, a deadlock, a facility's time zone that is not there.
ITS_OWN = (DomainError, DatabaseError, LookupError, ValueError)
logger = logging.getLogger(__name__)


def offer_freed_times() -> Counter[str]:
    """End what has run out, then offer each free time to the next who waits; answers what became of them.

    Any number of workers may run it at once: a time is claimed with SKIP LOCKED, and each is a transaction of its
    own, so that what fails for one stops no other. Runs every ten seconds.
    """
    counts: Counter[str] = Counter()
    for pk in _run_out().values_list("pk", flat=True):
        counts[_alone(_end, pk)] += 1
    for pk in _untold().values_list("pk", flat=True):
        counts[_alone(_have_called, pk)] += 1
    for pk in FreedTime.objects.filter(status=Status.OPEN).order_by("starts_at", "pk").values_list("pk", flat=True):
        counts[_alone(_serve, pk)] += 1
    return counts


def _alone(action: Callable[[int], str], pk: int) -> str:
    """What fails is tried again by the next run; the log says which row, and nothing of whom."""
    try:
        with transaction.atomic():
            return action(pk)
    except ITS_OWN as error:
        logger.warning("waitlist: %s of %s failed: %s", action.__name__, pk, type(error).__name__)
        return "failed"


def _serve(pk: int) -> str:
    rows = FreedTime.objects.filter(pk=pk, status=Status.OPEN).select_for_update(
        skip_locked=True, no_key=True, of=("self",)
    )
    freed = rows.select_related("facility", "practitioner", "location", "freed_by").first()
    if freed is None:
        return "passed"
    status = _offered(freed)
    FreedTime.objects.filter(pk=pk).update(status=status, changed_at=timezone.now())
    return status


def _offered(freed: FreedTime) -> str:
    window = time_to_answer(freed.starts_at, freed.facility)
    if window is None:
        return Status.OVER
    for entry in next_in_line(freed, told_at=window.told_at):
        try:
            with transaction.atomic():
                make_offer(entry=entry, freed=freed, why=why_next(entry, freed), by=None)
                return Status.OFFERED
        except DomainError as refusal:
            if refusal.code == BookingOverride.Rule.PRACTITIONER_OVERLAP:
                return Status.TAKEN
    return Status.OVER


def _run_out() -> QuerySet[WaitlistOffer]:
    """Open offers past their end, or whose proposal, entry or person is not what it was."""
    now = timezone.now()
    earlier = Q(
        entry__appointment__status__in=Appointment.UPCOMING,
        entry__appointment__starts_at__lte=F("appointment__starts_at"),
    )
    ended = Q(expires_at__lte=now) | ~Q(appointment__status=Appointment.Status.PROPOSED) | earlier
    ended |= ~Q(entry__status=WaitlistEntry.Status.WAITING) | Q(entry__patient__deceased=True)
    return WaitlistOffer.objects.filter(ended, status=WaitlistOffer.Status.OFFERED)


def _end(pk: int) -> str:
    offer = held_offer(WaitlistOffer.objects.select_related("appointment", "entry__appointment").get(pk=pk))
    if not _run_out().filter(pk=pk).exists():
        return "passed"
    if offer.appointment.status not in (Appointment.Status.PROPOSED, Appointment.Status.CANCELLED):
        take_as_accepted(offer)
        return WaitlistOffer.Status.ACCEPTED
    over = offer.expires_at <= timezone.now()
    status = WaitlistOffer.Status.EXPIRED if over else WaitlistOffer.Status.WITHDRAWN
    end_offer(offer, status, None)
    return status


def _untold() -> QuerySet[WaitlistOffer]:
    """Open offers whose message did not go, and about which nobody has been asked to call."""
    failed = Q(appointment__reminders__purpose=Reminder.Purpose.OFFER, appointment__reminders__status__in=UNTOLD)
    kind = ContentType.objects.get_for_model(WaitlistOffer)
    asked = Exists(Task.objects.filter(kind=CALL, focus_type=kind, focus_id=OuterRef("pk")))
    rows = WaitlistOffer.objects.filter(failed, status=WaitlistOffer.Status.OFFERED, expires_at__gt=timezone.now())
    return rows.exclude(asked)


def _have_called(pk: int) -> str:
    ask_to_call(WaitlistOffer.objects.select_related("entry__facility", "entry__patient").get(pk=pk), None)
    return "to-call"
