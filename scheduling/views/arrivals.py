"""The board of arrivals, and what is said of an appointment on its day."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import current_facility, log, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.errors import DomainError
from core.http import done
from patients.access import get_patient
from scheduling import selectors, services
from scheduling.forms import ArrivalsForm
from scheduling.models import Appointment


@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    context = _board(request, facility)
    if request.headers.get("X-Seen") == context["board"].digest:
        return HttpResponse(status=204)
    action = AccessEvent.Action.LIST  # a refresh too: a header must not be able to look without a trace
    log(user=request.user, action=action, target="scheduling:arrivals", facility_id=facility.pk)
    return render(request, "scheduling/_arrivals.html" if request.htmx else "scheduling/arrivals.html", context)


@require_POST
def appointment_status(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """One step on or back; from the board of arrivals, back to it."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    wanted = request.POST.get("status", "")
    if wanted not in Appointment.Status.values:
        return HttpResponse(status=422)
    if request.htmx and "from_arrivals" in request.POST:
        return _on_board(request, appointment, wanted)
    appointment = services.set_status(appointment=appointment, status=wanted, by=request.user)
    back = reverse("scheduling:arrivals") if "from_arrivals" in request.POST else appointment.get_absolute_url()
    return done(request, back, f"{appointment.get_status_display()}.")


def _on_board(request: HttpRequest, appointment: Appointment, wanted: str) -> HttpResponse:
    """The board as it is after the tap; a refusal stands above it."""
    try:
        services.set_status(appointment=appointment, status=wanted, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    context = _board(request, current_facility(request.user))
    return render(request, "scheduling/_arrivals.html", context | {"with_messages": True})


def _board(request: HttpRequest, facility: Facility) -> dict[str, Any]:
    form = ArrivalsForm(request.GET or request.POST, facility=facility)
    form.is_valid()
    chosen = form.cleaned_data.get("practitioner")
    board = selectors.arrivals(facility=facility, user=request.user, practitioner=chosen)
    here = reverse("scheduling:arrivals") + (f"?practitioner={chosen.uuid}" if chosen else "")
    return {"form": form, "board": board, "here": here, "chosen": chosen, "base": reverse("scheduling:day")}
