"""Rows of every kind of record that no page of the access matrix asks for, so that each page has something to show."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.roles import DataClass, Role
from activities.models import ParticipationNote
from careplans.services import share_plan
from chart.services.packets import release_records
from core import audit
from intake import services
from intake.models import Referral, ReferralCall
from patients.models import (
    Address,
    AllergyIntolerance,
    Condition,
    ContactPoint,
    Encounter,
    Flag,
    Identifier,
    Note,
    OutsideCareTeamMember,
    Patient,
    RelatedPerson,
)
from records.models import Notice, NoticeVersion
from records.services.releases import Wanted, receive_request
from scheduling.models import Appointment, AppointmentResponse, BookingOverride, CallAttempt
from tests import factories
from tests.activities import scene as activities
from tests.careplans import scene as care
from tests.intake import rows as intake
from tests.records.matrix_consents import of_notice
from tests.scheduling import matrix as time
from tests.world import World


def fill(world: World) -> list[str]:
    """Rows of the kinds that no page of the matrix asks for, and the pages of those that have one."""
    _fill_patient(world)
    _fill_activities(world)
    return [_fill_intake(world), _fill_care(world), _fill_time(world)]


def _fill_patient(world: World) -> None:
    mine = {"patient": world.patient}
    _put(Address, **mine)
    _put(AllergyIntolerance, **mine, substance="?")
    _put(Flag, **mine, text="?")
    _put(Condition, **mine, display="?", recorder=world.people[Role.CLINICIAN])
    _put(Encounter, **mine)
    _put(Identifier, **mine, system="?", value="?")
    _put(RelatedPerson, **mine, name="?", phone="?")
    _put(OutsideCareTeamMember, **mine, practitioner=factories.practitioner(world.facility))
    _put(Note, **mine, text="?", author=world.people[Role.CLINICIAN], signed_at=timezone.now())
    _put(ContactPoint, **mine, system="phone", value="212 555 0188", search_key="2125550188")
    factories.email_address(world.patient)
    [version_pk] = of_notice(world)
    version = NoticeVersion.objects.get(uuid=version_pk)
    by = world.people[Role.INTAKE]
    _put(Notice, **mine, facility=world.facility, notice_version=version, given_by=by, outcome="declined", reason="?")


def _fill_intake(world: World) -> str:
    by, episode = world.people[Role.INTAKE], world.episode
    referral = Referral(facility=world.facility, patient=world.patient, episode=episode, response_due_at=timezone.now())
    _put(ReferralCall, referral=audit.save(referral, by=by), outcome="spoke", note="?", by=by)
    intake.coverage(world.patient, by)
    answers, substances = intake.ANSWERED, [intake.ALCOHOL]
    services.save_interview(patient=world.patient, answers=answers, substances=substances, complete=True, by=by)
    intake.screening(world.patient, by)
    services.decide_level(patient=world.patient, ratings=[0, 0, 2, 2, 1], by=by)
    return referral.get_absolute_url()


def _fill_care(world: World) -> str:
    share_plan(plan=care.world_plan(world), by=world.people[Role.PATIENT_CARE])
    shown = care.accept(care.world_presentation(world), world.people[Role.TREATMENT], teach_back="?")
    return shown.get_absolute_url()


def _fill_activities(world: World) -> None:
    by, group = world.people[Role.ACTIVITIES], activities.world_session(world)
    for attendance in group.attendances.all():
        attendance.status, attendance.recorded_at, attendance.recorded_by = "present", timezone.now(), by
        audit.save(attendance, by=by)
        _put(ParticipationNote, attendance=attendance, text="?", author=by, signed_at=timezone.now())
    group.shared_note, group.note_signed_at, group.note_signed_by = "?", timezone.now(), by
    audit.save(group, by=by)


def _fill_time(world: World) -> str:
    by, [_patient, pk] = world.people[Role.TREATMENT], time.of_appointment(world)
    visit = Appointment.objects.get(uuid=pk)
    _put(AppointmentResponse, appointment=visit, participant_status="accepted", via="link", comment="?")
    _put(CallAttempt, appointment=visit, outcome="no-answer", by=by)
    _put(BookingOverride, appointment=visit, rule="step", reason="?", by=by)
    return visit.get_absolute_url()


def leave(world: World) -> list[str]:
    """Packets of all that may leave, made of what is marked by now: one as a paper, one as files."""
    clerk, facility, patient = world.people[Role.CLERK], world.facility, Patient.objects.get(pk=world.patient.pk)
    classes = tuple(row.value for row in DataClass if row is not DataClass.COUNSELING)
    found = []
    for form in ("pdf", "zip"):
        wanted = Wanted("access", "?", "?", "patient-request", classes, form=form)
        release = receive_request(patient=patient, facility=facility, wanted=wanted, by=clerk)
        release_records(release=release, by=clerk)
        found.append(reverse("chart:release_packet", args=[patient.uuid, release.uuid]))
    return found


def _put(model: Any, **fields: Any) -> None:
    audit.save(model(**fields), by=None, reason="test")
