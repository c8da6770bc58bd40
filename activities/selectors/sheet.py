"""The sheet of a session as rows ready to print, also after somebody else has saved first: nothing is lost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from activities.models import Attendance, ParticipationNote, Session
from activities.selectors.programs import age_band
from activities.selectors.sessions import TONES
from core.labels import when_label
from core.models import Record
from core.times import day_of
from scheduling.models import Appointment

Row = dict[str, Any]
Status = Attendance.Status
MARKS = [(value, label) for value, label in Status.choices if value != Status.EXPECTED]


def shown_value(record: Record, version: int, name: str) -> Any:
    """What a field said in an earlier version; "" for a row that was not there yet, which version 0 stands for."""
    shown = record.history.filter(version=version).first() if version else None
    return getattr(shown, name) if shown else ""


def settled(record: Record | None, name: str, mine: Any, seen: int | None) -> tuple[Any, Any]:
    """(what the field shows, what somebody else saved meanwhile or ""), after a sheet came back unsaved.

    Who left the field as it was shown gets what is saved now; who changed it keeps the own words.
    """
    theirs = getattr(record, name) if record else ""
    if mine == theirs or record is None or seen is None or seen == record.version:
        return mine, ""
    if mine == shown_value(record, seen, name):
        return theirs, ""
    return mine, theirs or "nothing"


def sheet_rows(session: Session, rows: list[Attendance], typed: Mapping[str, Any] | None = None) -> list[Row]:
    """The roster as rows of the sheet. `typed` is what came back with a refused form, by field name."""
    base = session.get_absolute_url()
    day = day_of(session.appointment.starts_at, session.program.facility.tz)
    return [
        {
            "key": str(row.pk),
            "legend": f"Attendance of {row.patient.name_used}",
            "name": row.patient.name_used,
            "age": age_band(row.patient, day),
            "url": reverse("activities:patient_activity", args=[row.patient.uuid]),
            "mark_url": f"{base}attendance/{row.uuid}/",
            "uuid": row.uuid,
            "excused": row.status == Status.EXCUSED,
            **_marked(row, session, typed or {}),
            **_line(row, typed or {}),
            **state_row(row, session),
        }
        for row in rows
    ]


def state_row(row: Attendance, session: Session, theirs: str = "") -> Row:
    """What stands in the database for one person, with the version that the next save has seen."""
    who = f"{row.recorded_by}, {when_label(row.recorded_at, session.program.facility.tz)}" if row.recorded_at else ""
    return {
        "pk": row.pk,
        "seen": row.version,
        "status": row.get_status_display(),
        "tone": TONES[Status(row.status)],
        "unmarked": row.status == Status.EXPECTED,
        "who": who,
        "minutes_saved": row.minutes,
        "clash": theirs,
    }


def _marked(row: Attendance, session: Session, typed: Mapping[str, Any]) -> Row:
    status, theirs = row.status, ""
    mine = typed.get(f"status-{row.pk}")
    if mine:
        status, theirs = settled(row, "status", mine, typed.get(f"seen-{row.pk}"))
    minutes = typed.get(f"minutes-{row.pk}") or row.minutes or session.minutes
    options = [
        {"value": value, "label": label, "tone": TONES[Status(value)], "checked": value == status}
        for value, label in MARKS
    ]
    return {"options": options, "minutes": minutes, "mark_clash": Status(theirs).label if theirs else ""}


def _line(row: Attendance, typed: Mapping[str, Any]) -> Row:
    note: ParticipationNote | None = getattr(row, "note", None)
    text, theirs = note.text if note else "", ""
    mine = typed.get(f"line-{row.pk}")
    if mine is not None:
        text, theirs = settled(note, "text", mine, typed.get(f"noted-{row.pk}"))
    return {"line": text, "line_clash": theirs, "noted": note.version if note else 0}


def note_field(session: Session, typed: Mapping[str, Any] | None) -> Row:
    """The shared note as the sheet shows it: {text, seen, clash}."""
    if not typed:
        return {"text": session.shared_note, "seen": session.version, "clash": ""}
    text, theirs = settled(session, "shared_note", typed.get("shared_note", ""), typed.get("version"))
    return {"text": text, "seen": session.version, "clash": theirs}


def progress(session: Session, rows: list[Attendance]) -> Row:
    """Where the sheet stands, in numbers, and what may be done now."""
    now, appointment = timezone.now(), session.appointment
    signed, cancelled = session.note_signed_at is not None, appointment.status == Appointment.Status.CANCELLED
    unmarked = sum(row.status == Status.EXPECTED for row in rows)
    on_it = sum(row.status != Status.EXCUSED for row in rows)
    return {
        "open": not signed and not cancelled,
        "cancelled": cancelled,
        "begun": appointment.starts_at <= now + timedelta(minutes=30),
        "over": appointment.ends_at <= now,
        "unmarked": unmarked,
        "on_it": on_it,
        "came": sum(row.status in Attendance.CAME for row in rows),
        "counts": [
            {"label": label, "number": number, "tone": TONES[Status(value)]}
            for value, label in Status.choices
            if (number := sum(row.status == value for row in rows))
        ],
    }


def refusal(errors: Mapping[str, Any]) -> str:
    """The sentences of a form's errors in one."""
    return " ".join(str(sentence) for sentences in errors.values() for sentence in sentences)
