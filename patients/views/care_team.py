"""The care team."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import current_facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients import forms, selectors, services
from patients.access import get_patient, may_change_team, require_standing
from patients.models import Patient


def care_team(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_VIEW)
    return render(request, "patients/care_team.html", _context(request, patient))


@require_POST
def care_team_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    require_standing(request.user, patient)
    facility = current_facility(request.user)
    form = forms.CareTeamForm(request.POST, colleagues=selectors.colleagues(facility, patient))
    if form.is_valid():
        chosen = form.cleaned_data["colleague"]
        with shown_on(form):
            services.add_care_team_member(
                patient=patient, user=chosen.user, facility=facility, role=chosen.role, by=request.user
            )
    if form.errors:
        return invalid(request, "patients/care_team.html", _context(request, patient) | {"form": form})
    return done(request, _team(patient), "Your colleague is on the team and may open this chart now.")


@require_POST
def care_team_end(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    require_standing(request.user, patient)
    services.end_care_team_member(member=selectors.care_team_member_of(patient, pk), by=request.user)
    return done(request, _team(patient), "The place on the team has ended, and with it access to this chart.")


def _context(request: HttpRequest, patient: Patient) -> dict:
    context = {"patient": patient, "team": selectors.care_team(patient), "may_change": may_change_team(patient)}
    context["outside"] = selectors.outside_care_team(patient)
    if context["may_change"]:
        facility = current_facility(request.user)
        context["form"] = forms.CareTeamForm(colleagues=selectors.colleagues(facility, patient))
    return context


def _team(patient: Patient) -> str:
    return reverse("patients:care_team", args=[patient.uuid])
