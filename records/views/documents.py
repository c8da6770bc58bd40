"""The papers of a patient."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import may, scopes
from accounts.models import User
from accounts.roles import Perm, Scope
from patients.access import get_patient
from records import selectors


@require_safe
def document_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, _reading_right(request.user))
    facility = selectors.working_facility(request.user, patient)
    may_submit = Perm.DOCUMENT_SUBMIT in patient.held
    sees_envelopes = may_submit or Perm.DOCUMENT_FILE in patient.held
    context = {
        "patient": patient,
        "rows": selectors.document_rows(request.user, patient, facility),
        "envelopes": selectors.readable_submissions(request.user, patient)[:20] if sees_envelopes else None,
        "may_submit": may_submit,
        "sees_consents": Perm.CONSENT_VIEW in patient.held,
    }
    return render(request, "records/document_list.html", context)


@require_safe
def document_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, _reading_right(request.user))
    document = selectors.document_of(request.user, patient, pk)
    context = {"patient": patient, "document": document, "signatures": selectors.signatures_of(document)}
    context["sections"] = selectors.sections_of(document.text)
    context["may_submit"] = Perm.DOCUMENT_SUBMIT in patient.held
    return render(request, "records/document_detail.html", context)


def _reading_right(user: User) -> Perm:
    """The right by which the person's roles read papers: all, else one's own, else those in envelopes in hand."""
    standing = set().union(*scopes(user, Perm.DOCUMENT_VIEW).values()) - {Scope.REQUEST}
    return Perm.DOCUMENT_OWN if not standing and may(user, Perm.DOCUMENT_OWN) else Perm.DOCUMENT_VIEW
