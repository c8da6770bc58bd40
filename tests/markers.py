"""A marker in every field that tells something about a patient, and who may read it: the oracle of test_markers.

The table says what docs/access.md says, in its own words: it is not made from accounts/roles.py.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from accounts.roles import Perm as P
from core.models import Record
from patients.models import EmergencyAccess, Patient
from patients.services.record import reindex
from records.digests import digest_of
from records.models import Document
from scheduling.models import Appointment
from tests import marker_shapes as shapes

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
    "records.ChannelConsent": {P.CONSENT_VIEW},
    "records.ConsentRecipient": {P.CONSENT_VIEW},
    "records.CounselingNote": {P.COUNSELING_VIEW},
    "records.ReleaseRequest": {P.DISCLOSURE_VIEW},
    "records.AmendmentRequest": {P.DISCLOSURE_VIEW},
    "records.Disclosure": {P.DISCLOSURE_VIEW},
    "records.Notice": {P.CONSENT_VIEW},
    "records.RecordSubmission": {P.DOCUMENT_FILE, P.DOCUMENT_VIEW},
    "scheduling.Appointment": {P.APPOINTMENT_VIEW},
    "scheduling.Appointment.starts_at": {P.APPOINTMENT_VIEW, P.APPOINTMENT_STATUS},
    "scheduling.Appointment.ends_at": {P.APPOINTMENT_VIEW, P.APPOINTMENT_STATUS},
    "scheduling.Series": {P.APPOINTMENT_VIEW},
    "scheduling.CallAttempt": {P.APPOINTMENT_VIEW},
    "scheduling.BookingOverride": {P.APPOINTMENT_VIEW},
    "scheduling.AppointmentResponse": {P.APPOINTMENT_VIEW},
    "scheduling.WaitlistEntry": {P.APPOINTMENT_EDIT},
    "scheduling.WaitlistOffer": {P.APPOINTMENT_EDIT},
    "intake.Referral": {P.REFERRAL_VIEW},
    "intake.ReferralCall": {P.REFERRAL_VIEW},
    "intake.Coverage": {P.COVERAGE_VIEW},
    "intake.IntakeInterview": {P.INTAKE_VIEW},
    "intake.SubstanceUse": {P.INTAKE_VIEW},
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
    "activities.Enrolment": {P.ACTIVITY_VIEW},
    "activities.Attendance": {P.ACTIVITY_VIEW},
    "activities.ParticipationNote": {P.ACTIVITY_VIEW},
}
# What cannot be marked, and why. A marker in keys, copies and words that programs read would only break the page.
UNMARKED = {
    "patients.Patient.sort_key": "a copy",
    "patients.PatientFacility.sort_key": "a copy",
    "patients.PatientGrant.sort_key": "a copy",
    "patients.SearchKey.key": "searched with, never shown",
    "patients.ContactPoint.search_key": "searched with, never shown",
    "patients.Merge.moved": "read by the undo alone",
    "records.Document.file": "a generated name, never shown",
    "records.Document.thumbnail": "a generated name, never shown",
    "records.Signature.drawing": "a picture",
    # Codes that a program reads, each of a few that stand on many pages; the words beside them are marked.
    "patients.Restriction.data_classes": "a code that decides",
    "records.Consent.data_classes": "a code that decides",
    "records.Consent.purposes": "a code that decides",
    "records.ReleaseRequest.data_classes": "a code that decides",
    "records.ReleaseRequest.purpose": "a code that decides",
    "records.Disclosure.data_classes": "a code that decides",
    "records.Disclosure.purpose": "a code that decides",
    "records.ChannelConsent.language": "two letters",
    "activities.Attendance.status": "a code that decides",
    # Numbers and days of which there are too few.
    "activities.Enrolment.times_per_week": "at most 999.9",
    "scheduling.Appointment.occurrence_on": "a day of its own for each visit of a series",
}
# On the day on which it is, at an hour at which nothing is: on another day no calendar would show it.
WHEN = {"scheduling.Appointment.starts_at", "scheduling.Appointment.ends_at"}


@dataclass(frozen=True)
class Marker:
    """A value that stands in one field of one model and nowhere else; `token` is how `shapes.tokens` names it."""

    label: str
    field: str
    kind: str
    token: str

    @property
    def readers(self) -> set[P]:
        return READERS.get(f"{self.label}.{self.field}") or READERS[self.label]

    def __str__(self) -> str:
        return f"{self.label}.{self.field}"


def places() -> Iterator[tuple[Any, models.Field]]:
    """Every field of every model that `phi_fields` names."""
    for model in apps.get_models():
        if not model.__name__.startswith("Historical"):
            yield from ((model, model._meta.get_field(name)) for name in getattr(model, "phi_fields", ()))


def markers() -> list[Marker]:
    """One for each such field that a value can mark, in the order of the models."""
    counted: dict[str, int] = {}
    found = []
    for model, field in places():
        place = f"{model._meta.label}.{field.name}"
        kind = "time" if place in WHEN else shapes.kind_of(field)
        if kind and place not in UNMARKED:
            counted[kind] = counted.get(kind, -1) + 1
            found.append(Marker(model._meta.label, field.name, kind, shapes.token(kind, place, counted[kind])))
    return found


def marked_models() -> set[Any]:
    return {model for model, _field in places()}


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
            values = {marker.field: _value(model, marker, row) for marker in group}
            model._base_manager.filter(pk=row.pk).update(**values)
            if issubclass(model, Record):
                model.history.filter(id=row.pk).update(**values, history_date=F("history_date") - timedelta(hours=1))
    for paper in Document.objects.filter(file=""):
        Document.objects.filter(pk=paper.pk).update(sha256=digest_of(paper.text))
    Patient.objects.filter(pk=patient.pk).update(created_at=F("created_at") - timedelta(hours=1))  # for a past day
    reindex(patient=Patient.objects.get(pk=patient.pk))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def _rows_of(model: Any, patient: Patient) -> models.QuerySet[Any]:
    rows = model._base_manager.all()
    if model is EmergencyAccess:
        return rows  # of whom somebody has found, and not of the person everybody knows
    if model is Patient:
        return rows.filter(pk=patient.pk)
    return rows.filter(patient=patient) if any(field.name == "patient" for field in model._meta.fields) else rows


def _value(model: Any, marker: Marker, row: Any) -> Any:
    """In the shape of its field; with the row's number where there may be only one of it."""
    field = model._meta.get_field(marker.field)
    if model is Appointment and marker.kind == "time" and isinstance(field, models.DateTimeField):
        return shapes.at_time(getattr(row, marker.field), marker.token)
    rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
    alone = field.unique or any(marker.field in rule.fields for rule in rules)
    return shapes.value(field, marker.token, unlike=str(row.pk) if alone and marker.kind == "word" else "")


def text_of(response: Any) -> str:
    """All that a person gets to read of an answer, whatever its form."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return "\n".join(_read(body))


@lru_cache(maxsize=64)
def _paper(body: bytes) -> str:
    """The same paper is often given to several people."""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    except PyPdfError:  # an upload of the matrix that only begins like one
        return body.decode(errors="replace")


def _read(body: bytes) -> Iterator[str]:
    if body.startswith(b"%PDF"):
        yield _paper(body)
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from _read(archive.read(name))
    else:
        yield body.decode(errors="replace")
