"""Which charts are restricted, for who may set that and take it off."""

from typing import Any

from accounts.models import Facility, User
from accounts.roles import Perm
from core.labels import when_label
from patients import keys
from patients.access import visible_patients
from patients.models import Patient, Restriction, SearchKey
from patients.standing import restricted_charts

Row = dict[str, Any]


def restricted_rows(facility: Facility) -> list[Row]:
    """The restricted charts of the facility, newest first. One query."""
    rows = restricted_charts().filter(facility=facility).select_related("patient", "answered_by")
    return [_row(row, facility) for row in rows.order_by("-answered_at", "-pk")]


def chart_restriction(patient: Patient, facility: Facility) -> Restriction | None:
    """The restriction of the chart at the facility now, None without one."""
    return restricted_charts().filter(patient=patient, facility=facility).select_related("answered_by").first()


def past_restrictions(patient: Patient, facility: Facility) -> list[Restriction]:
    rows = Restriction.objects.filter(patient=patient, facility=facility, kind=Restriction.Kind.CHART)
    return list(rows.filter(status=Restriction.Status.ENDED).select_related("answered_by").order_by("-ends_at"))


def patient_numbered(user: User, facility: Facility, number: str) -> Patient | None:
    """The patient with exactly this record number whose chart the person may restrict, else None."""
    found = SearchKey.objects.filter(key=keys.number(number.strip())).values("patient")
    return visible_patients(user, Perm.RESTRICTED_EDIT, facility).filter(pk__in=found, merged_into=None).first()


def _row(row: Restriction, facility: Facility) -> Row:
    return {
        "patient": row.patient,
        "number": row.patient.record_number,
        "words": row.words,
        "who": str(row.answered_by),
        "since": when_label(row.answered_at or row.requested_at, facility.tz),
    }
