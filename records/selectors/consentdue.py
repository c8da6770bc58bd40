"""Consents that end soon or have just ended, for the desks that ask for new ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Perm
from core.labels import Due, due_label
from core.times import day_bounds, today
from episodes.models import EpisodeOfCare
from patients.access import visible_patients
from patients.selectors import as_known_to
from records.models import ChannelConsent, Consent, ConsentCategory, ConsentRecipient

SOON, LATELY = timedelta(days=30), timedelta(days=30)
AT_MOST = 200
Row = dict[str, Any]
Status = Consent.Status


def consents_due(user: User, facility: Facility, *, owner_role: str = "", limit: int = AT_MOST) -> list[Row]:
    """Consents of people in care here that end within 30 days, or did in the last 30, the first to end in front.

    Also those whose event came about. Not what a later one, given or declined, took the place of. Only people whom
    the viewer may ask; with `owner_role`, only those whose baton that role holds. Two queries.
    """
    people = _in_care(user, facility, owner_role)
    found = [*_to_disclose(facility, people, limit), *_to_be_written_to(facility, people, limit)]
    found.sort(key=lambda row: (row["ends"], row["name"], row["url"]))
    return as_known_to(user, found[:limit])


def _in_care(user: User, facility: Facility, owner_role: str) -> QuerySet[Any]:
    episodes = EpisodeOfCare.objects.open().filter(patient=OuterRef("pk"), facility=facility)
    episodes = episodes.filter(owner_role=owner_role) if owner_role else episodes
    people = visible_patients(user, Perm.CONSENT_EDIT, facility)
    return people.filter(Exists(episodes)).order_by().values("pk")


def _to_disclose(facility: Facility, people: QuerySet[Any], limit: int) -> Iterator[Row]:
    rows = Consent.objects.filter(_ending(facility), ~Exists(_later()), facility=facility, patient__in=people)
    for row in rows.select_related("patient").order_by("expires_on", "pk")[:limit]:
        happened = row.event_happened_at
        ends = timezone.localdate(happened, timezone=facility.tz) if happened else row.expires_on
        if ends:
            add = reverse("records:consent_add", args=[row.patient.uuid])
            yield _row(row, facility, ends, row.get_category_display(), row.get_absolute_url(), add, bool(happened))


def _to_be_written_to(facility: Facility, people: QuerySet[Any], limit: int) -> Iterator[Row]:
    day = today(facility.tz)
    rows = ChannelConsent.objects.filter(
        facility=facility, patient__in=people, status=ChannelConsent.Status.ACTIVE,
        expires_on__range=(day - LATELY, day + SOON),
    )  # fmt: skip
    for row in rows.select_related("patient").order_by("expires_on", "pk")[:limit]:
        url = reverse("records:channel_detail", args=[row.patient.uuid])
        add = reverse("scheduling:channel_edit", args=[row.patient.uuid])
        if row.expires_on:
            yield _row(row, facility, row.expires_on, row.get_category_display(), url, add)


def _ending(facility: Facility) -> Q:
    now, day = timezone.now(), today(facility.tz)
    by_day = Q(status=Status.ACTIVE, expires_on__range=(day - LATELY, day + SOON))
    return by_day | Q(status=Status.INACTIVE, event_happened_at__range=(now - LATELY, now))


def _later() -> QuerySet[Consent]:
    """A newer answer to the same question: of the same kind, and unless it is for everybody in care, to the same."""
    newer = Consent.objects.filter(
        patient=OuterRef("patient"), facility=OuterRef("facility"), category=OuterRef("category"),
        pk__gt=OuterRef("pk"),
        status__in=(Status.ACTIVE, Status.REJECTED),
    )  # fmt: skip
    named = ConsentRecipient.objects.filter(consent=OuterRef(OuterRef("pk"))).values("name")
    return newer.filter(Q(category=ConsentCategory.TPO) | Q(recipients__name__in=named))


def _row(
    row: Consent | ChannelConsent, facility: Facility, ends: date, what: str, url: str, add: str, happened: bool = False
) -> Row:
    due = _due(ends, facility)
    return {
        "name": row.patient.list_name,
        "record_number": row.patient.record_number,
        "what": what,
        "url": url,
        "ends": ends,
        "due": due,
        "status": _state(ends, facility, happened),
        "tone": "danger" if happened or ends < today(facility.tz) else "warning",
        "action_url": add,
    }


def _state(ends: date, facility: Facility, happened: bool) -> str:
    if happened:
        return "Ended: its event came about"
    return "Expired" if ends < today(facility.tz) else "Ends soon"


def _due(ends: date, facility: Facility) -> Due:
    """The last day is over at its midnight."""
    return due_label(day_bounds(ends, facility.tz)[1] - timedelta(minutes=1), facility.tz)
