"""The week of sessions, and the sheet of one: who is on it, who should be, what was written."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from activities.models import Attendance, Program, Session
from activities.selectors.programs import age_band
from core.labels import when_label
from core.times import day_bounds, day_of, today
from scheduling.models import Appointment

Row = dict[str, Any]
Status = Attendance.Status
TONES = {
    Status.EXPECTED: "neutral",
    Status.PRESENT: "success",
    Status.LATE: "warning",
    Status.LEFT_EARLY: "warning",
    Status.REFUSED: "danger",
    Status.SICK: "info",
    Status.EXCUSED: "neutral",
    Status.ABSENT: "danger",
}


def sessions(facility: Facility) -> QuerySet[Session]:
    """Sessions that are not cancelled, with `people` on the roster, `marked` and `came`."""
    rows = Session.objects.filter(program__facility=facility).exclude(appointment__status=Appointment.Status.CANCELLED)
    expected, excused = Q(attendances__status=Status.EXPECTED), Q(attendances__status=Status.EXCUSED)
    return (
        rows.annotate(
            people=Count("attendances", filter=~excused & Q(attendances__pk__isnull=False)),
            unmarked=Count("attendances", filter=expected),
            came=Count("attendances", filter=Q(attendances__status__in=Attendance.CAME)),
        )
        .select_related("program", "appointment__practitioner", "appointment__location")
        .order_by("appointment__starts_at")
    )


def sessions_between(facility: Facility, first: date, days: int) -> list[Row]:
    """The sessions of some days ready to print, the earliest first."""
    begins, ends = day_bounds(first, facility.tz)[0], day_bounds(first + timedelta(days=days - 1), facility.tz)[1]
    rows = sessions(facility).filter(appointment__starts_at__gte=begins, appointment__starts_at__lt=ends)
    return session_rows(rows, facility)


def session_rows(rows: Iterable[Session], facility: Facility) -> list[Row]:
    base = reverse("activities:session_list")
    return [_session_row(row, facility, f"{base}{row.uuid}/") for row in rows]


def _session_row(row: Session, facility: Facility, url: str) -> Row:
    appointment, now = row.appointment, timezone.now()
    starts, ends = appointment.starts_at.astimezone(facility.tz), appointment.ends_at.astimezone(facility.tz)
    state, tone, action = _state(row, now)
    return {
        "name": row.program.name,
        "url": url,
        "day": starts.date(),
        "when": when_label(starts, facility.tz),
        "iso": starts.isoformat(),
        "time": f"{starts:%H:%M}–{ends:%H:%M}",
        "leader": str(appointment.practitioner or ""),
        "room": appointment.location.name if appointment.location else "",
        "people": row.people,  # type: ignore[attr-defined]
        "places": f"{row.people} of {row.program.capacity}",  # type: ignore[attr-defined]
        "state": state,
        "tone": tone,
        "now": appointment.starts_at <= now < appointment.ends_at,
        "action": action,
        "action_url": url,
    }


def _state(row: Session, now: datetime) -> tuple[str, str, str]:
    """Its state in words, the tone, the next action."""
    if row.note_signed_at:
        return "Signed", "success", "Read"
    if row.appointment.ends_at <= now:
        unmarked = row.unmarked  # type: ignore[attr-defined]
        if unmarked:
            return f"{unmarked} unmarked", "danger", "Record"
        return ("To sign", "warning", "Sign") if row.shared_note else ("Note missing", "warning", "Write the note")
    if row.appointment.starts_at <= now:
        return "Now", "primary", "Record"
    return "Planned", "info", "Roster"


def week(facility: Facility, day: date) -> list[Row]:
    """The seven days of the week a day lies in: {label, sub, rows}."""
    monday, now = day - timedelta(days=day.weekday()), today(facility.tz)
    rows = sessions_between(facility, monday, 7)
    days = [monday + timedelta(days=n) for n in range(7)]
    return [
        {
            "label": f"{each:%A} {each.day} {each:%b}",
            "sub": "today" if each == now else "",
            "rows": [row for row in rows if row["day"] == each],
        }
        for each in days
    ]


def now_and_next(facility: Facility) -> list[Row]:
    """What goes on now and the next sessions of today and tomorrow, four at most."""
    until = timezone.now() + timedelta(days=1)
    rows = sessions(facility).filter(appointment__ends_at__gt=timezone.now(), appointment__starts_at__lt=until)
    return session_rows(rows[:4], facility)


def coming(program: Program) -> list[Row]:
    """What goes on now and the next sessions of a program, ten at most."""
    rows = sessions(program.facility).filter(program=program, appointment__ends_at__gt=timezone.now())
    return session_rows(rows[:10], program.facility)


def week_links(day: date) -> dict[str, str]:
    """Addresses of the week before and after."""
    base = reverse("activities:session_list")
    before, after = (day + timedelta(days=step) for step in (-7, 7))
    return {"before_url": f"{base}?day={before}", "after_url": f"{base}?day={after}", "this_week_url": base}


def session_defaults(facility: Facility, program: Program | None) -> dict[str, Any]:
    """What a new session of a program is likely to be: a week after its last one, else tomorrow at ten."""
    tomorrow = today(facility.tz) + timedelta(days=1)
    first = {"day": tomorrow, "starts": time(10), "ends": time(11), "weeks": 1}
    if program is None:
        return first
    last = sessions(facility).filter(program=program).order_by("-appointment__starts_at").first()
    first |= {"program": program, "leader": program.leader}
    return first | _week_after(last.appointment, facility, tomorrow) if last else first


def _week_after(last: Appointment, facility: Facility, tomorrow: date) -> dict[str, Any]:
    starts, ends = last.starts_at.astimezone(facility.tz), last.ends_at.astimezone(facility.tz)
    day = max(starts.date() + timedelta(days=7), tomorrow)
    times = {"starts": starts.time(), "ends": ends.time()}
    return {"day": day, "leader": last.practitioner, "location": last.location, **times}


def parse_uuid(text: str) -> UUID:
    """The key in a form. Raises Http404 for anything else."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def session_of(facility: Facility, pk: UUID) -> Session:
    """A session of this facility. Raises Http404."""
    row = (
        Session.objects.filter(program__facility=facility, uuid=pk)
        .select_related(
            "program__facility", "appointment__practitioner", "appointment__location", "appointment__facility",
            "note_signed_by",
        )
        .first()
    )  # fmt: skip
    if row is None:
        raise Http404
    return row


def roster(session: Session, visible: set[int]) -> list[Attendance]:
    """Who is on the roster and may be seen, by name; the excused too, for their line."""
    rows = session.attendances.filter(patient_id__in=visible).select_related("patient", "note", "recorded_by")
    return sorted(rows, key=lambda row: row.patient.name_used.casefold())


def hidden(session: Session, shown: list[Attendance]) -> int:
    """How many people of the roster the viewer does not see."""
    return session.attendances.count() - len(shown)


def attendance_of(session: Session, pk: UUID, visible: set[int]) -> Attendance:
    """A row of this session's roster, of a person who may be seen. Raises Http404."""
    rows = session.attendances.filter(uuid=pk, patient_id__in=visible)
    row = rows.select_related("patient", "note", "recorded_by").first()
    if row is None:
        raise Http404
    row.session = session
    return row


def not_on_roster(session: Session, shown: list[Attendance], visible: set[int]) -> list[Row]:
    """Who is enrolled that day without being expected, with the reason where it is known."""
    day = day_of(session.appointment.starts_at, session.program.facility.tz)
    on_it = {row.patient_id for row in shown if row.status != Status.EXCUSED}
    removed = {row.patient_id for row in shown if row.status == Status.EXCUSED}
    rows = session.program.enrolments.filter(
        ends_on__isnull=True, starts_on__lte=day, patient_id__in=visible - on_it
    ).select_related("patient")
    people = sorted((row.patient for row in rows), key=lambda person: person.name_used.casefold())
    busy = _busy(session, [person.pk for person in people])
    return [
        {
            "uuid": person.uuid,
            "name": person.name_used,
            "age": age_band(person, day),
            "busy": person.pk in busy,
            "why": "Booked elsewhere then" if person.pk in busy else "Excused" if person.pk in removed else "",
        }
        for person in people
    ]


def _busy(session: Session, patient_ids: list[int]) -> set[int]:
    """That somebody is booked then, never where: the activities desk sees the status of appointments alone."""
    start, end = session.appointment.starts_at, session.appointment.ends_at
    taken = Appointment.objects.filter(
        participants__active=True, participants__patient_id__in=patient_ids, participants__during__overlap=(start, end)
    ).exclude(pk=session.appointment_id)
    return set(taken.values_list("participants__patient_id", flat=True))
