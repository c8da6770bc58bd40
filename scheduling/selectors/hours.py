"""Who works when, and what is closed: weekly hours, extra hours, leave and closures."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Facility, Location
from core.times import today
from scheduling.models import AvailabilityException, AvailabilityRule
from staff.models import Practitioner

Kind = AvailabilityException.Kind

# Hours of the weekly rules as moments: AT TIME ZONE reads the wall clock, so a day may last 23 or 25 hours.
# Extra hours stand beside them; they are moments already.
HOURS = """
  SELECT practitioner_id, range_agg(span) AS hours
    FROM (
      SELECT rule.practitioner_id,
             tstzrange((day + rule.starts) AT TIME ZONE %(zone)s, (day + rule.ends) AT TIME ZONE %(zone)s) AS span
        FROM scheduling_availabilityrule AS rule
        JOIN (SELECT %(day)s::date + offset_days AS day FROM generate_series(0, %(days)s - 1) AS offset_days) AS days
          ON extract(isodow FROM day) - 1 = rule.weekday
         AND day >= rule.valid_from AND (rule.valid_until IS NULL OR day <= rule.valid_until)
       WHERE rule.facility_id = %(facility)s AND rule.practitioner_id = ANY(%(people)s)
         AND (day + rule.ends) AT TIME ZONE %(zone)s > (day + rule.starts) AT TIME ZONE %(zone)s
      UNION ALL
      SELECT extra.practitioner_id,
             extra.during * tstzrange(
               %(day)s::date::timestamp AT TIME ZONE %(zone)s,
               (%(day)s::date + %(days)s)::timestamp AT TIME ZONE %(zone)s)
        FROM scheduling_availabilityexception AS extra
       WHERE extra.kind = 'extra' AND extra.withdrawn_at IS NULL AND extra.facility_id = %(facility)s
         AND extra.practitioner_id = ANY(%(people)s)
    ) AS spans
   GROUP BY practitioner_id
"""

COVERED = f"""
SELECT practitioner_id FROM ({HOURS}) AS open WHERE hours @> tstzrange(%(starts)s, %(ends)s)
"""  # noqa: S608  # put together from a constant of this file


def with_hours(facility: Facility) -> QuerySet[Practitioner]:
    """Active practitioners who have weekly hours at the facility today or later, or extra hours ahead; by name."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=today(facility.tz))
    weekly = AvailabilityRule.objects.filter(lasting, facility=facility, practitioner=OuterRef("pk"))
    extra = AvailabilityException.objects.filter(
        kind=Kind.EXTRA, facility=facility, withdrawn_at__isnull=True, during__endswith__gt=timezone.now(),
        practitioner=OuterRef("pk"),
    )  # fmt: skip
    return Practitioner.objects.filter(Exists(weekly) | Exists(extra), is_active=True)


def covered(
    practitioners: Iterable[Practitioner], facility: Facility, starts_at: datetime, ends_at: datetime
) -> set[int]:
    """Ids of those whose weekly and extra hours cover the whole time, leave not looked at. One query."""
    values: dict[str, Any] = {
        "zone": facility.time_zone, "day": starts_at.astimezone(facility.tz).date(), "days": 2,
        "facility": facility.pk, "people": [row.pk for row in practitioners], "starts": starts_at, "ends": ends_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COVERED, values)
        return {pk for (pk,) in cursor.fetchall()}


def in_the_way(
    *,
    practitioners: Iterable[Practitioner],
    locations: Iterable[Location],
    facility: Facility,
    starts_at: datetime,
    ends_at: datetime,
) -> QuerySet[AvailabilityException]:
    """Leave of these people and closures of these places, or of the whole facility, that touch the time."""
    away = Q(kind__in=AvailabilityException.AWAY, practitioner__in=practitioners)
    closed = Q(kind=Kind.CLOSED, facility=facility) & (Q(location__isnull=True) | Q(location__in=locations))
    rows = AvailabilityException.objects.filter(away | closed, withdrawn_at__isnull=True)
    return rows.filter(during__overlap=(starts_at, ends_at)).order_by("pk")


def is_within_hours(*, practitioner: Practitioner, facility: Facility, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the practitioner works there the whole time: hours cover it, and neither leave nor a closed house."""
    if practitioner.pk not in covered([practitioner], facility, starts_at, ends_at):
        return False
    rows = in_the_way(
        practitioners=[practitioner], locations=[], facility=facility, starts_at=starts_at, ends_at=ends_at
    )
    return not rows.exists()
