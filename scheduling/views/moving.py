"""Moving an appointment: a page, and the question in the calendar's dialog."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from accounts.roles import Perm
from core.http import done
from core.labels import when_label
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import MoveForm
from scheduling.models import Appointment


@require_http_methods(["GET", "POST"])
def appointment_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    form = MoveForm(_asked(request, appointment), appointment=appointment, initial=_present(appointment))
    if form.is_valid() and request.method == "POST":
        may_override = Perm.APPOINTMENT_OVERRIDE in patient.held
        with form.refused(may_override=may_override, others=selectors.overriders(appointment.facility)):
            moved = services.move_seen(appointment=appointment, by=request.user, **form.cleaned_data)
            return _moved(request, moved)
    if form.code == services.MOVED:
        appointment = selectors.appointment_of(patient, pk)
        form.look_again(appointment)
    status = 200 if request.method == "GET" else 409 if form.code == services.MOVED else 422
    template = "scheduling/_move_ask.html" if request.htmx else "scheduling/appointment_move.html"
    context = _context(patient, appointment, form)
    if not request.htmx:
        kind, facility = appointment.type, appointment.facility
        context["offers"] = selectors.offers(patient=patient, type=kind, facility=facility, limit=4)
    return render(request, template, context, status=status)


def _asked(request: HttpRequest, appointment: Appointment) -> QueryDict | dict[str, Any] | None:
    """What the calendar asks in its dialog is a whole form: what it does not name stays as it is."""
    if request.method == "POST":
        return request.POST
    return _present(appointment) | request.GET.dict() if request.htmx else None


def _present(appointment: Appointment) -> dict[str, Any]:
    named = {"practitioner": appointment.practitioner, "location": appointment.location}
    values = {name: row.uuid if row else None for name, row in named.items()}
    return values | {"starts_at": appointment.starts_at, "seen": appointment.schedule_version}


def _moved(request: HttpRequest, moved: Appointment) -> HttpResponse:
    """Back to where the person was: the calendar draws itself anew, the page leads to the appointment."""
    said = f"Moved to {when_label(moved.starts_at, moved.facility.tz)}. It is unconfirmed again."
    if not request.htmx:
        return done(request, moved.get_absolute_url(), said)
    messages.success(request, said)
    return trigger_client_event(render(request, "scheduling/_moved.html"), "moved")


def _context(patient: Patient, appointment: Appointment, form: MoveForm) -> dict[str, Any]:
    context = {"patient": patient, "appointment": appointment, "form": form, "back": appointment.get_absolute_url()}
    context |= {"action": f"{context['back']}move/", "submit": "Move here", "seen": appointment.schedule_version}
    context |= {"from": selectors.row_of(appointment), "to": _wanted(form, appointment), "tz": appointment.facility.tz}
    return context


def _wanted(form: MoveForm, appointment: Appointment) -> dict[str, str]:
    """In words, where it would go."""
    chosen = getattr(form, "cleaned_data", {})
    if not chosen.get("starts_at"):
        return {}
    return {
        "when": when_label(chosen["starts_at"], appointment.facility.tz),
        "practitioner": str(chosen.get("practitioner") or appointment.practitioner or ""),
        "location": str(chosen.get("location") or appointment.location or ""),
    }
