"""Whom the explainer can be asked about."""

from django.db.models import QuerySet

from accounts.models import Facility, User
from patients import keys
from patients.models import Patient, PatientFacility, SearchKey


def people_to_explain(facility: Facility) -> QuerySet[User]:
    """Everybody who works or worked at the facility: a closed account and an ended role are answers, too."""
    return User.objects.filter(memberships__facility=facility).distinct().order_by("family_name", "given_name")


def patient_of(facility: Facility, number: str) -> Patient | None:
    """The record of the facility with exactly this number, merged away or not; None without one."""
    found = SearchKey.objects.filter(key=keys.number(number.strip())).values("patient")
    known = PatientFacility.objects.filter(facility=facility).values("patient")
    rows = Patient.objects.filter(pk__in=known).filter(pk__in=found)
    return rows.filter(record_number__iexact=number.strip()).first() or rows.first()
