"""A marker in every text that tells something about a patient, and who may read it: the oracle of test_markers.

The table says what docs/access.md says, in its own words: it is not made from accounts/roles.py.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone
from pypdf import PdfReader

from accounts.roles import Perm as P
from accounts.roles import Role
from activities.models import ParticipationNote
from careplans.services import share_plan
from core import audit
from core.models import Record
from intake import services
from intake.models import Referral, ReferralCall
from patients.models import (
    Address,
    AllergyIntolerance,
    Condition,
    EmergencyAccess,
    Encounter,
    Flag,
    Identifier,
    Note,
    OutsideCareTeamMember,
    Patient,
    RelatedPerson,
)
from records.digests import digest_of
from records.models import Document, Notice, NoticeVersion
from scheduling.models import Appointment, AppointmentResponse, BookingOverride
from tests import factories
from tests.activities import scene as activities
from tests.careplans import scene as care
from tests.intake import rows as intake
from tests.records.matrix_consents import of_notice
from tests.scheduling import matrix as time
from tests.world import World

# One of these permissions is needed; a field by itself comes before its model.
READERS: dict[str, set[P]] = {
    "patients.Patient": {P.IDENTITY_VIEW},
    "patients.Patient.preferred_name": {P.IDENTITY_VIEW, P.NAME_VIEW},
    "patients.Patient.family_name": {P.IDENTITY_VIEW, P.NAME_VIEW},
    "patients.Patient.pronouns": {P.IDENTITY_VIEW, P.NAME_VIEW},
    "patients.Identifier": {P.IDENTITY_VIEW},
    "patients.RelatedPerson": {P.CONTACT_VIEW},
    "patients.OutsideCareTeamMember": {P.HANDOFF_VIEW},
    "patients.Condition": {P.ASSESSMENT_VIEW},
    "patients.AllergyIntolerance": {P.SAFETY_VIEW},
    "patients.Flag": {P.SAFETY_VIEW},
    "patients.Encounter": {P.ASSESSMENT_VIEW},
    "patients.Note": {P.ASSESSMENT_VIEW},
    "patients.Address": {P.CONTACT_VIEW},
    "patients.ContactPoint": {P.CONTACT_VIEW},
    "patients.Merge": {P.IDENTITY_VIEW},
    "patients.NotSamePerson": {P.IDENTITY_VIEW},
    "patients.Restriction": {P.CONSENT_VIEW, P.RESTRICTED_VIEW},
    "patients.EmergencyAccess": {P.AUDIT_VIEW},
    "episodes.EpisodeOfCare": {P.HANDOFF_VIEW},
    "episodes.Handoff": {P.HANDOFF_VIEW},
    "episodes.Task": {P.HANDOFF_VIEW},
    "records.Document": {P.DOCUMENT_VIEW},
    "records.ClinicalPhoto": {P.DOCUMENT_VIEW},
    "records.Signature": {P.DOCUMENT_VIEW, P.CONSENT_VIEW, P.OPTION_VIEW},
    "records.Consent": {P.CONSENT_VIEW},
    "records.ConsentRecipient": {P.CONSENT_VIEW},
    "records.CounselingNote": {P.COUNSELING_VIEW},
    "records.ReleaseRequest": {P.DISCLOSURE_VIEW},
    "records.AmendmentRequest": {P.DISCLOSURE_VIEW},
    "records.Disclosure": {P.DISCLOSURE_VIEW},
    "records.Notice": {P.CONSENT_VIEW},
    "records.RecordSubmission": {P.DOCUMENT_FILE, P.DOCUMENT_VIEW},
    "scheduling.Appointment": {P.APPOINTMENT_VIEW},
    "scheduling.BookingOverride": {P.APPOINTMENT_VIEW},
    "scheduling.AppointmentResponse": {P.APPOINTMENT_VIEW},
    "scheduling.WaitlistEntry": {P.APPOINTMENT_EDIT},
    "scheduling.WaitlistOffer": {P.APPOINTMENT_EDIT},
    "intake.Referral": {P.REFERRAL_VIEW},
    "intake.ReferralCall": {P.REFERRAL_VIEW},
    "intake.Coverage": {P.COVERAGE_VIEW},
    "intake.IntakeInterview": {P.INTAKE_VIEW},
    "intake.Screening": {P.INTAKE_VIEW},
    "intake.LevelOfCareDetermination": {P.INTAKE_VIEW},
    "careplans.CarePlan": {P.PLAN_VIEW},
    "careplans.CarePlan.precautions": {P.PLAN_VIEW, P.PLAN_EXTRACT},
    "careplans.Problem": {P.PLAN_VIEW},
    "careplans.Goal": {P.PLAN_VIEW, P.PLAN_EXTRACT},
    "careplans.Objective": {P.PLAN_VIEW},
    "careplans.Intervention": {P.PLAN_VIEW, P.PLAN_EXTRACT},
    "careplans.Assessment": {P.ASSESSMENT_VIEW, P.PACKET_VIEW},
    "careplans.AvailablePlan": {P.ASSESSMENT_VIEW, P.PACKET_VIEW, P.OPTION_VIEW},
    "careplans.TreatmentOption": {P.OPTION_VIEW},
    "careplans.PlanPresentation": {P.OPTION_VIEW},
    "activities.Session": {P.ACTIVITY_VIEW},
    "activities.ParticipationNote": {P.ACTIVITY_VIEW},
}
# Keys and copies of other fields, and words that programs read: a marker there would only break the page.
UNMARKED = {"sort_key", "search_key", "key", "language", "file", "moved", "drawing"}


@dataclass(frozen=True)
class Marker:
    """A text that stands in one field of one model and nowhere else."""

    label: str
    field: str
    text: str

    @property
    def readers(self) -> set[P]:
        return READERS.get(f"{self.label}.{self.field}") or READERS[self.label]

    def __str__(self) -> str:
        return f"{self.label}.{self.field}"


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
    _put(BookingOverride, appointment=visit, rule="step", reason="?", by=by)
    return visit.get_absolute_url()


def _put(model: Any, **fields: Any) -> None:
    audit.save(model(**fields), by=None, reason="test")


def markers() -> list[Marker]:
    """One for each text field that a model names in `phi_fields`, in the order of the models."""
    places = [(model, field) for model in marked_models() for field in _texts(model)]
    return [Marker(model._meta.label, field.name, f"zq{n:03}x") for n, (model, field) in enumerate(places)]


def marked_models() -> list[Any]:
    found = [model for model in apps.get_models() if getattr(model, "phi_fields", ())]
    return [model for model in found if not model.__name__.startswith("Historical") and _texts(model)]


def mark(found: list[Marker], patient: Patient) -> None:
    """Write each marker into its field, in all rows of the patient and their history, past services and triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    by_model: dict[str, list[Marker]] = {}
    for marker in found:
        by_model.setdefault(marker.label, []).append(marker)
    for label, group in by_model.items():
        model = apps.get_model(label)
        for row in _rows_of(model, patient).order_by("pk"):
            values = {marker.field: _value(model, marker, row.pk) for marker in group}
            model._base_manager.filter(pk=row.pk).update(**values)
            if issubclass(model, Record):
                model.history.filter(id=row.pk).update(**values)
    for paper in Document.objects.filter(file=""):
        Document.objects.filter(pk=paper.pk).update(sha256=digest_of(paper.text))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def _rows_of(model: Any, patient: Patient) -> models.QuerySet[Any]:
    rows = model._base_manager.all()
    if model is EmergencyAccess:
        return rows  # of whom somebody has found, and not of the person everybody knows
    if model is Patient:
        return rows.filter(pk=patient.pk)
    return rows.filter(patient=patient) if any(field.name == "patient" for field in model._meta.fields) else rows


def text_of(response: Any) -> str:
    """All that a person gets to read of an answer, whatever its form."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return "\n".join(_read(body))


def _read(body: bytes) -> Iterator[str]:
    if body.startswith(b"%PDF"):
        yield from (page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from _read(archive.read(name))
    else:
        yield body.decode(errors="replace")


def _texts(model: Any) -> list[models.Field]:
    fields = [model._meta.get_field(name) for name in model.phi_fields if name not in UNMARKED]
    return [field for field in fields if _is_text(field)]


def _is_text(field: models.Field) -> bool:
    inner = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(inner, models.CharField | models.TextField) and not inner.choices


def _value(model: Any, marker: Marker, pk: int) -> Any:
    """In the shape of its field; with the row's number where there may be only one of it."""
    field = model._meta.get_field(marker.field)
    if isinstance(field, ArrayField):
        return [marker.text]
    if isinstance(field, models.EmailField):
        return f"{marker.text}@example.org"
    if isinstance(field, models.URLField):
        return f"https://{marker.text}.example.org/"
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    if field.unique or any(marker.field in rule.fields for rule in rules):
        return f"{marker.text} {pk}"
    return f"{marker.text}, and more words" if (field.max_length or 300) >= 300 else marker.text
