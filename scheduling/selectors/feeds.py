"""Calendar feeds: which are live, what stands in them, and a practitioner's own as rows."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from accounts.access import live_memberships
from accounts.models import Facility, User
from accounts.roles import Perm, scope_of
from core.labels import when_label
from scheduling.feeds import BusyTime
from scheduling.links import digest
from scheduling.models import Appointment, Feed
from scheduling.selectors.appointments import Row
from staff.models import Practitioner

Status = Appointment.Status
SHOWN = (Status.PROPOSED, Status.PENDING, Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN, Status.FULFILLED)
BEHIND, AHEAD = timedelta(days=30), timedelta(days=90)


def live_feed(token: str) -> Feed | None:
    """The feed of the address, unless it is revoked, its practitioner inactive or no longer its maker. One query."""
    rows = Feed.objects.filter(token_sha256=digest(token), revoked_at__isnull=True, created_by__is_active=True)
    feed = rows.select_related("practitioner", "created_by").first()
    if feed is None or not feed.practitioner.is_active or feed.practitioner.user_id != feed.created_by_id:
        return None
    return feed


def busy_times(feed: Feed) -> list[BusyTime] | None:
    """What takes the practitioner from 30 days ago to 90 days ahead, of the facilities where he or she works now.

    None if there is none: then the feed is dead. Kinds and rooms are named where the maker of the feed may see
    appointments now. What is cancelled or was missed is not there. Two queries.
    """
    works, sees = _facilities(feed.created_by)
    if not works:
        return None
    now, me = timezone.now(), feed.practitioner
    rows = Appointment.objects.filter(
        Q(practitioner=me) | Q(interpreter=me), facility__in=works, external=False, status__in=SHOWN,
        starts_at__gte=now - BEHIND, starts_at__lt=now + AHEAD,
    )  # fmt: skip
    names = feed.detail == Feed.Detail.TYPE
    rows = rows.select_related("type", "location").order_by("starts_at", "pk")
    return [_busy(row, named=names and row.facility_id in sees) for row in rows]


def practitioner_of(user: User) -> Practitioner | None:
    """The practitioner that the person is, if any. One query."""
    return Practitioner.objects.filter(user=user, is_active=True).first()


def feeds_of(user: User, facility: Facility) -> list[Row]:
    """The feeds the person has made and not revoked, as rows, newest first. One query."""
    rows = Feed.objects.filter(created_by=user, revoked_at__isnull=True).order_by("-issued_at")
    return [
        {
            "uuid": row.uuid,
            "label": row.label or "Without a name",
            "detail": row.get_detail_display(),
            "issued": when_label(row.issued_at, facility.tz),
            "read": when_label(row.read_at, facility.tz) if row.read_at else "",
        }
        for row in rows
    ]


def feed_of(user: User, pk: UUID) -> Feed:
    """One feed that the person has made. Raises Http404."""
    found = Feed.objects.filter(created_by=user, uuid=pk).first()
    if found is None:
        raise Http404
    return found


def _facilities(user: User) -> tuple[set[int], set[int]]:
    """Where the person sees the calendar now, and where also the appointments in it. One query."""
    mine = live_memberships(user)
    works = {row.facility_id for row in mine if scope_of(row.role, Perm.CALENDAR_VIEW)}
    return works, {row.facility_id for row in mine if scope_of(row.role, Perm.APPOINTMENT_VIEW)}


def _busy(row: Appointment, *, named: bool) -> BusyTime:
    return BusyTime(
        uuid=row.uuid, starts_at=row.starts_at, ends_at=row.ends_at, changed_at=row.updated_at,
        moves=row.schedule_version - 1, is_tentative=row.status in (Status.PROPOSED, Status.PENDING),
        title=str(row.type) if named else "", place=str(row.location or "") if named else "",
    )  # fmt: skip
