"""How long people waited for their first visit."""

from scheduling.selectors.measures.parts import Measure, Period, Picture, Table, fetched, percent_label, week_label

WAITS = """
SELECT date_trunc('week', episode.starts_at AT TIME ZONE %(zone)s)::date AS week, grouping(
         date_trunc('week', episode.starts_at AT TIME ZONE %(zone)s)::date) AS is_total,
       count(*), count(first.days),
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY first.days),
       count(*) FILTER (WHERE first.days < 3), count(*) FILTER (WHERE first.days >= 3 AND first.days < 8),
       count(*) FILTER (WHERE first.days >= 8 AND first.days < 15), count(*) FILTER (WHERE first.days >= 15)
  FROM episodes_episodeofcare AS episode
  LEFT JOIN LATERAL (
       SELECT extract(epoch FROM min(visit.starts_at) - episode.starts_at)::float8 / 86400 AS days
         FROM scheduling_appointment AS visit
        WHERE visit.episode_id = episode.id AND visit.starts_at >= episode.starts_at AND NOT visit.external
          AND visit.status IN ('booked', 'arrived', 'checked-in', 'fulfilled')) AS first ON true
 WHERE episode.facility_id = %(facility)s AND episode.status <> 'cancelled'
   AND episode.starts_at >= %(begins)s AND episode.starts_at < %(ends)s
 GROUP BY GROUPING SETS ((date_trunc('week', episode.starts_at AT TIME ZONE %(zone)s)::date), ())
"""
LONG = ("Less than 3 days", "3 to 7 days", "8 to 14 days", "15 days or more")


def days_to_first_visit(period: Period) -> Measure:
    """The median by week of the referral, and how they are spread. One query."""
    values = {"facility": period.facility.pk, "zone": period.facility.time_zone}
    rows = fetched(WAITS, values | {"begins": period.begins, "ends": period.ends})
    everybody, found, shares, *spread = next(row[2:] for row in rows if row[1])
    weeks = {row[0]: row for row in rows if not row[1]}
    medians = {week: round(row[4][0], 1) for week, row in weeks.items() if row[3]}
    return Measure(
        key="first-visit",
        title="Days from referral to first appointment",
        icon="calendar-clock",
        headline=f"{shares[0]:.1f} days" if found else "—",
        sub=f"half of {found} people, or less",
        counted="Days from the beginning of the episode, which is the referral, to the first appointment that stands "
        "or took place. The median is the figure that half of them do not exceed.",
        of="Episodes that began in the period and have such an appointment.",
        left_out=f"{everybody - found} episodes without an appointment yet, episodes that were cancelled, missed and "
        "cancelled visits, groups, and times that were only offered.",
        empty="Once people referred in the period have an appointment, it stands here how long they waited.",
        pictures=[
            Picture("Median days by week of referral", "Days", period.by_week(medians)),
            Picture("People by days waited", "People", list(zip(LONG, spread, strict=True)), "Waited", is_line=False),
        ]
        if found
        else [],
        tables=[
            Table("By week of referral", ("Week of", "Referred", "With an appointment", "Median", "9 in 10"), [
                (week_label(week), *weeks[week][2:4], *_days(weeks[week][4])) for week in period.weeks if week in weeks
            ]),
            Table("By days waited", ("Waited", "People", "Share"), [
                (label, number, percent_label(number, found)) for label, number in zip(LONG, spread, strict=True)
            ]),
        ],
    )  # fmt: skip


def _days(shares: list[float] | None) -> tuple[str, str]:
    return (f"{shares[0]:.1f}", f"{shares[1]:.1f}") if shares and shares[0] is not None else ("—", "—")
