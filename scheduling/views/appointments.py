"""A person's appointments, and one of them with all that belongs to it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import current_facility, log
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.http import done, file_answer, invalid
from core.pdf import render_pdf
from patients.access import get_patient
from patients.models import Patient
from scheduling import selectors, services
from scheduling.forms import CallForm
from scheduling.models import Appointment, CallAttempt
from scheduling.printing import appointments_data
from scheduling.selectors.series import series_rows
from scheduling.views.board import week_title


@require_GET
def appointment_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """As a list, or with `?view=` as a week or a month."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    facility = current_facility(request.user)
    today = timezone.now().astimezone(facility.tz).date()
    shown, here = selectors.parse_day(request.GET.get("day", ""), today), request.path
    context: dict[str, Any] = {"patient": patient, "may_book": Perm.APPOINTMENT_EDIT in patient.held, "list_url": here}
    context |= {"week_url": f"{here}?view=week&day={shown}", "month_url": f"{here}?view=month&day={shown}"}
    if request.GET.get("view") == "month":
        context |= _month(here, patient, facility, shown)
    elif request.GET.get("view") == "week":
        board = _week(here, patient, facility, shown, today)
        context |= board | {"board": selectors.patient_week(patient, facility, board["monday"], request.user)}
    else:
        context["ahead"], context["behind"] = selectors.appointments_of(patient, facility)
        context["series"] = series_rows(patient, facility)
    part = request.htmx and "board" in context
    return render(request, "scheduling/_board.html" if part else "scheduling/appointment_list.html", context)


@require_GET
def appointment_list_pdf(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The appointments to come, on paper, for the person to take home."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    facility = current_facility(request.user)
    log(
        user=request.user,
        action=AccessEvent.Action.PRINT,
        data_class=Perm.APPOINTMENT_VIEW,
        patient_id=patient.pk,
        target="scheduling:appointment_list",
    )
    ahead, _ = selectors.appointments_of(patient, facility)
    content = render_pdf("records/pdf/table.typ", appointments_data(patient, facility, ahead))
    return file_answer(content, content_type="application/pdf", name="appointments.pdf", inline=True)


@require_GET
def appointment_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    appointment = selectors.appointment_of(patient, pk)
    context = _detail(appointment, patient)
    return render(request, "scheduling/_reply.html" if request.htmx else "scheduling/appointment_detail.html", context)


@require_POST
def appointment_cancel(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    services.cancel_appointment(appointment=appointment, reason=request.POST.get("reason", ""), by=request.user)
    return done(request, appointment.get_absolute_url(), "Cancelled. The time is free again.")


@require_POST
def call_add(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    appointment = selectors.appointment_of(patient, pk)
    form = CallForm(request.POST)
    if not form.is_valid():
        return invalid(request, "scheduling/appointment_detail.html", _detail(appointment, patient) | {"call": form})
    attempt = services.log_call(appointment=appointment, by=request.user, **form.cleaned_data)
    return done(request, appointment.get_absolute_url(), f"Call logged: {attempt.get_outcome_display().lower()}.")


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
        "may_move": may_edit and upcoming and appointment.status != Appointment.Status.PROPOSED,
        "may_settle": Perm.REMINDER_EDIT in patient.held,
        "next_statuses": selectors.next_statuses(appointment) if may_edit else [],
        "step_back": selectors.step_back(appointment) if may_edit else ("", ""),
        "overrides": selectors.overrides_of(appointment),
        "offered_until": selectors.offered_until(appointment),
        "held_for": selectors.held_for(appointment),
        "may_join": selectors.joinable(appointment),
        "reminders": selectors.reminders_of(appointment) if Perm.REMINDER_STATUS in patient.held else None,
        "answers": selectors.answers_to(appointment),
        "outcomes": CallAttempt.Outcome.choices,
        "call": CallForm(),
    }


def _month(here: str, patient: Patient, facility: Facility, shown: date) -> dict[str, Any]:
    first = shown.replace(day=1)
    earlier, later = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)
    return {
        "shows": "month",
        "title": f"{first:%B %Y}",
        "weeks": selectors.patient_month(patient, facility, shown),
        "earlier": f"{here}?view=month&day={earlier}",
        "later": f"{here}?view=month&day={later}",
        "now_url": f"{here}?view=month",
    }


def _week(here: str, patient: Patient, facility: Facility, shown: date, today: date) -> dict[str, Any]:
    monday = shown - timedelta(days=shown.weekday())
    return {
        "shows": "week",
        "monday": monday,
        "title": week_title(monday, monday + timedelta(days=6), today),
        "earlier": f"{here}?view=week&day={monday - timedelta(days=7)}",
        "later": f"{here}?view=week&day={monday + timedelta(days=7)}",
        "now_url": f"{here}?view=week",
        "here": f"{here}?view=week&day={monday}",
    }
