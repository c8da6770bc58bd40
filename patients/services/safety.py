"""What anyone who meets the person has to know first: allergies and flags."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from patients.models import AllergyIntolerance, Flag, Patient


@transaction.atomic
def add_allergy(
    *,
    patient: Patient,
    substance: str,
    reaction: str = "",
    criticality: str = AllergyIntolerance.Criticality.UNKNOWN,
    by: User | None,
    reason: str = "",
) -> AllergyIntolerance:
    """Note an allergy or intolerance. Raises DomainError if the substance is noted already."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    known = patient.allergies.filter(substance__iexact=substance.strip(), entered_in_error=False)
    if known.filter(clinical_status=AllergyIntolerance.ClinicalStatus.ACTIVE).exists():
        raise DomainError("This allergy is on the record already.", code="allergy.known", field="substance")
    row = AllergyIntolerance(patient=patient, substance=substance.strip(), reaction=reaction, criticality=criticality)
    return audit.save(row, by=by, reason=reason)


@transaction.atomic
def mark_allergy_in_error(*, allergy: AllergyIntolerance, by: User) -> AllergyIntolerance:
    """Say that it was never true. The row stays on the record and warns nobody any more."""
    row = AllergyIntolerance.objects.select_for_update(no_key=True).get(pk=allergy.pk)
    row.entered_in_error = True
    return audit.save(row, by=by, reason="entered in error")


@transaction.atomic
def add_flag(
    *, patient: Patient, category: str, text: str, ends_at: datetime | None = None, by: User | None, reason: str = ""
) -> Flag:
    """Warn everyone who meets the person, until `ends_at` if given. Raises DomainError if that is past."""
    if ends_at and ends_at <= timezone.now():
        raise DomainError("The end has to lie ahead.", field="ends_at")
    return audit.save(Flag(patient=patient, category=category, text=text, ends_at=ends_at), by=by, reason=reason)


@transaction.atomic
def end_flag(*, flag: Flag, by: User) -> Flag:
    """Take the warning down now. Harmless on one that has ended."""
    row = Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
    now = timezone.now()
    if row.ends_at and row.ends_at <= now:
        return row
    row.ends_at = now
    return audit.save(row, by=by)
