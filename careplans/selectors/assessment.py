"""Packets: one's own draft, and those that were sent."""

from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.models import User
from careplans import icd10
from careplans.models import Assessment
from episodes.models import LevelOfCare
from patients.models import Condition, Patient

EDITION = 4


def assessment_of(patient: Patient, pk: UUID, reader: User) -> Assessment:
    """A packet of this patient: a sent one, or the reader's own draft. Raises Http404 for another's draft."""
    rows = Assessment.objects.filter(patient=patient, uuid=pk)
    row = rows.select_related("author", "facility", "document", "received_by").first()
    if row is None or (row.status == Assessment.Status.DRAFT and row.author_id != reader.pk):
        raise Http404
    row.patient = patient
    return row


def own_draft(patient: Patient, user: User) -> Assessment | None:
    """What the person has begun to write in the open episode."""
    return patient.assessments.filter(author=user, status=Assessment.Status.DRAFT).order_by("-pk").first()


def sent_packets(patient: Patient) -> list[Assessment]:
    """The packets of the open episode, newest first, with their plans."""
    rows = patient.assessments.filter(status=Assessment.Status.COMPLETED, episode__in=patient.episodes.open())
    return list(
        rows.order_by("-completed_at")
        .select_related("author", "received_by")
        .prefetch_related("available_plans__level_of_care")
    )


def packet_facts(assessment: Assessment) -> dict[str, Any]:
    """Diagnoses with their labels and the available plans."""
    return {
        "diagnoses": [icd10.label_of(code) for code in assessment.diagnosis_codes],
        "plans": list(assessment.available_plans.select_related("level_of_care")),
    }


def other_conditions(patient: Patient, assessment: Assessment) -> list[Condition]:
    """Active diagnoses on the record that the packet does not name. Only for who may see diagnoses."""
    active = patient.conditions.filter(clinical_status=Condition.ClinicalStatus.ACTIVE)
    named = active.exclude(code__in=assessment.diagnosis_codes)
    return list(named.exclude(verification_status=Condition.VerificationStatus.ENTERED_IN_ERROR))


def levels() -> Any:
    """The levels of care of the edition in use."""
    return LevelOfCare.objects.filter(edition=EDITION)
