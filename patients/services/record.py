"""The person: names, numbers, facility, and the keys he or she is found by."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import MERGED_SENTENCE, DomainError, explain
from core.text import search_key
from patients.keys import keys_of
from patients.models import Identifier, Patient, PatientFacility, SearchKey

# What a person's form may change; the record number and the mark of death have verbs of their own.
EDITABLE = {
    "prefix", "given_name", "family_name", "suffix", "preferred_name", "pronouns", "birth_date", "gender",
    "gender_identity", "language", "interpreter_needed",
}  # fmt: skip


@transaction.atomic
def register_patient(*, facility: Facility, by: User | None, reason: str = "", **fields: Any) -> Patient:
    """Create a patient who belongs to the facility, with a record number of ours unless one is given.

    Raises DomainError if the record number is taken.
    """
    fields.setdefault("record_number", next_record_number())
    patient = save_patient(patient=Patient(**fields), by=by, reason=reason)
    join_facility(patient=patient, facility=facility, by=by, reason=reason)
    return patient


@transaction.atomic
def save_patient(
    *, patient: Patient, by: User | None, reason: str = "", expected_version: int | None = None
) -> Patient:
    """Write the patient and the keys he or she is sorted and found by. Raises DomainError, core.errors.Conflict."""
    patient.sort_key = search_key(f"{patient.family_name} {patient.preferred_name or patient.given_name}")[:420]
    with explain(patients_patient_record_number_key="Another person already has this record number."):
        audit.save(patient, by=by, reason=reason, expected_version=expected_version)
    reindex(patient=patient)
    return patient


def next_record_number() -> str:
    """The next number of this installation's own sequence, such as CC-100042. Never given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('patients_record_number')")
        return f"CC-{cursor.fetchone()[0]}"


def reindex(*, patient: Patient) -> None:
    """Write anew the keys the patient is found by."""
    wanted = keys_of(patient)
    held = set(patient.search_keys.values_list("key", flat=True))
    patient.search_keys.filter(key__in=held - wanted).delete()
    SearchKey.objects.bulk_create([SearchKey(patient=patient, key=key) for key in sorted(wanted - held)])


def locked_patient(patient: Patient) -> Patient:
    """The row as it is now, held until the transaction ends: whoever adds to it and whoever merges wait for each other.

    Raises DomainError if it was merged into another: what is added would be nobody's.
    """
    row = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if row.merged_into_id:
        raise DomainError(MERGED_SENTENCE, code="merged")
    return row


@transaction.atomic
def add_identifier(*, patient: Patient, by: User | None, reason: str = "", **fields: Any) -> Identifier:
    row = audit.save(Identifier(patient=patient, **fields), by=by, reason=reason)
    reindex(patient=patient)
    return row


@transaction.atomic
def join_facility(*, patient: Patient, facility: Facility, by: User | None, reason: str = "") -> PatientFacility:
    """The patient belongs to the facility from now on. Harmless when he or she already does."""
    row = patient.facilities.filter(facility=facility, ends_at__isnull=True).first()
    return row or audit.save(PatientFacility(patient=patient, facility=facility), by=by, reason=reason)


@transaction.atomic
def update_patient(*, patient: Patient, expected_version: int, by: User, **fields: Any) -> Patient:
    """Change names, pronouns, birth date, gender or language, and the keys the person is found by.

    Raises core.errors.Conflict if somebody saved the person after `expected_version`, DomainError for a birth
    date that lies ahead.
    """
    birth_date = fields.get("birth_date")
    if birth_date and birth_date > timezone.localdate():
        raise DomainError("A birth date cannot lie in the future.", field="birth_date")
    for name in EDITABLE & fields.keys():
        setattr(patient, name, fields[name])
    return save_patient(patient=patient, by=by, expected_version=expected_version)


@transaction.atomic
def mark_deceased(*, patient: Patient, at: datetime | None, by: User | None, reason: str = "") -> Patient:
    """Mark the person as deceased, with the time if it is known. It only marks: each channel reads the mark
    at the moment of sending. Harmless twice.

    Raises DomainError if the time lies ahead.
    """
    if at and at > timezone.now():
        raise DomainError("The time of death cannot lie in the future.", field="at")
    row = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if row.deceased and row.deceased_at == at:
        return row
    row.deceased, row.deceased_at = True, at
    return audit.save(row, by=by, reason=reason)
