"""The care plan: its page, its words, its editions, who has read it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_facility, log, may
from accounts.models import AccessEvent
from accounts.roles import Perm
from careplans import services
from careplans.forms import AssessmentRequestForm, LibraryForm, PlanForm
from careplans.models import CarePlan
from careplans.printing import plan_data
from careplans.selectors import desk, path
from careplans.selectors import plan as selectors
from careplans.views._posted import posted
from core.errors import Conflict, shown_on
from core.http import conflict, done, file_answer, invalid
from core.pdf import render_pdf
from patients.access import get_patient
from patients.models import Patient


@require_safe
def plan_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_VIEW)
    plan = selectors.current_plan(patient)
    episode = selectors.open_episode(patient)
    context = tree_context(patient, plan) if plan else {"patient": patient, "plan": None}
    context |= {
        "episode": episode,
        "may_start": Perm.PLAN_EDIT in patient.held and episode is not None,
        "steps": path.path_steps(path.reached(episode)),
        "next_action": path.next_action(patient, plan, episode, request.user),
        "asked_note": path.asked_note(patient),
    }
    if plan:
        rows = selectors.acknowledgements_of(plan)
        context |= {"acknowledgements": rows, "mine": selectors.my_acknowledgement(rows, request.user)}
    return render(request, "careplans/plan_detail.html", context)


@require_safe
def plan_pdf(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The plan as it stands, on paper: to read together and to take home."""
    patient = get_patient(request.user, patient_pk, Perm.PLAN_VIEW)
    plan = selectors.plan_of(patient)
    log(
        user=request.user,
        action=AccessEvent.Action.PRINT,
        data_class=Perm.PLAN_VIEW,
        patient_id=patient.pk,
        target=f"careplans.CarePlan:{plan.pk}",
    )
    data = plan_data(patient, plan, selectors.problems_of(plan), selectors.acknowledgements_of(plan))
    content = render_pdf("careplans/pdf/plan.typ", data)
    return file_answer(content, content_type="application/pdf", name="care-plan.pdf", inline=True)


def tree_context(patient: Patient, plan: CarePlan, focus: UUID | None = None) -> dict[str, Any]:
    """What the fragment `_problems.html` needs."""
    problems = selectors.problems_of(plan)
    return {
        "patient": patient,
        "plan": plan,
        "rows": selectors.tree_rows(plan, problems, focus),
        "missing": selectors.missing_parts(problems),
        "changed": selectors.changed_since_shared(plan, problems),
        "review_near": selectors.review_is_near(plan),
        "editable": Perm.PLAN_EDIT in patient.held,
        "library": LibraryForm(),
        "share_url": reverse("careplans:plan_share", args=[patient.uuid]),
        "share_label": f"Share edition {plan.edition + 1}",
    }


@require_POST
def plan_start(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    services.start_plan(patient=patient, by=request.user)
    return done(request, plan_url(patient), "The draft is there. Needs and precautions come from intake.")


def plan_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    plan = selectors.plan_of(patient)
    form = PlanForm(posted(request), instance=plan)
    context = {"form": form, "patient": patient, "plan": plan, "back": plan_url(patient)}
    if request.method != "POST":
        return render(request, "careplans/plan_edit.html", context)
    if form.is_valid():
        try:
            services.edit_plan(plan=form.instance, expected_version=form.cleaned_data["version"], by=request.user)
        except Conflict as error:
            return conflict(request, form, error, back=plan_url(patient))
        return done(request, plan_url(patient), "Saved.")
    return invalid(request, "careplans/plan_edit.html", context)


@require_POST
def plan_share(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    plan = services.share_plan(plan=selectors.plan_of(patient), by=request.user)
    asked = len(selectors.acknowledgements_of(plan))
    who = f"{asked} asked to read it" if asked else "nobody else is on the care team yet"
    return done(request, plan_url(patient), f"Edition {plan.edition} is shared; {who}.")


@require_POST
def plan_acknowledge(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """HANDOFF_EDIT is what every desk on the path holds; the service asks whether this person was asked."""
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    row = services.acknowledge_plan(plan=selectors.plan_of(patient), by=request.user)
    return done(request, row.get_absolute_url(), "Thank you: your acknowledgement is recorded.")


@require_safe
def plan_extract(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EXTRACT)
    plan = selectors.current_plan(patient)
    shared = plan if plan and plan.edition else None
    rows = selectors.acknowledgements_of(shared) if shared else []
    context = {
        "patient": patient,
        "plan": shared,
        "goals": selectors.extract_of(shared) if shared else [],
        "mine": selectors.my_acknowledgement(rows, request.user),
    }
    return render(request, "careplans/plan_extract.html", context)


@require_safe
def acknowledgement_list(request: HttpRequest) -> HttpResponse:
    """What I am asked to read; and, for who writes plans, who has not read mine and since when."""
    facility = current_facility(request.user)
    target = "careplans:acknowledgement_list"
    log(user=request.user, action=AccessEvent.Action.LIST, target=target, facility_id=facility.pk)
    writes = may(request.user, Perm.PLAN_EDIT)
    context = {
        "mine": desk.my_acknowledgements(request.user, facility),
        "awaited": desk.acknowledgements_awaited(request.user, facility) if writes else [],
        "writes": writes,
    }
    return render(request, "careplans/acknowledgement_list.html", context)


def assessment_request(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    episode = selectors.open_episode(patient)
    facility = episode.facility if episode else current_facility(request.user)
    form = AssessmentRequestForm(posted(request), facility=facility)
    context = {"form": form, "patient": patient, "back": plan_url(patient)}
    if request.method != "POST":
        return render(request, "careplans/assessment_request.html", context)
    if form.is_valid():
        with shown_on(form):
            services.request_assessment(patient=patient, clinician=form.cleaned_data["clinician"], by=request.user)
    if form.errors:
        return invalid(request, "careplans/assessment_request.html", context)
    return done(request, plan_url(patient), f"{form.cleaned_data['clinician']} has 48 hours for the packet.")


def plan_url(patient: Patient) -> str:
    return reverse("careplans:plan_detail", args=[patient.uuid])
