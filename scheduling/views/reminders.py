"""The ledger of reminders and the list of calls."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import log, may, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.http import done
from core.middleware import came_from
from patients.access import get_patient
from scheduling import selectors, services
from scheduling.models import CallAttempt
from scheduling.preview import preview


@require_GET
def reminder_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.REMINDER_STATUS)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:reminder_list", facility_id=facility.pk)
    context = {
        "ledger": selectors.ledger(facility, request.user),
        "may_settle": may(request.user, Perm.REMINDER_EDIT),
        "may_call": may(request.user, Perm.APPOINTMENT_EDIT),
        "base": reverse("scheduling:day") + "patients/",
    }
    return render(request, "scheduling/reminder_list.html", context)


@require_GET
def reminder_preview(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    reminder = selectors.reminder_of(patient, pk)
    context = {"patient": patient, "preview": preview(reminder), "back": reverse("scheduling:reminder_list")}
    return render(request, "scheduling/reminder_preview.html", context)


@require_POST
def reminder_resolve(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    reminder = selectors.reminder_of(patient, pk)
    arrived = request.POST.get("answer") == "arrived"
    services.resolve_reminder(reminder=reminder, arrived=arrived, by=request.user)
    back = came_from(request)
    said = "Noted: it arrived." if arrived else "It goes out again within the minute."
    return done(request, back if back != "/" else reverse("scheduling:reminder_list"), said)


@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.APPOINTMENT_EDIT)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:call_list", facility_id=facility.pk)
    rows = selectors.call_list_rows(facility, user=request.user)
    return render(request, "scheduling/call_list.html", {"rows": rows, "outcomes": CallAttempt.Outcome.choices})
