"""Who takes part in a program."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from activities.models import Attendance, Enrolment, Program, Session
from activities.services.locks import coming_sessions, locked_program
from activities.services.roster import excuse, seat
from core import audit
from core.errors import DomainError, explain
from core.times import day_of, today
from patients import services as patients
from patients.models import Patient, Relation


@transaction.atomic
def enrol(
    *, program: Program, patient: Patient, starts_on: date, times_per_week: Decimal | None, by: User
) -> Enrolment:
    """Enroll a person: the activities desk may see him or her from then on, and a seat is taken in each coming
    session that has room and in which the person is free.

    Raises DomainError if the program is full or closed, the person takes part already or is not of the facility.
    """
    program = locked_program(program)
    _require_place(program, patient)
    sessions = coming_sessions(program)
    _hold(patient)
    row = Enrolment(program=program, patient=patient, starts_on=starts_on, times_per_week=times_per_week)
    with explain(enrolment_once="This person is enrolled in the program already."):
        audit.save(row, by=by)
    patients.grant_desk(patient=patient, facility=program.facility, role=Role.ACTIVITIES, relation=Relation.ENROLMENT)
    for session in sessions:
        if day_of(session.appointment.starts_at, program.facility.tz) >= starts_on:
            seat_if_free(session, patient, by)
    return row


def seat_if_free(session: Session, patient: Patient, by: User) -> Attendance | None:
    """A seat, or None where there is no room or the person is elsewhere: the session's page then says so."""
    try:
        with transaction.atomic():
            return seat(session, patient, by)
    except DomainError:
        return None


@transaction.atomic
def end_enrolment(*, enrolment: Enrolment, by: User) -> Enrolment:
    """End it today (or before it began): coming seats are free again, what was recorded stays.

    With the last enrolment at the facility the activities desk's grant ends. Harmless twice.
    """
    program = locked_program(enrolment.program)
    enrolment = Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("patient").get(
        pk=enrolment.pk
    )  # fmt: skip
    if enrolment.ends_on:
        return enrolment
    enrolment.ends_on = max(today(program.facility.tz), enrolment.starts_on)
    audit.save(enrolment, by=by)
    for session in coming_sessions(program):
        for row in session.attendances.filter(patient=enrolment.patient).select_related("patient"):
            excuse(row, session, by)
    _revoke(enrolment.patient, program)
    return enrolment


def _require_place(program: Program, patient: Patient) -> None:
    if not program.is_active:
        raise DomainError("This program is closed.", code="program.closed", field="program")
    if not patient.facilities.filter(facility=program.facility, ends_at__isnull=True).exists():
        raise DomainError(f"This person does not belong to {program.facility}.", code="facility")
    live = program.enrolments.filter(ends_on__isnull=True).exclude(patient=patient)
    if live.count() >= program.capacity:
        raise DomainError(
            f"All {program.capacity} places of {program} are taken. End an enrollment or raise the capacity.",
            code="program.full", field="program",
        )  # fmt: skip


def _revoke(patient: Patient, program: Program) -> None:
    _hold(patient)
    others = Enrolment.objects.filter(patient=patient, program__facility=program.facility, ends_on__isnull=True)
    if not others.exists():
        patients.revoke_desk(
            patient=patient, facility=program.facility, role=Role.ACTIVITIES, relation=Relation.ENROLMENT
        )


def _hold(patient: Patient) -> None:
    """One at a time: an enrolment made while the last other one ends must not lose the desk's grant."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
