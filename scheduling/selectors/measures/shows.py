"""Who came to the visits that were to take place."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from scheduling.models import Appointment
from scheduling.selectors.measures.parts import Measure, Period, Picture, Table, percent, percent_label, week_label

Status = Appointment.Status
UNSETTLED = (Status.BOOKED, Status.ARRIVED, Status.CHECKED_IN)


def show_rate(period: Period, people: dict[int, str]) -> Measure:
    """By week and by practitioner. One query."""
    weeks: dict[date, Counter[str]] = defaultdict(Counter)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _counts(period):
        for counter in (weeks[row["week"]], names[people.get(row["practitioner"], "Others")]):
            counter.update({name: row[name] for name in ("came", "missed", "unsettled")})
    everything = sum(weeks.values(), Counter())
    return Measure(
        key="shows",
        title="Show rate",
        icon="user-check",
        headline=percent_label(*_share(everything)),
        sub=f"{everything['came']} of {everything['came'] + everything['missed']} visits",
        counted="Visits that are marked as attended.",
        of="Visits of the period that are marked as attended or as missed.",
        left_out=_left_out(everything["unsettled"]),
        empty="Once visits of the period are marked as attended or missed, their share stands here.",
        pictures=_pictures(period, weeks, names) if _share(everything)[1] else [],
        tables=[
            _table("By week", "Week of", [(week_label(week), weeks[week]) for week in period.weeks]),
            _table("By practitioner", "Practitioner", _settled(names)),
        ],
    )


def _counts(period: Period) -> Any:
    rows = Appointment.objects.filter(
        facility=period.facility, external=False, patient__isnull=False, starts_at__gte=period.begins,
        starts_at__lt=period.ends,
    )  # fmt: skip
    past = Q(status__in=UNSETTLED, ends_at__lt=timezone.now())
    return (
        rows.annotate(week=TruncWeek("wall_date"))
        .values("week", "practitioner")
        .annotate(
            came=Count("pk", Q(status=Status.FULFILLED)),
            missed=Count("pk", Q(status=Status.NOSHOW)),
            unsettled=Count("pk", past),
        )
        .order_by()
    )


def _share(counter: Counter[str]) -> tuple[int, int]:
    return counter["came"], counter["came"] + counter["missed"]


def _settled(names: dict[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted((name, counter) for name, counter in names.items() if _share(counter)[1])


def _pictures(period: Period, weeks: dict[date, Counter[str]], names: dict[str, Counter[str]]) -> list[Picture]:
    by_week = period.by_week({week: percent(*_share(counter)) for week, counter in weeks.items()})
    by_name = [(name, percent(*_share(counter))) for name, counter in _settled(names)]
    return [
        Picture("Show rate by week", "Attended", by_week, suffix="%", high=100),
        Picture("Show rate by practitioner", "Attended", by_name, "Practitioner", "%", 100, is_line=False),
    ]


def _table(caption: str, first: str, rows: list[tuple[str, Counter[str]]]) -> Table:
    lines = [(name, c["came"], c["missed"], percent_label(*_share(c))) for name, c in rows]
    return Table(caption, (first, "Attended", "Missed", "Show rate"), lines)


def _left_out(unsettled: int) -> str:
    said = "Cancelled visits, groups, times that were only offered, and visits imported from elsewhere."
    return f"{said} {unsettled} past visits are not marked yet." if unsettled else said
