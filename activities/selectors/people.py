"""How one person takes part: what is planned, what was delivered, each session."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from accounts.models import Facility
from activities.models import Attendance, Enrolment
from activities.selectors.programs import dose_label
from activities.selectors.sessions import TONES
from careplans.selectors.plan import current_plan, extract_of
from core.labels import day_label, when_label
from core.times import day_of, today
from patients.models import Patient
from scheduling.models import Appointment

Row = dict[str, Any]
WEEKS = 5  # this week and the four before
SHOWN = 60


def enrolment_of(patient: Patient, pk: UUID) -> Enrolment:
    """An enrolment of this patient. Raises Http404."""
    row = patient.enrolments.filter(uuid=pk).select_related("program__facility").first()
    if row is None:
        raise Http404
    return row


def enrolments_of(patient: Patient, facility: Facility) -> list[Row]:
    """Live enrolments first, then those that have ended, the latest first."""
    day = today(facility.tz)
    rows = patient.enrolments.select_related("program").order_by("-ends_on", "program__name")
    live = sorted(rows, key=lambda row: row.ends_on is not None)
    return [
        {
            "program": row.program.name,
            "url": row.program.get_absolute_url(),
            "since": day_label(row.starts_on, day),
            "until": day_label(row.ends_on, day) if row.ends_on else "",
            "times": dose_label(row.times_per_week),
            "live": row.ends_on is None,
            "end_url": reverse("activities:enrolment_end", args=[patient.uuid, row.uuid]),
        }
        for row in live
    ]


def weeks_of(patient: Patient, facility: Facility) -> Row:
    """Sessions attended in this week and the four before, against what is planned a week.

    {planned, this_week, last_four, chart: [(label, number)]}; `planned` is None without a planned dose.
    """
    monday = _monday(today(facility.tz))
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    starts = Attendance.objects.filter(patient__in=patient.same_person, status__in=Attendance.CAME).values_list(
        "session__appointment__starts_at", flat=True
    )
    counts = Counter(_monday(day_of(moment, facility.tz)) for moment in starts)
    doses = patient.enrolments.filter(ends_on__isnull=True, times_per_week__isnull=False)
    planned = [dose for dose in doses.values_list("times_per_week", flat=True) if dose is not None]
    return {
        "planned": float(sum(planned)) if planned else None,
        "planned_label": dose_label(sum(planned)) if planned else "",
        "this_week": counts[monday],
        "below": counts[monday] < sum(planned),
        "last_four": sum(counts[day] for day in mondays[:-1]),
        "chart": [(_week_label(day, monday), counts[day]) for day in mondays],
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week_label(day: date, this_week: date) -> str:
    return "This week" if day == this_week else f"Week of {day.day} {day:%b}"


def attendances_of(patient: Patient, facility: Facility) -> list[Row]:
    """The person's sessions, the latest first, with his or her own signed lines and the group's signed note.

    No line about anybody else.
    """
    rows = Attendance.objects.filter(patient__in=patient.same_person).exclude(
        session__appointment__status=Appointment.Status.CANCELLED
    )
    rows = rows.select_related("session__program", "session__appointment", "note")
    return [_attendance(row, facility) for row in rows.order_by("-session__appointment__starts_at")[:SHOWN]]


def _attendance(row: Attendance, facility: Facility) -> Row:
    note = getattr(row, "note", None)
    return {
        "when": when_label(row.session.appointment.starts_at, facility.tz),
        "program": row.session.program.name,
        "status": row.get_status_display(),
        "tone": TONES[Attendance.Status(row.status)],
        "minutes": row.minutes or "",
        "line": note.text if note and note.signed_at else "",
        "shared": row.session.shared_note if row.session.note_signed_at else "",
        "draft": bool(note and note.text and not note.signed_at),
        "url": row.session.get_absolute_url(),
    }


def extract(patient: Patient) -> Row:
    """Precautions and goals of the shared plan, for who holds `plan.extract`: {precautions, goals}, empty without."""
    plan = current_plan(patient)
    if plan is None or not plan.edition:
        return {"precautions": "", "goals": [], "shared": False}
    return {"precautions": plan.precautions, "goals": extract_of(plan), "shared": True}
