"""Rows of the activities coordinator's home page, ready to print: name, what, url, action, action_url, tone."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Perm
from activities.models import Attendance, Enrolment, Session
from activities.selectors.programs import dose_label
from activities.selectors.sessions import Row, session_rows, sessions, sessions_between
from core.labels import due_label
from core.times import day_bounds, today
from patients.access import belongs_to, related
from patients.models import Patient
from scheduling.models import Appointment

SIGN_WITHIN = timedelta(hours=24)
LOOK_BACK = timedelta(days=60)


def sessions_today(facility: Facility, user: User) -> list[Row]:
    """Today's sessions, the earliest first, each with its roster or note as next action."""
    rows = sessions_between(facility, today(facility.tz), 1)
    return [row | {"what": _where(row)} for row in rows]


def _where(row: Row) -> str:
    return " · ".join(part for part in (row["time"], row["room"], row["leader"], row["places"]) if part)


def unfinished_notes(user: User, facility: Facility) -> list[Row]:
    """Sessions that are over and not signed, the oldest first; due 24 hours after their end."""
    now = timezone.now()
    rows = sessions(facility).filter(
        appointment__ends_at__lte=now, appointment__ends_at__gt=now - LOOK_BACK, note_signed_at__isnull=True
    )
    found = list(rows)
    return [
        _owed(row, session.appointment.ends_at, facility)
        for session, row in zip(found, session_rows(found, facility), strict=True)
    ]


def _owed(row: Row, ended_at: datetime, facility: Facility) -> Row:
    due_at = ended_at + SIGN_WITHIN
    return row | {"what": f"{row['when']} · {row['state']}", "due_at": due_at, "due": due_label(due_at, facility.tz)}


def below_dose(facility: Facility, user: User | None = None) -> list[Row]:
    """People who, with what they had this week and what they are still expected at, stay below what was planned.

    With `user`, of the people he or she may see alone. The furthest below first.
    """
    rows = Enrolment.objects.filter(
        belongs_to(facility, "patient_id"), program__facility=facility, ends_on__isnull=True, times_per_week__gt=0,
        starts_on__lte=today(facility.tz), patient__deceased=False,
    )  # fmt: skip
    if user:
        rows = rows.filter(patient__in=Patient.objects.filter(related(user, Perm.ACTIVITY_VIEW, facility)))
    got, next_session = _this_week(facility), _next_sessions(facility)
    found = []
    for row in rows.select_related("patient", "program"):
        had, expected = got.get((row.patient_id, row.program_id), (0, 0))
        missing = float(row.times_per_week or 0) - had - expected
        if missing > 0:
            found.append(_below(row, had, expected, missing, next_session.get(row.program_id)))
    return sorted(found, key=lambda row: (-row["missing"], row["name"].casefold()))


def _below(row: Enrolment, had: int, expected: int, missing: float, session: Session | None) -> Row:
    url = reverse("activities:patient_activity", args=[row.patient.uuid])
    to_come = f", {expected} to come" if expected else ""
    plan = f"{reverse('activities:session_add')}?program={row.program.uuid}"
    return {
        "name": row.patient.name_used,
        "program": row.program.name,
        "what": f"{row.program.name}: {had} of {dose_label(row.times_per_week)}{to_come}",
        "missing": missing,
        "url": url,
        "tone": "warning",
        "action": "Add to session" if session else "Plan a session",
        "action_url": f"{session.get_absolute_url()}#not-on-roster" if session else plan,
    }


def _this_week(facility: Facility) -> dict[tuple[int, int], tuple[int, int]]:
    """(patient, program) → (sessions attended this week, sessions still expected at this week)."""
    day = today(facility.tz)
    monday = day - timedelta(days=day.weekday())
    begins, ends = day_bounds(monday, facility.tz)[0], day_bounds(monday + timedelta(days=6), facility.tz)[1]
    rows = Attendance.objects.filter(
        session__program__facility=facility,
        session__appointment__starts_at__gte=begins,
        session__appointment__starts_at__lt=ends,
    ).exclude(session__appointment__status=Appointment.Status.CANCELLED)
    to_come = Q(status=Attendance.Status.EXPECTED, session__appointment__ends_at__gt=timezone.now())
    counts = rows.order_by().values_list("patient_id", "session__program_id").annotate(
        had=Count("pk", filter=Q(status__in=Attendance.CAME)), expected=Count("pk", filter=to_come)
    )  # fmt: skip
    return {(patient, program): (had, expected) for patient, program, had, expected in counts}


def _next_sessions(facility: Facility) -> dict[int, Session]:
    day = today(facility.tz)
    ends = day_bounds(day + timedelta(days=6 - day.weekday()), facility.tz)[1]
    rows = sessions(facility).filter(appointment__starts_at__gt=timezone.now(), appointment__starts_at__lt=ends)
    return {row.program_id: row for row in reversed(rows)}
