"""Interview, screenings and level of care."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from episodes.models import EpisodeOfCare
from intake import selectors, services
from intake.access import get_reader_patient, get_writer_patient
from intake.forms.interview import InterviewForm, SubstanceFormset, with_substances
from intake.forms.level import LevelForm, initial_ratings
from intake.forms.screening import ScreeningForm
from intake.instruments import INSTRUMENTS
from intake.views.record import intake_url
from intake.views.referrals import get_or_post
from patients.models import Patient


@get_or_post
def interview_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The interview: a draft at any time, completed once, read-only after the hand-over."""
    patient = get_reader_patient(request.user, patient_pk)
    episode = _episode(patient)
    interview = selectors.interview_of(patient, episode)
    lock = selectors.lock_reason(request.user, episode)
    if lock and request.method != "POST":
        return render(request, "intake/interview_detail.html", _interview_read(patient, episode, interview, lock))
    complete = request.POST.get("action") == "complete" or bool(interview.completed_at)
    form = InterviewForm(request.POST or None, instance=interview)
    lines = SubstanceFormset(request.POST or None, initial=selectors.substances_of(interview) or None)
    lines.age, lines.complete = patient.age_on(timezone.localdate()), complete
    context = {"patient": patient, "form": form, "lines": lines, "interview": interview, "cancel": intake_url(patient)}
    if request.method != "POST":
        return render(request, "intake/interview_edit.html", context)
    if form.is_valid() & lines.is_valid():
        try:
            with shown_on(form):
                services.save_interview(
                    patient=patient,
                    answers=form.answers(),
                    substances=lines.substances(),
                    complete=complete,
                    expected_version=form.cleaned_data.get("version"),
                    by=request.user,
                )
        except Conflict as error:
            with_substances(form, lines, error.current, selectors.substances_of(error.current))
            return conflict(request, form, error, back=intake_url(patient))
    if form.errors or lines.total_error_count():
        return invalid(request, "intake/interview_edit.html", context)
    said = "The interview is complete." if complete else "Saved. Go on whenever you like."
    return done(request, intake_url(patient), said)


def _episode(patient: Patient) -> EpisodeOfCare:
    episode = selectors.current_episode(patient)
    if episode is None:
        raise Http404
    return episode


def _interview_read(patient: Patient, episode: EpisodeOfCare, interview: Any, lock: str) -> dict[str, Any]:
    section = next(row for row in selectors.packet_of(patient, episode).sections if row.title == "Interview")
    return {"patient": patient, "interview": interview, "section": section, "lock": lock, "back": intake_url(patient)}


@require_GET
def screening_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Each instrument with its latest score and its course; all scores in a table."""
    patient = get_reader_patient(request.user, patient_pk)
    episode = _episode(patient)
    rows = selectors.screening_rows(patient, episode.facility.tz)
    context = {
        "patient": patient,
        "rows": rows,
        "cards": selectors.instrument_cards(patient, rows),
        "may_screen": bool(patient.held & {Perm.INTAKE_EDIT, Perm.ASSESSMENT_EDIT}) and episode.is_open,
        "back": intake_url(patient),
    }
    return render(request, "intake/screening_list.html", context)


@get_or_post
def screening_add(request: HttpRequest, patient_pk: UUID, instrument: str) -> HttpResponse:
    patient = get_writer_patient(request.user, patient_pk)
    tool = INSTRUMENTS.get(instrument)
    if tool is None:
        raise Http404
    form = ScreeningForm(tool, request.POST or None)
    cancel = reverse("intake:screening_list", args=[patient.uuid])
    context = {"patient": patient, "form": form, "tool": tool, "cancel": cancel}
    if request.method != "POST":
        return render(request, "intake/screening_add.html", context)
    if form.is_valid():
        with shown_on(form):
            screening = services.record_screening(
                patient=patient, instrument=tool.slug, answers=form.answers(), by=request.user
            )
    if form.errors:
        return invalid(request, "intake/screening_add.html", context)
    return done(request, screening.get_absolute_url(), "The screening is scored and kept.")


@require_GET
def screening_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_reader_patient(request.user, patient_pk)
    screening = selectors.screening_of(patient, pk)
    tool = INSTRUMENTS[screening.instrument]
    context = {
        "patient": patient,
        "screening": screening,
        "tool": tool,
        "tone": selectors.tone_of(tool, screening.band),
        "items": selectors.screening_items(screening),
        "tz": screening.episode.facility.tz,
        "back": reverse("intake:screening_list", args=[patient.uuid]),
        "intake_url": intake_url(patient),
        "may_edit": Perm.INTAKE_EDIT in patient.held,
    }
    return render(request, "intake/screening_detail.html", context)


@get_or_post
def level_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Rate, read the recommendation (fragment `recommendation`, or a first submit), decide."""
    patient = get_writer_patient(request.user, patient_pk)
    episode = _episode(patient)
    before = selectors.latest_determination(episode)
    lock = selectors.lock_reason(request.user, episode)
    form = LevelForm(request.POST or None, initial=initial_ratings(before))
    context = {"patient": patient, "form": form, "before": before, "lock": lock, "cancel": intake_url(patient)}
    if request.method != "POST":
        return render(request, "intake/level_edit.html", context)
    form.is_valid()
    if len(form.ratings()) == len(form.questions()):
        context["level"], context["recommendation"] = services.recommended_level(form.ratings())
    if request.htmx and request.htmx.target == "recommendation":
        return render(request, "intake/_recommendation.html", context)
    if request.POST.get("action") == "recommend" and not form.errors:
        return render(request, "intake/level_edit.html", context)
    if not form.errors and form.cleaned_data["seen"] != context["level"].code:
        form.add_error(None, "Read the recommendation below first, then decide.")
    if not form.errors:
        with shown_on(form):
            services.decide_level(
                patient=patient,
                ratings=form.ratings(),
                decided=form.cleaned_data["decided"],
                person_centred=form.cleaned_data["person_centred"],
                difference_reason=form.cleaned_data["difference_reason"],
                by=request.user,
            )
    if form.errors:
        return invalid(request, "intake/level_edit.html", context)
    return done(request, intake_url(patient), "The level of care is decided.")
