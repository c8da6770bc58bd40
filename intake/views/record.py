"""The checklist of an intake; demographics and coverage."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from intake import selectors, services
from intake.forms.record import CoverageCheckForm, CoverageForm, DemographicsForm
from intake.models import Coverage
from intake.views.referrals import get_or_post
from patients.access import get_patient


def intake_url(patient: Any) -> str:
    return reverse("intake:intake_detail", args=[patient.uuid])


@require_GET
def intake_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Every step with what is missing and where to go on."""
    patient = get_patient(request.user, patient_pk, Perm.INTAKE_VIEW)
    episode = selectors.current_episode(patient)
    context: dict[str, Any] = {"patient": patient, "episode": episode, "may_edit": Perm.INTAKE_EDIT in patient.held}
    if episode:
        steps, taken = selectors.checklist(patient, episode), selectors.accepted_handover(episode)
        context |= {
            "steps": steps if context["may_edit"] and not taken else selectors.to_read(steps),
            "open_steps": [step for step in steps[:-1] if step.blocks],
            "lock": selectors.lock_reason(request.user, episode) if context["may_edit"] else "",
            "handoff": selectors.open_handoff(episode),
            "taken": taken,
            "referral": episode.referrals.order_by("-received_at").first(),
            "coverages": selectors.coverages_of(patient) if Perm.COVERAGE_VIEW in patient.held else [],
            "may_cover": Perm.COVERAGE_EDIT in patient.held,
            "tz": episode.facility.tz,
        }
    return render(request, "intake/intake_detail.html", context)


@get_or_post
def demographics_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.IDENTITY_EDIT)
    initial = selectors.demographics_of(patient)
    form = DemographicsForm(request.POST or None, instance=patient, initial=initial)
    context = {"patient": patient, "form": form, "cancel": intake_url(patient)}
    if request.method != "POST":
        return render(request, "intake/demographics_edit.html", context)
    if form.is_valid():
        try:
            with shown_on(form):
                services.save_demographics(
                    patient=patient,
                    identity=form.identity(),
                    contact=form.contact(),
                    expected_version=form.cleaned_data["version"] or 0,
                    by=request.user,
                )
        except Conflict as error:
            vars(error.current).update(selectors.demographics_of(error.current))
            return conflict(request, form, error, back=context["cancel"])
    if form.errors:
        return invalid(request, "intake/demographics_edit.html", context)
    return done(request, intake_url(patient), "Demographics are saved.")


@get_or_post
def coverage_edit(request: HttpRequest, patient_pk: UUID, pk: UUID | None = None) -> HttpResponse:
    """Add a coverage, or change the named one."""
    patient = get_patient(request.user, patient_pk, Perm.COVERAGE_EDIT)
    coverage = selectors.coverage_of(patient, pk) if pk else Coverage(patient=patient)
    form = CoverageForm(request.POST or None, instance=coverage)
    context = {
        "patient": patient,
        "form": form,
        "coverage": coverage,
        "is_new": pk is None,
        "cancel": intake_url(patient),
    }
    if request.method != "POST":
        return render(request, "intake/coverage_edit.html", context)
    if form.is_valid():
        try:
            with shown_on(form):
                services.save_coverage(
                    coverage=coverage, expected_version=form.cleaned_data.get("version"), by=request.user
                )
        except Conflict as error:
            return conflict(request, form, error, back=context["cancel"])
    if form.errors:
        return invalid(request, "intake/coverage_edit.html", context)
    if coverage.status == Coverage.Status.DRAFT:
        url = reverse("intake:coverage_check", args=[patient.uuid, coverage.uuid])
        return done(request, url, "The coverage is saved. Check it with the payer next.")
    return done(request, intake_url(patient), "The coverage is saved.")


@get_or_post
def coverage_check(request: HttpRequest, patient_pk: UUID, pk: UUID | None = None) -> HttpResponse:
    """Log a check of the named coverage, or of the one that pays first."""
    patient = get_patient(request.user, patient_pk, Perm.COVERAGE_EDIT)
    coverage = selectors.coverage_of(patient, pk)
    form = CoverageCheckForm(request.POST or None)
    context = {"patient": patient, "form": form, "coverage": coverage, "cancel": intake_url(patient)}
    if request.method != "POST":
        return render(request, "intake/coverage_check.html", context)
    if form.is_valid():
        with shown_on(form):
            services.check_coverage(coverage=coverage, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "intake/coverage_check.html", context)
    return done(request, intake_url(patient), "The check is logged.")
