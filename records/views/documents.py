"""The papers of a patient: to find, to read, to print."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.access import may, scopes
from accounts.models import AccessEvent, User
from accounts.roles import Perm, Scope
from core.http import file_answer
from core.pdf import render_pdf
from patients.access import get_patient
from patients.models import Patient
from records import papers, selectors
from records.forms import MistakeForm, WordsForm
from records.selectors.amendments import amendments_to

PAGE = 100


@require_safe
def document_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    return render(request, "records/document_list.html", _list(request, patient, ""))


@require_POST
def document_search(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Papers by their words. By POST alone: an address would keep the words in logs and histories."""
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    access.log(
        user=request.user,
        action=AccessEvent.Action.SEARCH,
        data_class=Perm.DOCUMENT_VIEW,
        patient_id=patient.pk,
        target="records:document_search",
    )
    form = WordsForm(request.POST)
    context = _list(request, patient, form.cleaned_data["words"] if form.is_valid() else "")
    template = "records/_documents.html" if request.htmx else "records/document_list.html"
    return render(request, template, context)


@require_safe
def document_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    document = selectors.document_of(request.user, patient, pk)
    return render(request, "records/document_detail.html", _detail(request, patient, document))


@require_safe
def document_pdf(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """A paper written here, as it looks on paper. An upload is handed out as it is."""
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    document = selectors.document_of(request.user, patient, pk)
    access.log(
        user=request.user,
        action=AccessEvent.Action.PRINT,
        data_class=Perm.DOCUMENT_VIEW,
        patient_id=patient.pk,
        target=f"records.Document:{document.pk}",
    )
    data = papers.document_data(patient, document, selectors.signatures_of(document))
    content = render_pdf("records/pdf/document.typ", data)
    return file_answer(content, content_type="application/pdf", name=f"{document.kind}.pdf", inline=True)


def reading_right(user: User) -> Perm:
    """The right by which the person's roles read papers: all, else one's own, else those in envelopes in hand."""
    standing = set().union(*scopes(user, Perm.DOCUMENT_VIEW).values()) - {Scope.REQUEST}
    return Perm.DOCUMENT_OWN if not standing and may(user, Perm.DOCUMENT_OWN) else Perm.DOCUMENT_VIEW


def _list(request: HttpRequest, patient: Patient, words: str) -> dict[str, Any]:
    facility = selectors.working_facility(request.user, patient)
    may_submit = Perm.DOCUMENT_SUBMIT in patient.held
    sees_envelopes = may_submit or Perm.DOCUMENT_FILE in patient.held
    first = PAGE * max(int(page) - 1 if (page := request.GET.get("page", "1")).isdecimal() else 0, 0)
    total = selectors.found_documents(request.user, patient, words).count()
    return {
        "patient": patient,
        "rows": selectors.document_rows(request.user, patient, facility, words=words, first=first, size=PAGE),
        "total": total,
        "pager": _pager(first, total),
        "words": words,
        "words_form": WordsForm({"words": words}) if words else WordsForm(),
        "envelopes": selectors.readable_submissions(request.user, patient)[:20] if sees_envelopes else None,
        "missing": selectors.missing_of(request.user, patient, facility),
        "may_ask": Perm.DOCUMENT_FILE in patient.held or Perm.DOCUMENT_VIEW in patient.held,
        "may_submit": may_submit,
        "may_add": Perm.DOCUMENT_OWN in patient.held,
        "sees_consents": Perm.CONSENT_VIEW in patient.held,
    }


def _detail(request: HttpRequest, patient: Patient, document: Any) -> dict[str, Any]:
    may_change = selectors.may_change(request.user, patient, document)
    is_current = document.status == document.Status.CURRENT
    return {
        "patient": patient,
        "document": document,
        "intact": document.is_intact,
        "signatures": selectors.signatures_of(document),
        "sections": selectors.sections_of(document.text) if document.text else [],
        "versions": selectors.versions_of(document) if document.is_upload else [],
        "photo": selectors.photo_of(document),
        "amendments": amendments_to(document),
        "shows": selectors.how_shown(document),
        "may_submit": Perm.DOCUMENT_SUBMIT in patient.held,
        "may_change": may_change and is_current,
        "may_add_version": Perm.DOCUMENT_OWN in patient.held and is_current and document.is_upload,
        "mistake_form": MistakeForm(),
    }


def _pager(first: int, total: int) -> dict[str, Any]:
    page, last = first // PAGE + 1, min(first + PAGE, total)
    return {
        "text": f"{first + 1} to {last} of {total}" if total > PAGE else "",
        "newer": f"?{urlencode({'page': page - 1})}" if first else None,
        "older": f"?{urlencode({'page': page + 1})}" if last < total else None,
    }
