"""Options turned towards the person, full screen, and the signed answer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Perm
from careplans import services
from careplans.forms import AcceptanceForm, DeclineForm
from careplans.models import PlanPresentation
from careplans.selectors import option as selectors
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient

PAGE = "careplans/presentation_detail.html"


@require_POST
def presentation_start(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    presentation = services.start_presentation(patient=patient, by=request.user)
    return done(request, presentation.get_absolute_url())


@require_safe
def presentation_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_VIEW)
    presentation = selectors.presentation_of(patient, pk)
    return render(request, PAGE, _page(patient, presentation))


def _page(patient: Patient, presentation: PlanPresentation, **forms: Any) -> dict[str, Any]:
    options = selectors.shown_options(presentation)
    undecided = presentation.decided_at is None
    context = {
        "patient": patient,
        "presentation": presentation,
        "cards": selectors.cards(options),
        "undecided": undecided,
        "stale": selectors.is_stale(presentation, options),
        "may_answer": undecided and Perm.OPTION_EDIT in patient.held,
        "may_book": Perm.APPOINTMENT_EDIT in patient.held,
        "acceptance": AcceptanceForm(options=options, initial={"teach_back": presentation.teach_back}),
        "refusal": DeclineForm(options=options),
    }
    context |= forms
    chosen = context["acceptance"].data.get("option") or (str(options[0].uuid) if presentation.accepted else "")
    return context | {"chosen": chosen}


@require_POST
def presentation_accept(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Accepted and signed: on to the physician's free times."""
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    presentation = selectors.presentation_of(patient, pk)
    form = AcceptanceForm(request.POST, options=selectors.shown_options(presentation))
    if form.is_valid():
        with shown_on(form):
            services.accept_option(
                presentation=presentation,
                option=form.cleaned_data["option"],
                signer_name=form.cleaned_data["signer_name"],
                signer_role=form.cleaned_data["signer_role"],
                teach_back=form.cleaned_data["teach_back"],
                by=request.user,
            )
    if form.errors:
        return invalid(request, PAGE, _page(patient, presentation, acceptance=form))
    url = reverse("scheduling:slot_list", args=[patient.uuid])
    return done(request, url, "Accepted and signed. Now book the first visit with the physician.")


@require_POST
def presentation_decline(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    presentation = selectors.presentation_of(patient, pk)
    options = selectors.shown_options(presentation)
    form = DeclineForm(request.POST, options=options)
    message = ""
    if form.is_valid():
        with shown_on(form):
            message = _answer(request, presentation, form, options)
    if form.errors:
        return invalid(request, PAGE, _page(patient, presentation, refusal=form))
    return done(request, reverse("careplans:option_list", args=[patient.uuid]), message)


def _answer(request: HttpRequest, presentation: PlanPresentation, form: DeclineForm, options: list[Any]) -> str:
    answer, reason = form.cleaned_data["answer"], form.cleaned_data["reason"]
    if answer == DeclineForm.THINKING:
        services.keep_thinking(presentation=presentation, teach_back=reason, by=request.user)
        return "There is time to think. A task reminds the treatment desk in three days."
    if answer == DeclineForm.ALL:
        services.decline_all(presentation=presentation, reason=reason, by=request.user)
        return "Recorded: none of these options. Talk about what would fit instead."
    option = next(row for row in options if str(row.uuid) == answer)
    last = services.decline_option(presentation=presentation, option=option, reason=reason, by=request.user)
    return "Recorded: no option is left on offer." if last else "Recorded. The other options are still on offer."
