"""Papers that come into the chart, their newer versions, and what is said about them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may
from accounts.models import User
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.forms import incoming
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors, services
from records.forms import EditIndexForm, MistakeForm, UploadForm, VersionForm
from records.models import Document


@require_http_methods(["GET", "HEAD", "POST"])
def document_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_OWN)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            rows = services.add_uploads(
                patient=patient,
                facility=selectors.working_facility(request.user, patient),
                files=incoming(form.cleaned_data["files"]),
                as_one=form.cleaned_data["as_one"],
                index=form.index,
                by=request.user,
            )
    if form.is_bound and form.is_valid():
        to = rows[0].get_absolute_url() if len(rows) == 1 else reverse("records:document_list", args=[patient.uuid])
        return done(request, to, "The paper is in the chart." if len(rows) == 1 else f"{len(rows)} papers are in it.")
    context = {"patient": patient, "form": form}
    answer = invalid if form.is_bound else render
    return answer(request, "records/document_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def document_version(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_OWN)
    document = selectors.document_of(request.user, patient, pk)
    form = VersionForm(request.POST or None, request.FILES or None, document=document)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            newer = services.add_version(
                document=document, file=incoming(form.cleaned_data["files"])[0], index=form.index, by=request.user
            )
    if form.is_bound and form.is_valid():
        return done(request, newer.get_absolute_url(), "The newer version is in the chart; the one before stays in it.")
    answer = invalid if form.is_bound else render
    return answer(request, "records/document_version.html", {"patient": patient, "form": form, "document": document})


@require_http_methods(["GET", "HEAD", "POST"])
def document_index(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, document = _changeable(request, patient_pk, pk)
    form = EditIndexForm(request.POST or None, document=document, initial={"version": document.version})
    context: dict[str, Any] = {"patient": patient, "form": form, "document": document}
    if form.is_bound and form.is_valid():
        try:
            with shown_on(form):
                version = form.cleaned_data["version"]
                services.index_document(document=document, index=form.index, by=request.user, expected_version=version)
        except Conflict as error:
            context |= {"theirs": error.current, "form": _again(request, error)}
            return render(request, "records/document_index.html", context, status=409)
    if form.is_bound and form.is_valid():
        return done(request, document.get_absolute_url(), "Saved.")
    answer = invalid if form.is_bound else render
    return answer(request, "records/document_index.html", context)


@require_POST
def document_mistake(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, document = _changeable(request, patient_pk, pk)
    form = MistakeForm(request.POST)
    mistake = form.cleaned_data["mistake"] if form.is_valid() else ""
    services.mark_mistaken(document=document, mistake=mistake, by=request.user)
    to = reverse("records:document_list", args=[patient.uuid])
    return done(request, to, "Taken out of the chart. The history keeps it, and why.")


def _changeable(request: HttpRequest, patient_pk: UUID, pk: UUID) -> tuple[Patient, Document]:
    patient = get_patient(request.user, patient_pk, _changing_right(request.user))
    return patient, selectors.changeable_document(request.user, patient, pk)


def _changing_right(user: User) -> Perm:
    return Perm.DOCUMENT_OWN if may(user, Perm.DOCUMENT_OWN) else Perm.DOCUMENT_FILE


def _again(request: HttpRequest, error: Conflict) -> EditIndexForm:
    """What was typed, with the version that is there now: saving again is then meant."""
    typed = request.POST.copy()
    typed["version"] = str(error.current.version)
    return EditIndexForm(typed, document=error.current)
