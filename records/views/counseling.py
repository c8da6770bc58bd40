"""SUD counseling notes: on pages of their own, and nowhere else."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors
from records.forms.counseling import CounselingForm
from records.models import CounselingNote
from records.selectors.counseling import counseling_count, counseling_note_of, own_counseling_notes
from records.services import counseling as services
from records.views.acting import sent

POSTED = ["GET", "HEAD", "POST"]
CHANGED = "Somebody saved this draft in another window meanwhile. Copy what you typed, and open it again."


@require_safe
def counseling_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """One's own notes, and how many others there are; for who may know no more, the number alone."""
    patient = get_patient(request.user, patient_pk, Perm.COUNSELING_STATUS)
    may_write = Perm.COUNSELING_OWN in patient.held
    context = {
        "patient": patient,
        "may_write": may_write,
        "notes": list(own_counseling_notes(request.user, patient)[:200]) if may_write else [],
        "others": counseling_count(patient, without=request.user),
    }
    return render(request, "records/counseling_list.html", context)


@require_http_methods(POSTED)
def counseling_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.COUNSELING_OWN)
    form = CounselingForm(sent(request), initial={"session_at": timezone.localtime()})
    context = {"patient": patient, "form": form, "back": _notes(patient)}
    if request.method != "POST":
        return render(request, "records/counseling_edit.html", context)
    if form.is_valid():
        with shown_on(form):
            note = services.write_counseling_note(
                patient=patient, facility=selectors.working_facility(request.user, patient), by=request.user,
                **_words(form),
            )  # fmt: skip
    if form.errors:
        return invalid(request, "records/counseling_edit.html", context)
    return _saved(request, patient, note)


@require_safe
def counseling_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, note = _own(request, patient_pk, pk)
    return render(request, "records/counseling_detail.html", {"patient": patient, "note": note})


@require_http_methods(POSTED)
def counseling_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, note = _own(request, patient_pk, pk)
    first = {"session_at": timezone.localtime(note.session_at), "text": note.text, "version": note.version}
    form = CounselingForm(sent(request), initial=first)
    context = {"patient": patient, "form": form, "note": note, "back": _notes(patient)}
    if request.method != "POST":
        return render(request, "records/counseling_edit.html", context)
    if form.is_valid():
        try:
            with shown_on(form):
                services.change_counseling_note(
                    note=note, by=request.user, expected_version=form.cleaned_data["version"], **_words(form)
                )
        except Conflict:
            form.add_error(None, CHANGED)
            return render(request, "records/counseling_edit.html", context, status=409)
    if form.errors:
        return invalid(request, "records/counseling_edit.html", context)
    return _saved(request, patient, note)


@require_POST
def counseling_sign(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, note = _own(request, patient_pk, pk)
    services.sign_counseling_note(note=note, by=request.user)
    return done(request, _notes(patient), "Signed. It never changes any more, and only you read it.")


@require_POST
def counseling_error(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, note = _own(request, patient_pk, pk)
    services.mark_counseling_note_in_error(note=note, by=request.user)
    return done(request, _notes(patient), "Marked as entered in error.")


def _own(request: HttpRequest, patient_pk: UUID, pk: UUID) -> tuple[Patient, CounselingNote]:
    patient = get_patient(request.user, patient_pk, Perm.COUNSELING_OWN)
    return patient, counseling_note_of(request.user, patient, pk)


def _words(form: CounselingForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("text", "session_at")}


def _saved(request: HttpRequest, patient: Patient, note: CounselingNote) -> HttpResponse:
    if "sign" not in request.POST:
        return done(request, _notes(patient), "The draft is saved. Only you see it.")
    services.sign_counseling_note(note=note, by=request.user)
    return done(request, _notes(patient), "Signed. It never changes any more, and only you read it.")


def _notes(patient: Patient) -> str:
    return reverse("records:counseling_list", args=[patient.uuid])
