"""Who confirmed, in which way, and how long before."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Subquery, Value, When
from django.utils import timezone

from scheduling.models import Appointment, AppointmentResponse
from scheduling.selectors.measures.parts import Measure, Period, Picture, Table, percent, percent_label

Via = AppointmentResponse.Via
HAPPENED = ("booked", "arrived", "checked-in", "fulfilled", "noshow")
LEADS = (
    ("day", "Less than a day", timedelta(days=1)),
    ("days", "1 to 3 days", timedelta(days=3)),
    ("week", "3 to 7 days", timedelta(days=7)),
    ("more", "More than 7 days", None),
)


def confirmations(period: Period) -> Measure:
    """By channel and by the time that was left. One query."""
    rows = list(_counts(period))
    whole = sum(row["number"] for row in rows)
    confirmed = [row for row in rows if row["lead"]]
    by_via: Counter[str] = Counter()
    by_lead: Counter[str] = Counter()
    for row in confirmed:
        by_via[row["via"] or ""] += row["number"]
        by_lead[row["lead"]] += row["number"]
    number = by_lead.total()
    channels = [(label, by_via[value]) for value, label in (*Via.choices, ("", "Not known how")) if value or by_via[""]]
    leads = [(label, by_lead[key]) for key, label, _ in LEADS]
    return Measure(
        key="confirmations",
        title="Confirmations",
        icon="mail-check",
        headline=percent_label(number, whole),
        sub=f"{number} of {whole} visits",
        counted="Visits that the person confirmed and did not take back, by the way of the last confirmation, and by "
        "the time then left until the start.",
        of="Visits whose start lay in the period and is past, whether the person came or not.",
        left_out="Cancelled visits, groups, times that were only offered, and visits imported from elsewhere. What was "
        "confirmed before a move does not count for the new time.",
        empty="Once visits of the period have begun, it stands here how many were confirmed.",
        pictures=[
            _bars("Confirmations by channel", "Channel", channels, whole),
            _bars("Confirmations by time left", "Before the start", leads, whole),
        ]
        if whole
        else [],
        tables=[
            _table("By channel", "Channel", channels, whole),
            _table("By time left", "Before the start", leads, whole),
        ],
    )


def _counts(period: Period) -> Any:
    rows = Appointment.objects.filter(
        facility=period.facility, external=False, patient__isnull=False, status__in=HAPPENED,
        starts_at__gte=period.begins, starts_at__lt=min(period.ends, timezone.now()),
    )  # fmt: skip
    said = AppointmentResponse.objects.filter(appointment=OuterRef("pk"), participant_status="accepted").order_by("-at")
    is_confirmed = {"reply": Appointment.Reply.ACCEPTED, "replied_at__isnull": False}
    whens = [
        When(replied_at__gt=F("starts_at") - most, then=Value(key), **is_confirmed) if most else
        When(then=Value(key), **is_confirmed)
        for key, _, most in LEADS
    ]  # fmt: skip
    rows = rows.annotate(
        lead=Case(*whens, default=Value(""), output_field=CharField()), via=Subquery(said.values("via")[:1])
    )
    return rows.values("lead", "via").annotate(number=Count("pk")).order_by()


def _bars(label: str, first: str, rows: list[tuple[str, int]], whole: int) -> Picture:
    shares = [(name, percent(number, whole)) for name, number in rows]
    return Picture(label, "Of all visits", shares, first, "%", 100, is_line=False)


def _table(caption: str, first: str, rows: list[tuple[str, int]], whole: int) -> Table:
    lines = [(label, number, percent_label(number, whole)) for label, number in rows]
    rest = whole - sum(number for _, number in rows)
    lines.append(("Not confirmed", rest, percent_label(rest, whole)))
    return Table(caption, (first, "Visits", "Share"), lines)
