"""Restricted charts: of staff, family of staff, public persons. Everybody gives a reason before one opens."""

from django.db import transaction
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent, Facility, User
from core import audit
from core.errors import DomainError, explain
from patients.models import Patient, Restriction


@transaction.atomic
def restrict_chart(*, patient: Patient, facility: Facility, words: str, by: User) -> Restriction:
    """From now on nobody opens the chart at the facility without an emergency access, the care team included.

    Raises DomainError without words, or if it is restricted already.
    """
    if not words.strip():
        raise DomainError("Say why, for whoever decides later whether it still has to be.", field="words")
    row = Restriction(patient=patient, facility=facility, kind=Restriction.Kind.CHART, words=words.strip())
    row.status, row.answered_by, row.answered_at = Restriction.Status.ACTIVE, by, timezone.now()
    with explain(chart_restricted_once="This chart is restricted already."):
        audit.save(row, by=by)
    _log(row, by, "restricted")
    return row


@transaction.atomic
def lift_restriction(*, patient: Patient, facility: Facility, answer: str, by: User) -> None:
    """The chart opens as any other again. Harmless on one that is not restricted."""
    rows = Restriction.objects.select_for_update(no_key=True).filter(patient=patient, facility=facility)
    row = rows.filter(kind=Restriction.Kind.CHART, status=Restriction.Status.ACTIVE).first()
    if row is None:
        return
    row.status, row.ends_at, row.answer = Restriction.Status.ENDED, timezone.now(), answer.strip()
    audit.save(row, by=by)
    _log(row, by, "unrestricted")


def _log(row: Restriction, by: User, code: str) -> None:
    access.log(
        user=by,
        action=AccessEvent.Action.PERMISSION,
        patient_id=row.patient_id,
        facility_id=row.facility_id,
        target=f"restriction:{row.pk}",
        code=code,
    )
