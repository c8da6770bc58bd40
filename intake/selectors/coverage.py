"""Who pays, and whose check or authorization needs attention."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.labels import day_label
from episodes.models import EpisodeOfCare
from intake.models import Coverage
from patients.access import asks_reason, belongs_to, read_of
from patients.models import Patient

ENDING_WITHIN = timedelta(days=5)


def coverages_of(patient: Patient) -> list[Coverage]:
    """In the order in which they pay; ended ones last."""
    rows = patient.coverages.select_related("checked_by")
    return sorted(rows, key=lambda row: (row.status == Coverage.Status.CANCELLED, row.order, row.pk))


def coverage_of(patient: Patient, pk: UUID | None) -> Coverage:
    """The named coverage of this patient, or the one that pays first. Raises Http404."""
    rows = patient.coverages.all()
    found = rows.filter(uuid=pk).first() if pk else rows.exclude(status=Coverage.Status.CANCELLED).first()
    if found is None:
        raise Http404
    return found


def coverage_attention(facility: Facility, limit: int = 10) -> list[dict[str, Any]]:
    """For the intake desk: checks not made yet and authorizations ending within 5 days, soonest first."""
    today = timezone.now().astimezone(facility.tz).date()
    attention = Q(status=Coverage.Status.DRAFT) | Q(authorised_until__lte=today + ENDING_WITHIN)
    open_here = EpisodeOfCare.objects.open().filter(facility=facility)
    rows = (
        Coverage.objects.filter(attention, belongs_to(facility, "patient"), patient__in=open_here.values("patient"))
        .exclude(status=Coverage.Status.CANCELLED)
        .annotate(asks_reason=asks_reason(None, facility, "patient"))
        .select_related("patient")
        .order_by("authorised_until", "created_at")[:limit]
    )
    return [_attention_row(row, today) for row in rows]


def _attention_row(coverage: Coverage, today: date) -> dict[str, Any]:
    status, tone = _status(coverage, today)
    return {
        "name": coverage.patient.list_name,
        "record_number": read_of(coverage, coverage.patient.record_number, ""),
        "patient": coverage.patient,
        "payer": read_of(coverage, coverage.payer_name),
        "status": status,
        "tone": tone,
        "url": reverse("intake:coverage_check", args=[coverage.patient.uuid, coverage.uuid]),
        "action": "Log check",
    }


def _status(coverage: Coverage, today: date) -> tuple[str, str]:
    until = coverage.authorised_until
    if until and until < today:
        return f"Authorization ended {day_label(until, today)}", "danger"
    if until and until <= today + ENDING_WITHIN:
        return f"Authorized until {day_label(until, today)}", "warning"
    return "Not yet checked", "info"
