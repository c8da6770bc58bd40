"""Free times, by subtracting multiranges in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Facility, Location
from patients.models import Patient
from scheduling.models import AppointmentType
from scheduling.selectors.hours import HOURS
from staff.models import Practitioner

RASTER = 15 * 60  # seconds between two times that are offered


@dataclass(frozen=True)
class Slot:
    """A time at which everybody and everything needed is free."""

    practitioner: Practitioner
    starts_at: datetime
    ends_at: datetime
    location: Location | None


# A visit of m minutes with b minutes' pause fits where [start, start + m) meets no busy time that is
# stretched b minutes to the front: the pause need not lie within the hours.
BUSY = """
  SELECT {column} AS id,
         range_agg(tstzrange(lower(during) - make_interval(mins => %(pause)s), upper(during))) AS taken
    FROM scheduling_appointmentparticipant, span
   WHERE active AND {column} = ANY({ids}) AND during && span.whole
   GROUP BY {column}
"""

# Not one row per possible time: those are only made within what is left free, up to the number asked for.
FREE_SLOTS = f"""
WITH span AS (
  SELECT tstzrange(greatest(%(day)s::date::timestamp AT TIME ZONE %(zone)s, %(now)s),
                   (%(day)s::date + %(days)s)::timestamp AT TIME ZONE %(zone)s + interval '1 day') AS whole
), open AS ({HOURS}
), busy AS ({BUSY.format(column="practitioner_id", ids="%(practitioners)s")}
), patient_busy AS ({BUSY.format(column="patient_id", ids="%(patients)s")}
), room_busy AS ({BUSY.format(column="location_id", ids="%(rooms)s")}
), room AS (
  SELECT place.id, place.name, coalesce(room_busy.taken, '{{}}'::tstzmultirange) AS taken
    FROM accounts_location AS place LEFT JOIN room_busy ON room_busy.id = place.id
   WHERE place.id = ANY(%(rooms)s)
), free AS (
  SELECT open.practitioner_id,
         open.hours * tstzmultirange(span.whole)
           - coalesce(busy.taken, '{{}}'::tstzmultirange)
           - coalesce((SELECT taken FROM patient_busy), '{{}}'::tstzmultirange) AS times
    FROM span, open LEFT JOIN busy ON busy.id = open.practitioner_id
)
SELECT free.practitioner_id, found.starts, found.room_id
  FROM free CROSS JOIN LATERAL (
    SELECT starts, chosen.id AS room_id
      FROM (SELECT starts
              FROM unnest(free.times) AS gap
              CROSS JOIN LATERAL generate_series(
                     to_timestamp(ceil(extract(epoch FROM lower(gap)) / {RASTER}) * {RASTER}),
                     upper(gap) - make_interval(mins => %(minutes)s), make_interval(secs => {RASTER})) AS starts
             ORDER BY starts) AS candidate  -- ordered first, so that rooms are sought for the first few alone
      LEFT JOIN LATERAL (
             SELECT room.id FROM room
              WHERE NOT room.taken && tstzrange(starts, starts + make_interval(mins => %(minutes)s))
              ORDER BY room.name, room.id LIMIT 1) AS chosen ON true
     WHERE %(no_room)s OR chosen.id IS NOT NULL
     ORDER BY starts LIMIT %(limit)s
  ) AS found
 ORDER BY found.starts, free.practitioner_id
"""  # noqa: S608  # put together from constants of this file


def free_slots(
    *,
    practitioners: Sequence[Practitioner],
    type: AppointmentType,
    facility: Facility,
    from_day: date,
    days: int,
    patient: Patient | None = None,
    location: Location | None = None,
    limit: int = 3,
) -> list[Slot]:
    """The first `limit` free times of each practitioner from a day of the facility on, earliest first.

    Free means: within the hours of the weekly rules, and neither the practitioner nor the patient (if given) nor
    the room is taken, the pause after the visit included. Without `location` it is the first free room by name; a
    telehealth type needs none. Times stand on the quarter hour and lie in the future. One query, two for the rooms.
    """
    rooms = _rooms(type, facility, location)
    by_id = {row.pk: row for row in practitioners}
    values: dict[str, Any] = {
        "zone": facility.time_zone, "day": from_day, "days": days, "now": timezone.now(), "facility": facility.pk,
        "people": list(by_id), "practitioners": list(by_id), "patients": [patient.pk] if patient else [],
        "rooms": list(rooms),
        "minutes": type.minutes, "pause": type.buffer_minutes, "limit": limit,
        "no_room": type.is_telehealth and location is None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FREE_SLOTS, values)
        found = cursor.fetchall()
    length = timedelta(minutes=type.minutes)
    return [Slot(by_id[who], starts, starts + length, rooms.get(room)) for who, starts, room in found]


def _rooms(type: AppointmentType, facility: Facility, location: Location | None) -> dict[int, Location]:
    if location is not None:
        return {location.pk: location}
    if type.is_telehealth:
        return {}
    open_rooms = facility.locations.filter(kind=Location.Kind.ROOM).exclude(
        operational_status=Location.OperationalStatus.CLOSED
    )
    return {room.pk: room for room in open_rooms}
