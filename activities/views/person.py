"""One person's activities, and taking part in a program."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import current_facility
from accounts.roles import Perm
from activities import services
from activities.access import get_participant
from activities.forms import EnrolmentForm
from activities.selectors import people as selectors
from activities.selectors import programs
from activities.views._posted import posted
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient


@require_safe
def patient_activity(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Counts for who holds the status alone; sessions with the person's own lines for who may view."""
    patient = get_participant(request.user, patient_pk)
    facility = current_facility(request.user)
    context = {"patient": patient, "weeks": selectors.weeks_of(patient, facility)}
    if Perm.ACTIVITY_VIEW in patient.held:
        context["enrolments"] = selectors.enrolments_of(patient, facility)
        context["rows"] = selectors.attendances_of(patient, facility)
        context["full"] = True
    context["editable"] = Perm.ACTIVITY_EDIT in patient.held
    return render(request, "activities/patient_activity.html", context)


def enrolment_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.ACTIVITY_EDIT)
    facility = current_facility(request.user)
    chosen = programs.chosen(facility, request.GET.get("program", ""))
    form = EnrolmentForm(posted(request), facility=facility, initial={"program": chosen})
    context = {"form": form, "patient": patient, "back": activity_url(patient), "offered": programs.places(facility)}
    if Perm.PLAN_EXTRACT in patient.held:
        context["extract"] = selectors.extract(patient)
    if request.method != "POST":
        return render(request, "activities/enrolment_add.html", context)
    if form.is_valid():
        with shown_on(form):
            row = services.enrol(patient=patient, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "activities/enrolment_add.html", context)
    return done(request, row.program.get_absolute_url(), "Enrolled, with a seat in each coming session that is free.")


def enrolment_end(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Asks first; what was recorded stays."""
    patient = get_patient(request.user, patient_pk, Perm.ACTIVITY_EDIT)
    enrolment = selectors.enrolment_of(patient, pk)
    if request.method != "POST":
        context = {"patient": patient, "enrolment": enrolment, "back": activity_url(patient)}
        return render(request, "activities/enrolment_end.html", context)
    services.end_enrolment(enrolment=enrolment, by=request.user)
    return done(request, enrolment.program.get_absolute_url(), "The enrollment has ended; the seats are free again.")


def activity_url(patient: Patient) -> str:
    return reverse("activities:patient_activity", args=[patient.uuid])
