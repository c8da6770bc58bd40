"""How long after its time a message left."""

from typing import Any

from scheduling.selectors.measures.parts import Measure, Period, Picture, Table, fetched, week_label

LATENESS = """
SELECT date_trunc('week', reminder.send_at AT TIME ZONE %(zone)s)::date AS week, grouping(
         date_trunc('week', reminder.send_at AT TIME ZONE %(zone)s)::date) AS is_total,
       count(*) FILTER (WHERE counts),
       percentile_cont(ARRAY[0.5, 0.9, 0.99]) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE counts),
       max(seconds) FILTER (WHERE counts),
       count(*) FILTER (WHERE NOT counts)
  FROM scheduling_reminder AS reminder
  JOIN scheduling_appointment AS appointment ON appointment.id = reminder.appointment_id
 CROSS JOIN LATERAL (
       SELECT reminder.status = 'sent' AND reminder.resolved_at IS NULL AND reminder.told_with_id IS NULL AS counts,
              greatest(extract(epoch FROM reminder.sent_at - reminder.send_at), 0)::float8 AS seconds) AS late
 WHERE appointment.facility_id = %(facility)s AND reminder.send_at >= %(begins)s AND reminder.send_at < %(ends)s
   AND reminder.status IN ('sent', 'failed', 'in-doubt', 'skipped')
 GROUP BY GROUPING SETS ((date_trunc('week', reminder.send_at AT TIME ZONE %(zone)s)::date), ())
"""


def lateness(period: Period) -> Measure:
    """Percentiles by week. One query."""
    values = {"facility": period.facility.pk, "zone": period.facility.time_zone}
    rows = fetched(LATENESS, values | {"begins": period.begins, "ends": period.ends})
    _, _, sent, shares, most, others = next(row for row in rows if row[1])
    weeks = {row[0]: row for row in rows if not row[1] and row[2]}
    return Measure(
        key="lateness",
        title="Lateness of reminders",
        icon="alarm-clock",
        headline=f"{_duration(shares[1])} or less" if sent else "—",
        sub=f"for 9 in 10 of {sent} messages",
        counted="The time from when a message was due until the mail server had taken it. Half, nine in ten and "
        "ninety-nine in a hundred were not later than the figures say.",
        of="Messages due in the period that were sent.",
        left_out=f"{others} that were skipped, failed, are in doubt, were resolved by a person, or were told with "
        "another. After a refusal it counts from the time of the next try.",
        empty="Once reminders of the period have been sent, it stands here how late they were.",
        pictures=[
            Picture("Lateness of nine in ten, by week", "Minutes", period.by_week(
                {week: round(row[3][1] / 60, 1) for week, row in weeks.items()}
            ), suffix=" min"),
        ]
        if sent
        else [],
        tables=[Table("By week", ("Week of", "Sent", "Half", "9 in 10", "99 in 100", "Latest"), [
            *(_line(week_label(week), weeks[week]) for week in period.weeks if week in weeks),
            ("All", sent, *(_duration(share) for share in shares or ()), _duration(most)),
        ])],
    )  # fmt: skip


def _line(label: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return label, row[2], *(_duration(share) for share in row[3]), _duration(row[4])


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    return f"{round(seconds)} s" if seconds < 120 else f"{round(seconds / 60)} min"
