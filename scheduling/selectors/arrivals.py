"""Who is expected today, who is here and how long they have waited."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Perm
from core.fingerprint import fingerprint
from patients.access import with_asking
from scheduling import clock
from scheduling.models import Appointment
from scheduling.selectors.appointments import Row, appointment_row, permitted, standing, step_back
from staff.models import Practitioner

Status = Appointment.Status
LONG_WAIT = 15  # minutes after which a wait is marked
# Lane: key, title, icon, what it says when it is empty.
LANES = (
    ("expected", "Expected", "clock", "Nobody else is expected today."),
    (Status.ARRIVED, "Arrived", "door-open", "Nobody is waiting."),
    (Status.CHECKED_IN, "Checked in", "user-check", "Nobody is with a clinician."),
    (Status.FULFILLED, "Attended", "circle-check", "Nobody has been seen yet."),
    (Status.NOSHOW, "Did not come", "user-x", "Nobody has missed an appointment."),
)
# Status → the next one by a tap, with the word on the button.
NEXT: dict[str, tuple[str, str]] = {
    Status.PENDING: (Status.ARRIVED, "Arrived"), Status.BOOKED: (Status.ARRIVED, "Arrived"),
    Status.ARRIVED: (Status.CHECKED_IN, "Check in"), Status.CHECKED_IN: (Status.FULFILLED, "Attended"),
}  # fmt: skip


@dataclass
class Lane:
    key: str
    title: str
    icon: str
    empty: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Arrivals:
    lanes: list[Lane]
    late: int
    waiting: int

    @property
    def total(self) -> int:
        return sum(len(lane.rows) for lane in self.lanes)

    @property
    def digest(self) -> str:
        """The same as long as nothing shown has changed."""
        return fingerprint(self)


def arrivals(
    *, facility: Facility, user: User, practitioner: Practitioner | None = None, day: date | None = None
) -> Arrivals:
    """Today's visits of people the viewer may see by name, by state, in time order; who waits longest stands first.

    Two queries, however many rows; two more for who does not see the whole facility.
    """
    now = timezone.now()
    there = _of_day(facility, day or now.astimezone(facility.tz).date(), practitioner)
    rows = list(with_asking(there, facility, user=user))
    people = [row.patient_id for row in rows]
    named = permitted(user, Perm.APPOINTMENT_VIEW, facility, people)
    editable = permitted(user, Perm.APPOINTMENT_EDIT, facility, people)
    found = [_row(row, facility, now, may_edit=row.patient_id in editable) for row in rows if row.patient_id in named]
    by_lane: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_lane[row["lane"]].append(row)
    by_lane[Status.ARRIVED].sort(key=lambda row: row["since"])
    lanes = [Lane(key, title, icon, empty, by_lane[key]) for key, title, icon, empty in LANES]
    late = sum(row["lane"] == "expected" and row["wait_tone"] != "" for row in found)
    return Arrivals(lanes, late, len(by_lane[Status.ARRIVED]))


def _of_day(facility: Facility, day: date, practitioner: Practitioner | None) -> QuerySet[Appointment]:
    first, end = clock.day_bounds(day, facility.tz)
    rows = standing(facility).filter(starts_at__gte=first, starts_at__lt=end, patient__isnull=False)
    rows = rows.exclude(status=Status.PROPOSED).order_by("starts_at", "pk")
    return rows.filter(practitioner=practitioner) if practitioner else rows


def _row(appointment: Appointment, facility: Facility, now: datetime, *, may_edit: bool) -> Row:
    row = appointment_row(appointment, facility)
    upcoming = appointment.status in Appointment.UPCOMING
    following, word = NEXT.get(appointment.status, ("", "")) if may_edit else ("", "")
    wait, tone = _wait(appointment, facility, now)
    return row | {
        "lane": "expected" if upcoming else appointment.status,
        "since": appointment.arrived_at or appointment.starts_at,
        "wait": wait,
        "wait_tone": tone,
        "next": following,
        "word": word,
        "may_miss": may_edit and upcoming and appointment.starts_at <= now,
        "undo": step_back(appointment)[0] if may_edit else "",
        "again": f"?type={appointment.type.uuid}" if may_edit and appointment.status == Status.NOSHOW else "",
        "patient_uuid": appointment.patient.uuid if appointment.patient else "",
    }


def _wait(appointment: Appointment, facility: Facility, now: datetime) -> tuple[str, str]:
    """What to say of waiting, and its tone: late, waiting, how long it was."""
    if appointment.status in Appointment.UPCOMING:
        return _late(_minutes(appointment.starts_at, now))
    arrived = appointment.arrived_at
    if arrived is None:
        return "", ""
    at = f"Arrived {arrived.astimezone(facility.tz):%H:%M}"
    if appointment.status == Status.ARRIVED:
        minutes = _minutes(max(arrived, min(appointment.starts_at, now)), now)
        waits = f"{at} · waiting {_spoken(_minutes(arrived, now))}"
        return waits, "danger" if minutes >= LONG_WAIT else "warning" if minutes > 0 else "neutral"
    if appointment.status == Status.CHECKED_IN:
        return f"{at} · waited {_spoken(_minutes(arrived, appointment.status_at))}", "neutral"
    return at, "neutral"


def _late(minutes: int) -> tuple[str, str]:
    if minutes <= 0:
        return "", ""
    return f"{_spoken(minutes)} late", "danger" if minutes >= LONG_WAIT else "warning"


def _spoken(minutes: int) -> str:
    """`25 min`, `1 h 5 min`."""
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _minutes(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds() // 60)
