"""Free times, and a person's appointments."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import current_facility
from accounts.models import Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from core.labels import when_label
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import BookForm, CallForm, MoveForm, SlotForm
from scheduling.models import Appointment, CallAttempt


@require_GET
def slot_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    facility = current_facility(request.user)
    context = {"patient": patient, "tz": facility.tz} | _found_slots(request, patient, facility)
    return render(request, "scheduling/_slots.html" if request.htmx else "scheduling/slot_list.html", context)


@require_http_methods(["GET", "POST"])
def appointment_book(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    facility = current_facility(request.user)
    form = BookForm(_posted(request), facility=facility, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            appointment = services.book_appointment(patient=patient, by=request.user, **form.cleaned_data)
            return done(request, appointment.get_absolute_url(), f"Booked for {_when(appointment)}.")
    context = {"patient": patient, "form": form, "back": reverse("scheduling:slot_list", args=[patient.uuid])}
    if request.method == "POST":
        return invalid(request, "scheduling/appointment_book.html", context | _other_times(form, patient, facility))
    return render(request, "scheduling/appointment_book.html", context)


@require_GET
def appointment_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    ahead, behind = selectors.appointments_of(patient, current_facility(request.user))
    context = {"patient": patient, "ahead": ahead, "behind": behind, "may_book": Perm.APPOINTMENT_EDIT in patient.held}
    return render(request, "scheduling/appointment_list.html", context)


@require_GET
def appointment_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    appointment = selectors.appointment_of(patient, pk)
    context = _detail(appointment, patient)
    return render(request, "scheduling/_reply.html" if request.htmx else "scheduling/appointment_detail.html", context)


@require_http_methods(["GET", "POST"])
def appointment_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    facility = appointment.facility
    form = MoveForm(_posted(request), facility=facility, initial=_present(appointment))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            moved = services.move_appointment(appointment=appointment, by=request.user, **form.cleaned_data)
            return done(request, moved.get_absolute_url(), f"Moved to {_when(moved)}. It is unconfirmed again.")
    offers = selectors.offers(patient=patient, type=appointment.type, facility=facility, limit=4)
    context = {
        "patient": patient, "appointment": appointment, "form": form, "offers": offers, "tz": facility.tz,
        "action": reverse("scheduling:appointment_move", args=[patient.uuid, appointment.uuid]), "submit": "Move here",
        "back": appointment.get_absolute_url(),
    }  # fmt: skip
    if request.method == "POST":
        return invalid(request, "scheduling/appointment_move.html", context)
    return render(request, "scheduling/appointment_move.html", context)


@require_POST
def appointment_cancel(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    services.cancel_appointment(appointment=appointment, reason=request.POST.get("reason", ""), by=request.user)
    return done(request, appointment.get_absolute_url(), "Cancelled. The time is free again.")


@require_POST
def appointment_status(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    wanted = request.POST.get("status", "")
    if wanted not in Appointment.Status.values:
        return HttpResponse(status=422)
    appointment = services.set_status(appointment=appointment, status=wanted, by=request.user)
    return done(request, appointment.get_absolute_url(), f"{appointment.get_status_display()}.")


@require_POST
def call_add(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        return invalid(request, "scheduling/appointment_detail.html", _detail(appointment, patient) | {"call": form})
    attempt = services.log_call(appointment=appointment, by=request.user, **form.cleaned_data)
    return done(request, appointment.get_absolute_url(), f"Call logged: {attempt.get_outcome_display().lower()}.")


def _posted(request: HttpRequest) -> QueryDict | None:
    """An empty POST is a form with nothing filled in, not one that was never sent."""
    return request.POST if request.method == "POST" else None


def _found_slots(request: HttpRequest, patient: Patient, facility: Facility) -> dict[str, Any]:
    kind = selectors.bookable_types(facility).first()
    asked = request.GET.dict()
    if kind and not asked.get("type"):
        asked["type"] = str(kind.uuid)
    form = SlotForm(asked, facility=facility)
    context: dict[str, Any] = {"form": form, "offers": []}
    if kind and form.is_valid():
        chosen = form.cleaned_data
        context["offers"] = selectors.offers(
            patient=patient, type=chosen["type"], facility=facility, practitioner=chosen["practitioner"],
            from_day=_not_before(chosen["day"], facility),
        )  # fmt: skip
        context["type"] = chosen["type"]
    return context | {"action": reverse("scheduling:appointment_book", args=[patient.uuid]), "submit": "Book"}


def _not_before(day: date | None, facility: Facility) -> date:
    today = timezone.now().astimezone(facility.tz).date()
    return max(day, today) if day else today


def _other_times(form: BookForm, patient: Patient, facility: Facility) -> dict[str, Any]:
    """The first free times beside a refusal, so that it is no dead end."""
    kind = form.cleaned_data.get("type")
    if kind is None:
        return {}
    offers = selectors.offers(
        patient=patient, type=kind, facility=facility, practitioner=form.cleaned_data.get("practitioner"), limit=4
    )
    return {"offers": offers, "action": reverse("scheduling:appointment_book", args=[patient.uuid]), "submit": "Book"}


def _present(appointment: Appointment) -> dict[str, Any]:
    return {
        "starts_at": appointment.starts_at,
        "practitioner": appointment.practitioner.uuid if appointment.practitioner else None,
        "location": appointment.location.uuid if appointment.location else None,
    }


def _detail(appointment: Appointment, patient: Patient) -> dict[str, Any]:
    upcoming = appointment.status in Appointment.UPCOMING
    may_edit = Perm.APPOINTMENT_EDIT in patient.held and not appointment.external
    return {
        "patient": patient,
        "appointment": appointment,
        "row": selectors.row_of(appointment),
        "tz": appointment.facility.tz,
        "may_edit": may_edit,
        "may_change": may_edit and upcoming,
        "may_settle": Perm.REMINDER_EDIT in patient.held,
        "next_statuses": selectors.next_statuses(appointment) if may_edit else [],
        "reminders": selectors.reminders_of(appointment) if Perm.REMINDER_STATUS in patient.held else None,
        "answers": selectors.answers_to(appointment),
        "outcomes": CallAttempt.Outcome.choices,
        "call": CallForm(),
    }


def _when(appointment: Appointment) -> str:
    return when_label(appointment.starts_at, appointment.facility.tz)
