"""Programs, who is enrolled, and who could be. People stand here by the name they use and an age band alone."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location, User
from accounts.roles import Perm
from activities.models import Enrolment, Program, Session
from core.labels import day_label, when_label
from core.times import today
from patients.access import visible_patients
from patients.models import Patient
from scheduling.models import Appointment
from scheduling.selectors.columns import practitioners_of, rooms_of
from staff.models import Practitioner

Row = dict[str, Any]
LIVE = Q(enrolments__ends_on__isnull=True, enrolments__pk__isnull=False)


def programs(facility: Facility, *, closed: bool = False) -> QuerySet[Any]:
    """The facility's programs (Program) with `enrolled`, by name; those offered unless `closed`."""
    rows = Program.objects.filter(facility=facility, is_active=not closed)
    return rows.annotate(enrolled=Count("enrolments", filter=LIVE)).select_related("leader")


def program_rows(facility: Facility, *, closed: bool = False) -> list[Row]:
    """Programs ready to print, each with its next session and what to do next."""
    coming = _next_sessions(facility)
    base, plan = reverse("activities:program_list"), reverse("activities:session_add")
    rows = []
    for row in programs(facility, closed=closed):
        session = coming.get(row.pk)
        url = f"{base}{row.uuid}/"
        otherwise = ("Open", url) if closed else ("Plan a session", f"{plan}?program={row.uuid}")
        action, action_url = ("Roster", session.get_absolute_url()) if session else otherwise
        rows.append(
            {
                "name": row.name,
                "url": url,
                "modality": row.get_modality_display(),
                "leader": str(row.leader or ""),
                "places": f"{row.enrolled} of {row.capacity}",
                "full": row.enrolled >= row.capacity,
                "next": when_label(session.appointment.starts_at, facility.tz) if session else "",
                "action": action,
                "action_url": action_url,
            }
        )
    return rows


def _next_sessions(facility: Facility) -> dict[int, Session]:
    rows = Session.objects.filter(
        program__facility=facility,
        appointment__starts_at__gt=timezone.now(),
        appointment__status__in=Appointment.UPCOMING,
    ).select_related("appointment")
    return {row.program_id: row for row in rows.order_by("program_id", "appointment__starts_at").distinct("program_id")}


def program_of(facility: Facility, pk: UUID) -> Program:
    """A program of this facility. Raises Http404."""
    row = Program.objects.filter(facility=facility, uuid=pk).select_related("leader", "facility").first()
    if row is None:
        raise Http404
    return row


def enrolled_rows(program: Program, user: User) -> tuple[list[Row], int]:
    """Who takes part now and may be seen by the person, by name; and how many others take part."""
    live = program.enrolments.filter(ends_on__isnull=True)
    mine = visible_patients(user, Perm.ACTIVITY_VIEW, program.facility).order_by().values("pk")
    rows = [_enrolled(row, program.facility) for row in live.filter(patient__in=mine).select_related("patient")]
    return sorted(rows, key=lambda row: row["name"].casefold()), live.count() - len(rows)


def _enrolled(row: Enrolment, facility: Facility) -> Row:
    day = today(facility.tz)
    return {
        "name": row.patient.name_used,
        "age": age_band(row.patient, day),
        "url": reverse("activities:patient_activity", args=[row.patient.uuid]),
        "since": day_label(row.starts_on, day),
        "times": dose_label(row.times_per_week),
        "end_url": reverse("activities:enrolment_end", args=[row.patient.uuid, row.uuid]),
    }


def could_join(program: Program, user: User) -> list[tuple[str, str]]:
    """(uuid, name used) of the people the person works with who do not take part yet."""
    taking_part = Enrolment.objects.filter(program=program, ends_on__isnull=True, patient=OuterRef("pk"))
    people = visible_patients(user, Perm.ACTIVITY_EDIT, program.facility).filter(~Exists(taking_part), deceased=False)
    return [(str(person.uuid), person.name_used) for person in people]


def program_choices(facility: Facility) -> QuerySet[Program]:
    return Program.objects.filter(facility=facility, is_active=True).select_related("leader", "facility")


def chosen(facility: Facility, key: str) -> Program | None:
    """The program that an address asks for, None for anything else."""
    return next((row for row in program_choices(facility) if str(row.uuid) == key), None)


def places(facility: Facility) -> list[Row]:
    """What is offered, with precautions and free places, for who chooses."""
    return [
        {"name": row.name, "precautions": row.precautions, "free": max(row.capacity - row.enrolled, 0)}
        for row in programs(facility)
    ]


def leaders(facility: Facility) -> QuerySet[Practitioner]:
    """Who can lead a group here, by name."""
    return Practitioner.objects.filter(pk__in=[row.pk for row in practitioners_of(facility)], is_active=True)


def rooms(facility: Facility) -> QuerySet[Location]:
    return Location.objects.filter(pk__in=[row.pk for row in rooms_of(facility)])


def age_band(patient: Patient, day: date) -> str:
    """`30s`, `Under 18`, `80 or older`; "" if unknown. The activities desk sees no birth date."""
    age = patient.age_on(day)
    if age is None:
        return ""
    if age < 18:
        return "Under 18"
    return "80 or older" if age >= 80 else f"{age // 10 * 10}s"


def dose_label(times: Any) -> str:
    """`2 a week`, "" when none is planned."""
    return f"{times.normalize():f} a week" if times else ""
