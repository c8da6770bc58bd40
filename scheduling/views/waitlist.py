"""The waitlist: who waits, what they wish, and the times offered to them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import current_facility, log, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import OfferForm, WaitlistForm
from scheduling.models import AppointmentResponse, WaitlistEntry

PHONE = AppointmentResponse.Via.PHONE


@require_GET
def waitlist_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.APPOINTMENT_EDIT)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:waitlist_list", facility_id=facility.pk)
    lines = selectors.waitlist(facility, request.user)
    context = {"lines": lines, "total": sum(len(line.rows) for line in lines)}
    return render(request, "scheduling/waitlist_list.html", context)


@require_GET
def waitlist_person(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    facility = current_facility(request.user)
    context = {
        "patient": patient, "entries": selectors.entries_of(patient, facility),
        "may_edit": Perm.APPOINTMENT_EDIT in patient.held,
    }  # fmt: skip
    return render(request, "scheduling/waitlist_person.html", context)


@require_http_methods(["GET", "POST"])
def waitlist_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Put on the list; with `?appointment=` the person would come earlier than that."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    form = WaitlistForm(_posted(request), instance=_new_entry(request, patient), initial=_asked_type(request))
    context = {"patient": patient, "form": form, "entry": form.instance, "back": _page_of(patient)}
    if request.method != "POST":
        return render(request, "scheduling/waitlist_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.add_to_waitlist(entry=form.instance, by=request.user)
            return done(request, _page_of(patient), "On the waitlist. A time that comes free is offered by the rule.")
    return invalid(request, "scheduling/waitlist_add.html", context)


@require_http_methods(["GET", "POST"])
def waitlist_change(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    form = WaitlistForm(_posted(request), instance=selectors.entry_of(patient, pk))
    context = {"patient": patient, "form": form, "entry": form.instance, "back": _page_of(patient)}
    if request.method != "POST":
        return render(request, "scheduling/waitlist_change.html", context)
    if form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            with shown_on(form):
                services.change_entry(entry=form.instance, expected_version=seen, by=request.user)
                return done(request, _page_of(patient), "Changed. The place in the order stays.")
        except Conflict as error:
            return conflict(request, form, error, back=_page_of(patient))
    return invalid(request, "scheduling/waitlist_change.html", context)


@require_POST
def waitlist_remove(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    entry = selectors.entry_of(patient, pk)
    services.remove_entry(entry=entry, reason=request.POST.get("reason", ""), by=request.user)
    return done(request, _page_of(patient), "Taken off the waitlist.")


@require_http_methods(["GET", "POST"])
def waitlist_offer(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Choose a free time to be offered by hand."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    entry = selectors.entry_of(patient, pk)
    form = OfferForm(_posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            offer = services.offer_time(entry=entry, by=request.user, **form.cleaned_data)
            return done(request, _page_of(patient), f"Offered until {selectors.ends_label(offer)}.")
    if request.method == "POST":
        return invalid(request, "scheduling/waitlist_offer.html", _offering(patient, entry, form))
    return render(request, "scheduling/waitlist_offer.html", _offering(patient, entry, form))


@require_POST
def waitlist_answer(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """What the person said on the telephone to an offer, or that the staff takes it back."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    offer, answer = selectors.offer_of(patient, pk), request.POST.get("answer", "")
    if answer == "accepted":
        visit = services.accept_offer(offer=offer, via=PHONE, by=request.user)
        return done(request, visit.get_absolute_url(), "Booked and confirmed.")
    if answer == "declined":
        services.decline_offer(offer=offer, via=PHONE, by=request.user)
        return done(request, _page_of(patient), "Declined. The time goes to the next who waits.")
    if answer == "withdrawn":
        services.withdraw_offer(offer=offer, by=request.user)
        return done(request, _page_of(patient), "Withdrawn. The time goes to the next who waits.")
    return HttpResponse(status=422)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page_of(patient: Patient) -> str:
    return reverse("scheduling:waitlist_person", args=[patient.uuid])


def _new_entry(request: HttpRequest, patient: Patient) -> WaitlistEntry:
    entry = WaitlistEntry(patient=patient, facility=current_facility(request.user))
    held = selectors.replaceable(patient, request.GET.get("appointment", ""))
    if held:
        entry.appointment, entry.type, entry.facility = held, held.type, held.facility
    return entry


def _asked_type(request: HttpRequest) -> dict[str, str]:
    return {"type": request.GET["type"]} if "type" in request.GET else {}


def _offering(patient: Patient, entry: WaitlistEntry, form: OfferForm) -> dict[str, Any]:
    action = reverse("scheduling:waitlist_offer", args=[patient.uuid, entry.uuid])
    offers, as_wished = selectors.offerable(entry)
    return {
        "patient": patient, "entry": entry, "form": form, "offers": offers, "as_wished": as_wished, "action": action,
        "submit": "Offer", "back": _page_of(patient), "tz": entry.facility.tz,
    }  # fmt: skip
