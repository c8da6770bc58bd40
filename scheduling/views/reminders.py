"""The ledger of reminders, and what a person decides about one message."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import log, may, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.http import done, invalid
from core.middleware import came_from
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import LedgerForm
from scheduling.models import Reminder
from scheduling.preview import preview

SAID = {
    "arrived": "Noted: it arrived.",
    "again": "It goes out again within the minute.",
}


@require_GET
def reminder_list(request: HttpRequest) -> HttpResponse:
    """The four lists of the day, or one list by status and day."""
    facility = require(request.user, Perm.REMINDER_STATUS)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:reminder_list", facility_id=facility.pk)
    form = LedgerForm(request.GET)
    context = {
        "form": form,
        "may_settle": may(request.user, Perm.REMINDER_EDIT),
        "may_call": may(request.user, Perm.APPOINTMENT_EDIT),
        "base": reverse("scheduling:day") + "patients/",
    }
    if form.is_valid() and (form.cleaned_data["state"] or form.cleaned_data["day"]):
        context |= _page(request, facility, form.cleaned_data["state"], form.cleaned_data["day"])
    else:
        context |= _overview(facility, request)
    return render(request, "scheduling/reminder_list.html", context)


@require_GET
@csp_update({"frame-src": [SELF]})
def reminder_preview(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    reminder = selectors.reminder_of(patient, pk)
    context = {"patient": patient, "reminder": reminder, "preview": preview(reminder)}
    context["back"] = reverse("scheduling:reminder_list")
    return render(request, "scheduling/reminder_preview.html", context)


@require_http_methods(["GET", "POST"])
def reminder_resolve(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """What became of a message that failed or is in doubt: the page says what follows from each answer."""
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    reminder = selectors.reminder_of(patient, pk)
    answer = request.POST.get("answer", "")
    if request.method != "POST":
        return render(request, "scheduling/reminder_resolve.html", _resolving(patient, reminder))
    if answer not in SAID:
        return invalid(request, "scheduling/reminder_resolve.html", _resolving(patient, reminder))
    services.resolve_reminder(reminder=reminder, arrived=answer == "arrived", by=request.user)
    return done(request, reverse("scheduling:reminder_list"), SAID[answer])


@require_POST
def reminder_hold(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    services.hold_back_reminder(reminder=selectors.reminder_of(patient, pk), by=request.user)
    return done(request, _back(request), "Held back. Nothing goes unless you let it go.")


@require_POST
def reminder_release(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    services.let_go_reminder(reminder=selectors.reminder_of(patient, pk), by=request.user)
    return done(request, _back(request), "It goes at its time, or within the minute if that is past.")


def _back(request: HttpRequest) -> str:
    back = came_from(request)
    return back if back != "/" else reverse("scheduling:reminder_list")


def _resolving(patient: Patient, reminder: Reminder) -> dict[str, Any]:
    appointment = reminder.appointment
    return {
        "patient": patient,
        "reminder": reminder,
        "row": selectors.reminder_row(reminder, appointment.facility),
        "tz": appointment.facility.tz,
        "is_open": reminder.status in selectors.DEAD,
        "appointment": appointment,
        "back": reverse("scheduling:reminder_list"),
    }


def _overview(facility: Facility, request: HttpRequest) -> dict[str, Any]:
    lists = selectors.ledger(facility, request.user)
    counts = {
        name: f"{selectors.FIRST_ROWS}+" if name in lists.more else len(getattr(lists, name))
        for name in ("due", "dead", "skipped", "sent")
    }
    return {"ledger": lists, "counts": counts}


def _page(request: HttpRequest, facility: Facility, state: str, day: date | None) -> dict[str, Any]:
    asked = request.GET.get("from", "")
    first = int(asked) if asked.isdecimal() else 0
    page = selectors.ledger_page(facility, request.user, state=state, day=day, first=first)
    chosen = {"state": state, "day": day.isoformat() if day else ""}

    def to(place: int) -> str:
        return "?" + urlencode({name: value for name, value in chosen.items() if value} | {"from": place})

    size = selectors.LEDGER_A_PAGE
    pager = {
        "text": f"{first + 1} to {first + len(page.rows)}" if page.rows else "",
        "newer": to(max(first - size, 0)) if first else None,
        "older": to(first + size) if page.more else None,
    }
    return {"page": page, "pager": pager}
