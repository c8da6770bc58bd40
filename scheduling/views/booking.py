"""Finding a time, holding it while talking, and booking."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import current_facility
from accounts.models import Facility
from accounts.roles import Perm
from core.errors import DomainError
from core.http import done, invalid
from core.labels import when_label
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import BookForm, HoldForm, SlotForm
from scheduling.models import AppointmentType


@require_GET
def slot_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    context = _found(request, patient, current_facility(request.user))
    return render(request, "scheduling/_times.html" if request.htmx else "scheduling/slot_list.html", context)


@require_http_methods(["GET", "POST"])
def appointment_book(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    facility = current_facility(request.user)
    posted = request.POST if request.method == "POST" else None
    holds = selectors.open_holds(request.user, facility)
    form = BookForm(posted, facility=facility, holds=holds, initial=request.GET.dict())
    if posted is not None and form.is_valid():
        may_override = Perm.APPOINTMENT_OVERRIDE in patient.held
        with form.refused(may_override=may_override, others=selectors.overriders(facility)):
            booked = services.book_appointment(patient=patient, by=request.user, **form.cleaned_data)
            when = when_label(booked.starts_at, facility.tz)
            return done(request, booked.get_absolute_url(), f"Booked for {when}.")
    context = {"patient": patient, "form": form, "back": reverse("scheduling:slot_list", args=[patient.uuid])}
    if posted is not None:
        return invalid(request, "scheduling/appointment_book.html", context | _other_times(form, patient, facility))
    return render(request, "scheduling/appointment_book.html", context)


@require_POST
def hold_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Keep a free time for ten minutes. It names nobody; booking it then says for whom."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    facility = current_facility(request.user)
    back = reverse("scheduling:slot_list", args=[patient.uuid])
    form = HoldForm(request.POST, facility=facility)
    if not form.is_valid():
        raise DomainError("Choose one of the free times to hold.", code="hold")
    hold = services.hold_time(facility=facility, by=request.user, **form.cleaned_data)
    until = f"{hold.expires_at.astimezone(facility.tz):%H:%M}"
    return done(request, f"{back}?type={hold.type.uuid}", f"Held until {until}. Nobody else can take it.")


@require_POST
def hold_release(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Harmless when it has expired meanwhile, or is another person's."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    hold = selectors.open_holds(request.user, current_facility(request.user)).filter(uuid=pk).first()
    back = reverse("scheduling:slot_list", args=[patient.uuid])
    if hold is None:
        return done(request, back, "You do not hold that time any more.")
    services.release_hold(hold=hold, by=request.user)
    return done(request, f"{back}?type={hold.type.uuid}", "Let go. The time is free again.")


def _found(request: HttpRequest, patient: Patient, facility: Facility) -> dict[str, Any]:
    asked, kind = request.GET.copy(), _kind(request, facility)
    if kind:
        asked["type"] = str(kind.uuid)
    if patient.interpreter_needed and "interpreter" not in asked:
        asked["interpreter"] = "any"
    form = SlotForm(asked, facility=facility, kind=kind)
    context: dict[str, Any] = {"patient": patient, "form": form, "type": kind, "tz": facility.tz, "times": []}
    context |= {"hold": selectors.open_hold(request.user, facility)}
    if kind and form.is_valid():
        wanted = form.cleaned_data
        context["times"] = selectors.found_times(
            patient=patient, type=kind, facility=facility, practitioners=wanted["practitioner"],
            location=wanted["location"], interpreters=wanted["interpreter"], equipment=wanted["equipment"],
            from_day=wanted["day"], part=wanted["part"], weekdays=wanted["weekdays"],
        )  # fmt: skip
        context["first"] = selectors.earliest(context["times"])
    base = reverse("scheduling:appointment_list", args=[patient.uuid])
    return context | {"action": f"{base}book/", "hold_action": reverse("scheduling:hold_add", args=[patient.uuid])}


def _kind(request: HttpRequest, facility: Facility) -> AppointmentType | None:
    """The kind of appointment asked for, else the first by name."""
    kinds = list(selectors.bookable_types(facility))
    asked = request.GET.get("type", "")
    return next((row for row in kinds if str(row.uuid) == asked), kinds[0] if kinds else None)


def _other_times(form: BookForm, patient: Patient, facility: Facility) -> dict[str, Any]:
    """The first free times beside a refusal, so that it is no dead end."""
    kind = form.cleaned_data.get("type")
    if kind is None:
        return {}
    offers = selectors.offers(
        patient=patient, type=kind, facility=facility, practitioner=form.cleaned_data.get("practitioner"), limit=4
    )
    return {"offers": offers, "action": reverse("scheduling:appointment_book", args=[patient.uuid]), "submit": "Book"}
