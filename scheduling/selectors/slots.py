"""Free times, by subtracting multiranges in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Facility, Location
from core.times import day_bounds
from patients.models import Patient
from scheduling.models import AppointmentType
from scheduling.selectors.hours import HOURS
from staff.models import Practitioner

RASTER = 15 * 60  # seconds between two times that are offered


@dataclass(frozen=True)
class Slot:
    """A time at which everybody and everything needed is free. Of the places only the name is read."""

    practitioner: Practitioner
    starts_at: datetime
    ends_at: datetime
    location: Location | None
    interpreter: Practitioner | None = None
    equipment: Location | None = None


# Bounds and not a table of them: the planner then knows how much of the index on `during` it reads.
WINDOW = "tstzrange(%(opens)s, %(closes)s)"

NEVER = "'{}'::tstzmultirange"

# A visit of m minutes with b minutes' pause fits where [start, start + m) meets no busy time that is stretched b
# minutes to the front: the pause need not lie within the hours. What is held counts until the hold expires.
BUSY = f"""
  SELECT {{column}} AS id,
         range_agg(tstzrange(lower(during) - make_interval(mins => %(pause)s), upper(during))) AS taken
    FROM scheduling_appointmentparticipant AS part
   WHERE active AND {{column}} = ANY({{ids}}) AND during && {WINDOW}
     AND (hold_id IS NULL OR (SELECT expires_at > %(now)s FROM scheduling_hold AS hold WHERE hold.id = part.hold_id))
   GROUP BY {{column}}
"""  # noqa: S608  # put together from constants of this file

GONE = f"""
  SELECT {{column}} AS id, range_agg(during) AS gone
    FROM scheduling_availabilityexception
   WHERE withdrawn_at IS NULL AND during && {WINDOW} AND {{which}}
   GROUP BY {{column}}
"""  # noqa: S608  # put together from constants of this file
AWAY = "kind IN ('leave', 'travel', 'training') AND practitioner_id = ANY(%(people)s)"
CLOSED = "kind = 'closed' AND facility_id = %(facility)s"

FIRST_PLACE = """
  LEFT JOIN LATERAL (
    SELECT place.id, place.uuid, place.name FROM place
     WHERE place.is_equipment = {is_equipment}
       AND NOT place.taken && tstzrange(starts, starts + make_interval(mins => %(minutes)s))
     ORDER BY place.name, place.id LIMIT 1) AS {name} ON true
"""

# Not one row per possible time: those are only made within what is left free, up to the number asked for.
FREE_SLOTS = f"""
WITH open AS ({HOURS}
), busy AS ({BUSY.format(column="practitioner_id", ids="%(people)s")}
), away AS ({GONE.format(column="practitioner_id", which=AWAY)}
), closed AS ({GONE.format(column="location_id", which=CLOSED)}
), patient_busy AS ({BUSY.format(column="patient_id", ids="%(patients)s")}
), wanted AS (
  SELECT place.id, place.uuid, place.name,
         coalesce(place.id = %(equipment)s, needed.id IS NOT NULL) AS is_equipment
    FROM accounts_location AS place
    LEFT JOIN scheduling_appointmenttype_equipment AS needed
      ON needed.location_id = place.id AND needed.appointmenttype_id = %(type)s
   WHERE place.facility_id = %(facility)s AND place.operational_status <> 'closed'
     AND (coalesce(place.id = %(equipment)s, needed.id IS NOT NULL) OR place.id = %(location)s
          OR (%(any_room)s AND place.kind = 'room'))
), place_busy AS ({BUSY.format(column="location_id", ids="ARRAY(SELECT wanted.id FROM wanted)")}
), place AS (
  SELECT wanted.*, coalesce(taken, {NEVER}) + coalesce(gone, {NEVER}) AS taken
    FROM wanted LEFT JOIN place_busy USING (id) LEFT JOIN closed USING (id)
), person AS (
  SELECT open.practitioner_id AS id,
         open.hours * tstzmultirange({WINDOW}) - coalesce(away.gone, {NEVER}) - coalesce(busy.taken, {NEVER})
           - coalesce((SELECT gone FROM closed WHERE closed.id IS NULL), {NEVER}) AS times
    FROM open LEFT JOIN busy ON busy.id = open.practitioner_id LEFT JOIN away ON away.id = open.practitioner_id
), interpreter AS (  -- apart, so that nobody else's times are unpacked once for each candidate
  SELECT id, times, array_position(%(interpreters)s::bigint[], id) AS rank
    FROM person WHERE id = ANY(%(interpreters)s::bigint[])
), free AS (
  SELECT id, times - coalesce((SELECT taken FROM patient_busy), {NEVER}) AS times
    FROM person WHERE id = ANY(%(practitioners)s)
)
SELECT free.id, starts, room_id, room_uuid, room_name, equipment_id, equipment_uuid, equipment_name, interpreter_id
  FROM free CROSS JOIN LATERAL (
    SELECT starts, chosen.id AS interpreter_id, room.id AS room_id, room.uuid AS room_uuid, room.name AS room_name,
           equipment.id AS equipment_id, equipment.uuid AS equipment_uuid, equipment.name AS equipment_name
      FROM (SELECT starts
              FROM unnest(free.times) AS gap
              CROSS JOIN LATERAL generate_series(
                     to_timestamp(ceil(extract(epoch FROM lower(gap)) / {RASTER}) * {RASTER}),
                     upper(gap) - make_interval(mins => %(minutes)s), make_interval(secs => {RASTER})) AS starts
             ORDER BY starts) AS candidate  -- ordered first, so that the rest is sought for the first few alone
      {FIRST_PLACE.format(is_equipment="false", name="room")}
      {FIRST_PLACE.format(is_equipment="true", name="equipment")}
      LEFT JOIN LATERAL (
        SELECT other.id FROM interpreter AS other
         WHERE other.id <> free.id
           AND other.times @> tstzrange(starts, starts + make_interval(mins => %(minutes)s))
         ORDER BY other.rank LIMIT 1) AS chosen ON true
     WHERE (room.id IS NOT NULL OR %(no_room)s)
       AND (equipment.id IS NOT NULL
            OR (%(equipment)s::bigint IS NULL AND NOT EXISTS (
                  SELECT FROM scheduling_appointmenttype_equipment WHERE appointmenttype_id = %(type)s)))
       AND (chosen.id IS NOT NULL OR cardinality(%(interpreters)s::bigint[]) = 0)
     ORDER BY starts LIMIT %(limit)s
  ) AS found
 ORDER BY starts, free.id
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
    interpreters: Sequence[Practitioner] = (),
    equipment: Location | None = None,
    limit: int = 3,
) -> list[Slot]:
    """The first `limit` free times of each practitioner from a day of the facility on, earliest first.

    Free means: within weekly or extra hours, neither on leave nor closed, and neither the practitioner nor the
    patient (if given) nor the room is taken or held, the pause after the visit included. With `interpreters` the
    first of them who is free comes too; so does the first free piece of the equipment that the type needs, or the
    `equipment` named. Without `location` it is the first free room by name; a telehealth type needs none. Times
    stand on the quarter hour and lie in the future. One query.
    """
    people = {row.pk: row for row in (*practitioners, *interpreters)}
    values = _window(facility, from_day, days) | {
        "people": list(people), "practitioners": [row.pk for row in practitioners],
        "interpreters": [row.pk for row in interpreters], "patients": [patient.pk] if patient else [],
        "type": type.pk, "minutes": type.minutes, "pause": type.buffer_minutes, "limit": limit,
        "location": location.pk if location and not type.is_telehealth else None,
        "equipment": equipment.pk if equipment else None,
        "any_room": location is None and not type.is_telehealth, "no_room": type.is_telehealth,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FREE_SLOTS, values)
        found = cursor.fetchall()
    length = timedelta(minutes=type.minutes)
    return [
        Slot(people[who], starts, starts + length, _place(*row[:3]), people.get(row[6]), _place(*row[3:6]))
        for who, starts, *row in found
    ]


def _window(facility: Facility, from_day: date, days: int) -> dict[str, Any]:
    """The days in moments, from now on at the earliest; what is taken on the day after may reach into the last."""
    now = timezone.now()
    opens, _ = day_bounds(from_day, facility.tz)
    _, closes = day_bounds(from_day + timedelta(days=days), facility.tz)
    return {
        "zone": facility.time_zone, "facility": facility.pk, "day": from_day, "days": days, "now": now,
        "opens": max(opens, now + timedelta(microseconds=1)), "closes": closes,
    }  # fmt: skip


def _place(pk: int | None, uuid: str, name: str) -> Location | None:
    """A place as the query read it; whatever else is asked of it is read when it is asked."""
    return Location.from_db("default", ["id", "uuid", "name"], [pk, uuid, name]) if pk else None
