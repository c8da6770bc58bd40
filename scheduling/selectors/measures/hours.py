"""How much of the hours that could be booked was booked."""

from collections import defaultdict
from datetime import date
from typing import Any

from scheduling.selectors.hours import HOURS
from scheduling.selectors.measures.parts import (
    Measure,
    Period,
    Picture,
    Table,
    fetched,
    percent,
    percent_label,
    week_label,
)

# Hours less leave and closures are what could be booked; what is booked counts as far as it lies within them.
UTILIZATION = f"""
WITH span AS (SELECT tstzrange(%(begins)s, %(ends)s) AS whole
), open AS ({HOURS}
), away AS (
  SELECT practitioner_id, range_agg(during) AS times FROM scheduling_availabilityexception, span
   WHERE kind IN ('leave', 'travel', 'training') AND withdrawn_at IS NULL
     AND practitioner_id = ANY(%(people)s) AND during && span.whole
   GROUP BY practitioner_id
), closed AS (
  SELECT range_agg(during) AS times FROM scheduling_availabilityexception, span
   WHERE kind = 'closed' AND withdrawn_at IS NULL AND location_id IS NULL AND facility_id = %(facility)s
     AND during && span.whole
), booked AS (
  SELECT practitioner_id, range_agg(tstzrange(starts_at, ends_at)) AS times
    FROM scheduling_appointment
   WHERE facility_id = %(facility)s AND practitioner_id = ANY(%(people)s) AND NOT external
     AND status IN ('booked', 'arrived', 'checked-in', 'fulfilled', 'noshow')
     AND starts_at >= %(begins)s AND starts_at < %(ends)s
   GROUP BY practitioner_id
), week AS (
  SELECT monday, tstzrange(monday::timestamp AT TIME ZONE %(zone)s,
                           (monday + 7)::timestamp AT TIME ZONE %(zone)s) * span.whole AS days
    FROM unnest(%(mondays)s::date[]) AS monday, span
), bookable AS (
  SELECT open.practitioner_id, open.hours
           - coalesce(away.times, '{{}}'::tstzmultirange)
           - coalesce((SELECT times FROM closed), '{{}}'::tstzmultirange) AS times
    FROM open LEFT JOIN away USING (practitioner_id)
)
SELECT bookable.practitioner_id, week.monday, available.hours, taken.hours
  FROM bookable CROSS JOIN week LEFT JOIN booked USING (practitioner_id)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0)::float8 / 3600 AS hours
         FROM unnest(bookable.times * tstzmultirange(week.days)) AS part) AS available
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(extract(epoch FROM upper(part) - lower(part))), 0)::float8 / 3600 AS hours
         FROM unnest(bookable.times * tstzmultirange(week.days) * booked.times) AS part) AS taken
 WHERE available.hours > 0
"""  # noqa: S608  # put together from constants

Cells = dict[Any, list[float]]


def utilization(period: Period, people: dict[int, str]) -> Measure:
    """By practitioner and week. One query."""
    rows = fetched(UTILIZATION, _values(period, people))
    names, weeks, whole = Cells(), Cells(), [0.0, 0.0]
    cells: dict[str, dict[date, tuple[float, float]]] = defaultdict(dict)
    for who, monday, available, taken in rows:
        cells[people[who]][monday] = (taken, available)
        for sums in (names.setdefault(people[who], [0.0, 0.0]), weeks.setdefault(monday, [0.0, 0.0]), whole):
            sums[0], sums[1] = sums[0] + taken, sums[1] + available
    by_name = [(name, percent(*names[name])) for name in sorted(names)]
    return Measure(
        key="utilization",
        title="Utilization",
        icon="gauge",
        headline=percent_label(*whole),
        sub=f"{_tenths(whole[0])} of {_tenths(whole[1])} hours",
        counted="Hours booked: visits and groups that stood, whether people came or not, as far as they lie within "
        "the practitioner's hours.",
        of="Hours that could be booked: the weekly hours and extra hours, less leave, travel, training and days on "
        "which the facility was closed.",
        left_out="The pause after a visit, work outside the hours, cancelled appointments, times that were only "
        "offered, and rooms that were closed.",
        empty="Once practitioners have hours in the period, it stands here how many of them were booked.",
        pictures=[
            Picture("Utilization by week", "Booked", period.by_week({w: percent(*s) for w, s in weeks.items()}),
                    suffix="%", high=100),
            Picture("Utilization by practitioner", "Booked", by_name, "Practitioner", "%", 100, is_line=False),
        ]
        if rows
        else [],
        tables=[_table(period, cells, names)],
    )  # fmt: skip


def _values(period: Period, people: dict[int, str]) -> dict[str, Any]:
    return {
        "begins": period.begins, "ends": period.ends, "people": list(people), "facility": period.facility.pk,
        "zone": period.facility.time_zone, "mondays": period.weeks, "day": period.first,
        "days": (period.last - period.first).days + 1,
    }  # fmt: skip


def _table(period: Period, cells: dict[str, dict[date, tuple[float, float]]], names: Cells) -> Table:
    rows = [
        (name, f"{_tenths(names[name][0])} of {_tenths(names[name][1])} h", percent_label(*names[name]),
         *(percent_label(*cells[name].get(week, (0, 0))) for week in period.weeks))
        for name in sorted(names)
    ]  # fmt: skip
    return Table("By practitioner and week", ("Practitioner", "Hours", "All", *map(week_label, period.weeks)), rows)


def _tenths(hours: float) -> str:
    return f"{hours:,.1f}".removesuffix(".0")
