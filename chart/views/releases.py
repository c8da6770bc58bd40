"""A request for copies of the record: what will leave, why it may, and the packet that left."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import DataClass, Perm
from chart.selectors.packets import content_of, way_of
from chart.services.packets import release_records
from core.errors import DomainError
from core.http import done, file_answer
from patients.access import get_patient, log_classes
from patients.models import Patient
from records.models import ReleaseRequest
from records.selectors import disclosures, releases
from records.services.packets import hand_over, has_notes

# What one has to be allowed to see to look at each kind of record before it leaves.
TO_SEE = {
    DataClass.IDENTITY: Perm.IDENTITY_VIEW,
    DataClass.CONTACT: Perm.CONTACT_VIEW,
    DataClass.COVERAGE: Perm.COVERAGE_VIEW,
    DataClass.INTAKE: Perm.INTAKE_VIEW,
    DataClass.ASSESSMENT: Perm.ASSESSMENT_VIEW,
    DataClass.PLAN: Perm.PLAN_VIEW,
    DataClass.REFERRAL: Perm.REFERRAL_VIEW,
    DataClass.ACTIVITY: Perm.ACTIVITY_VIEW,
    DataClass.APPOINTMENT: Perm.APPOINTMENT_VIEW,
    DataClass.DOCUMENT: Perm.DOCUMENT_VIEW,
    DataClass.CONSENT: Perm.CONSENT_VIEW,
    DataClass.COUNSELING: Perm.COUNSELING_VIEW,
}


@require_safe
def release_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The request, its clock, and what the preflight says to it now."""
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_VIEW)
    release = releases.release_of(patient, pk)
    context = {
        "patient": patient,
        "release": release,
        "classes": disclosures.classes_label(release.data_classes),
        "purpose": disclosures.purpose_label(release),
        "papers": list(release.papers.all()),
        "due": releases.day_due(release.last_day, release.facility),
        "tone": releases.TONES[ReleaseRequest.Status(release.status)],
        "outlook": releases.outlook(release) if release.is_open or release.packet else None,
        "is_legal": release.kind == ReleaseRequest.Kind.LEGAL,
        "may_edit": Perm.DISCLOSURE_EDIT in patient.held,
        "may_approve": Perm.DISCLOSURE_APPROVE in patient.held,
        "fee": release.fee_cents / 100,
    }
    return render(request, "chart/release_detail.html", context)


@require_safe
def release_preview(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Exactly what would leave now. Counseling notes are shown only once their own consent covers it."""
    patient, release = _in_hand(request, patient_pk, pk)
    outlook = releases.outlook(release)
    context: dict[str, Any] = {"patient": patient, "release": release, "outlook": outlook}
    context["classes"] = disclosures.classes_label(release.data_classes)
    if outlook.allowed or not has_notes(release):
        log_classes(request.user, patient, {TO_SEE[DataClass(row)] for row in release.data_classes})
        context["content"] = content = content_of(release)
        context["papers"] = [{"paper": paper, "way": way_of(paper, release.form)} for paper in content.papers]
    return render(request, "chart/release_preview.html", context)


@require_POST
def release_send(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    _, release = _in_hand(request, patient_pk, pk)
    release_records(release=release, by=request.user)
    return done(request, release.get_absolute_url(), "Released. Hand over the packet; the disclosure is recorded.")


@require_safe
def release_packet(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The packet to hand over. One with counseling notes only to who released it."""
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    release = releases.release_of(patient, pk)
    if has_notes(release) and release.handled_by_id != request.user.pk:
        raise DomainError("Only who released counseling notes hands them over.", code="release.own")
    content = hand_over(release=release, by=request.user)
    kind, ending = ("application/zip", "zip") if release.form == ReleaseRequest.Form.ZIP else ("application/pdf", "pdf")
    return file_answer(content, content_type=kind, name=f"packet-{release.pk}.{ending}")


def _in_hand(request: HttpRequest, patient_pk: UUID, pk: UUID) -> tuple[Patient, ReleaseRequest]:
    """An open request whose kinds of record the person may see while it is in hand."""
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    release = releases.release_of(patient, pk)
    if not release.is_open:
        raise DomainError("This request was answered meanwhile; look at it again.", code="release.answered")
    unseen = [row for row in release.data_classes if TO_SEE[DataClass(row)] not in patient.held]
    if unseen:
        raise DomainError("Your role may not see all of this, so it cannot release it.", code="role")
    return patient, release
