"""Notes: written, signed, added to; never changed once signed."""

from copy import copy
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from patients import forms, selectors, services
from patients.access import get_patient
from patients.models import Patient

PAGE = 25


def note_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_VIEW)
    page = Paginator(selectors.notes(patient, request.user), PAGE).get_page(request.GET.get("page"))
    context = {"patient": patient, "notes": page.object_list, "pager": _pager(page)}
    context["may_write"] = Perm.ASSESSMENT_EDIT in patient.held
    return render(request, "patients/note_list.html", context)


def note_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_EDIT)
    form = forms.NoteForm(request.POST or None)
    context = {"form": form, "patient": patient, "back": _notes(patient), "draft": f"note-{patient.uuid}"}
    if request.method != "POST":
        return render(request, "patients/note_add.html", context)
    if not form.is_valid():
        return invalid(request, "patients/note_add.html", context)
    note = services.draft_note(patient=patient, by=request.user, **form.changes)
    if "sign" in request.POST:
        services.sign_note(note=note, by=request.user)
        return done(request, _notes(patient), "The note is signed.")
    return done(request, _notes(patient), "The draft is saved. Only you see it until you sign it.")


def note_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_EDIT)
    note = selectors.note_of(patient, pk, request.user)
    form = forms.NoteForm(request.POST or None, instance=copy(note))
    context = {
        "form": form,
        "patient": patient,
        "note": note,
        "back": _notes(patient),
        "draft": f"note-edit-{note.uuid}",
    }
    if request.method != "POST":
        return render(request, "patients/note_edit.html", context)
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            with shown_on(form):
                services.change_note(note=note, expected_version=version, by=request.user, **form.changes)
        except Conflict as error:
            return conflict(request, form, error, back=_notes(patient))
    if form.errors:
        return invalid(request, "patients/note_edit.html", context)
    return done(request, _notes(patient), "The draft is saved. Only you see it until you sign it.")


@require_POST
def note_sign(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_EDIT)
    services.sign_note(note=selectors.note_of(patient, pk, request.user), by=request.user)
    return done(request, _notes(patient), "The note is signed.")


def note_addendum(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_EDIT)
    note = selectors.note_of(patient, pk, request.user)
    form = forms.AddendumForm(request.POST or None)
    context = {
        "form": form,
        "patient": patient,
        "note": note,
        "back": _notes(patient),
        "draft": f"addendum-{note.uuid}",
    }
    if request.method != "POST":
        return render(request, "patients/note_addendum.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_addendum(note=note, text=form.cleaned_data["text"], by=request.user)
    if form.errors:
        return invalid(request, "patients/note_addendum.html", context)
    return done(request, _notes(patient), "The addendum is signed.")


@require_POST
def note_error(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ASSESSMENT_EDIT)
    services.mark_note_in_error(note=selectors.note_of(patient, pk, request.user), by=request.user)
    return done(request, _notes(patient), "The note is marked as entered in error.")


def _notes(patient: Patient) -> str:
    return reverse("patients:note_list", args=[patient.uuid])


def _pager(page: Page) -> dict[str, str | None]:
    newer = f"?page={page.previous_page_number()}" if page.has_previous() else None
    older = f"?page={page.next_page_number()}" if page.has_next() else None
    text = f"{page.start_index()} to {page.end_index()} of {page.paginator.count}"
    return {"text": text, "newer": newer, "older": older}
