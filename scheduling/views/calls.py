"""The list of calls: who is called now, what is said, and what came of it."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import current_facility, log, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from scheduling import selectors, services
from scheduling.forms import ListedCallForm, NextTryForm
from scheduling.models import CallAttempt
from scheduling.script import call_script, may_leave_message

Outcome = CallAttempt.Outcome
BUTTONS = (Outcome.CONFIRMED, Outcome.RESCHEDULE, Outcome.MESSAGE, Outcome.NO_MESSAGE, Outcome.NO_ANSWER)


@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.APPOINTMENT_EDIT)
    page = _page(request, facility)
    if request.headers.get("X-Seen") == page["calls"].digest:
        return HttpResponse(status=204)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:call_list", facility_id=facility.pk)
    return render(request, "scheduling/_calls.html" if request.htmx else "scheduling/call_list.html", page)


@require_POST
def call_start(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    services.start_call(appointment=selectors.appointment_of(patient, pk), by=request.user)
    return done(request, reverse("scheduling:call_list") + "#call")


@require_POST
def call_stop(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    services.end_call(appointment=selectors.appointment_of(patient, pk), by=request.user)
    return done(request, reverse("scheduling:call_list"), "Put back: nothing was logged.")


@require_POST
def call_log(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """From the list: the outcome, and on to the free times if the person wants another."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    form = ListedCallForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            values = form.cleaned_data | {"seen": str(form.cleaned_data["seen"] or "")}
            attempt = services.log_call(appointment=appointment, by=request.user, **values)
            services.end_call(appointment=appointment, by=request.user)
            back = reverse("scheduling:call_list")
            if attempt.outcome == Outcome.RESCHEDULE:
                back = reverse("scheduling:appointment_move", args=[patient.uuid, appointment.uuid])
            return done(request, back, f"Call logged: {attempt.get_outcome_display().lower()}.")
    return _again(request, form)


@require_POST
def call_next(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Only another time for the next try."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    form = NextTryForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            services.set_next_try(appointment=appointment, by=request.user, **form.cleaned_data)
            services.end_call(appointment=appointment, by=request.user)
            return done(request, reverse("scheduling:call_list"), "The next try is changed.")
    return _again(request, form)


def _again(request: HttpRequest, form: Form) -> HttpResponse:
    """The list with what is wrong; the calls that it shows now count as seen."""
    page = _page(request, current_facility(request.user))
    mine = page["calls"].mine
    form.data = form.data.copy()
    form.data["seen"] = mine["seen"] if mine else ""
    return invalid(request, "scheduling/call_list.html", page | {"form": form})


def _page(request: HttpRequest, facility: Facility) -> dict[str, Any]:
    first = request.GET.get("from", "")
    calls = selectors.call_list(facility, request.user, first=int(first) if first.isdecimal() else 0)
    here = f"{reverse('scheduling:call_list')}?from={calls.first}"
    page: dict[str, Any] = {"calls": calls, "here": here, "pager": _pager(calls)}
    if calls.mine:
        phones = calls.mine["appointment"].patient.phones
        page["script"] = call_script(calls.mine["appointment"], phones)
        page["outcomes"] = [
            (value.value, value.label) for value in BUTTONS if value != Outcome.MESSAGE or may_leave_message(phones)
        ]
        page["form"] = ListedCallForm(initial={"seen": calls.mine["seen"]})
    return page


def _pager(calls: selectors.CallList) -> dict[str, Any]:
    size, base = selectors.CALLS_A_PAGE, reverse("scheduling:call_list")
    if not calls.first and not calls.more:
        return {}
    return {
        "text": f"{calls.first + 1} to {calls.first + len(calls.now)} of {calls.total}",
        "newer": f"{base}?from={max(calls.first - size, 0)}" if calls.first else None,
        "older": f"{base}?from={calls.first + size}" if calls.more else None,
    }
