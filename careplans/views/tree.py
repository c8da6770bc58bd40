"""Rows of the plan: add, edit, remove and move at every level; as a fragment, or as a page without JavaScript."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from accounts.roles import Perm
from careplans import services
from careplans.forms import GoalForm, InterventionForm, LibraryForm, ObjectiveForm, ProblemForm
from careplans.forms.plan import RowForm
from careplans.selectors import plan as selectors
from careplans.services.tree import Row
from careplans.views._posted import posted
from careplans.views.plan import plan_url, tree_context
from core.errors import Conflict
from core.http import conflict, done, invalid
from patients.access import get_patient
from patients.models import Patient


def problem_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    plan = selectors.plan_of(patient)

    def add(**fields: Any) -> Row:
        return services.add_problem(plan=plan, by=request.user, **fields)

    return _add(request, patient, ProblemForm(posted(request)), add, "Add a problem", "new")


def goal_add(request: HttpRequest, patient_pk: UUID, problem_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    problem = selectors.problem_of(patient, problem_pk)

    def add(**fields: Any) -> Row:
        return services.add_goal(problem=problem, by=request.user, **fields)

    return _add(request, patient, GoalForm(posted(request)), add, "Add a goal", problem.uuid)


def objective_add(request: HttpRequest, patient_pk: UUID, goal_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    goal = selectors.goal_of(patient, goal_pk)

    def add(**fields: Any) -> Row:
        return services.add_objective(goal=goal, by=request.user, **fields)

    return _add(request, patient, ObjectiveForm(posted(request)), add, "Add an objective", goal.uuid)


def intervention_add(request: HttpRequest, patient_pk: UUID, objective_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    objective = selectors.objective_of(patient, objective_pk)

    def add(**fields: Any) -> Row:
        return services.add_intervention(objective=objective, by=request.user, **fields)

    form = InterventionForm(posted(request))
    return _add(request, patient, form, add, "Add an intervention", objective.uuid, focus=objective.uuid)


def problem_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    row = selectors.problem_of(patient, pk)
    return _edit(request, patient, ProblemForm(posted(request), instance=row), "Edit the problem")


def goal_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    row = selectors.goal_of(patient, pk)
    return _edit(request, patient, GoalForm(posted(request), instance=row), "Edit the goal")


def objective_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    row = selectors.objective_of(patient, pk)
    return _edit(request, patient, ObjectiveForm(posted(request), instance=row), "Edit the objective")


def intervention_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    row = selectors.intervention_of(patient, pk)
    return _edit(request, patient, InterventionForm(posted(request), instance=row), "Edit the intervention")


def problem_remove(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _remove(request, patient, selectors.problem_of(patient, pk), "resolved")


def goal_remove(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _remove(request, patient, selectors.goal_of(patient, pk), "dropped")


def objective_remove(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _remove(request, patient, selectors.objective_of(patient, pk), "dropped")


def intervention_remove(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _remove(request, patient, selectors.intervention_of(patient, pk), "ended")


@require_POST
def problem_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _move(request, patient, selectors.problem_of(patient, pk))


@require_POST
def goal_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _move(request, patient, selectors.goal_of(patient, pk))


@require_POST
def objective_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _move(request, patient, selectors.objective_of(patient, pk))


@require_POST
def intervention_move(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    return _move(request, patient, selectors.intervention_of(patient, pk))


@require_POST
def library_insert(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PLAN_EDIT)
    plan = selectors.plan_of(patient)
    form = LibraryForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else ""
    problem = services.insert_from_library(plan=plan, key=key, by=request.user)
    return _written(request, patient, "Inserted. Reword it with the person.", problem.uuid)


def _add(
    request: HttpRequest,
    patient: Patient,
    form: RowForm,
    add: Callable[..., Row],
    title: str,
    slot: UUID | str,
    focus: UUID | None = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        row = add(**form.cleaned_data)
        return _written(request, patient, "Added.", focus or row.uuid)
    return _form(request, patient, form, title, slot, "Add")


def _edit(request: HttpRequest, patient: Patient, form: RowForm, title: str) -> HttpResponse:
    row = form.instance
    if request.method != "POST" or not form.is_valid():
        return _form(request, patient, form, title, row.uuid, "Save")
    try:
        services.edit_row(row=row, expected_version=form.cleaned_data["version"], by=request.user)
    except Conflict as error:
        answer = conflict(request, form, error, back=plan_url(patient))
        return reswap(retarget(answer, "body"), "innerHTML") if request.htmx else answer
    return _written(request, patient, "Saved.", row.uuid)


def _form(
    request: HttpRequest, patient: Patient, form: RowForm, title: str, slot: UUID | str, submit: str
) -> HttpResponse:
    """The row's form: in its place on the plan page with HTMX, else as a page of its own."""
    context = {"form": form, "patient": patient, "title": title, "submit": submit, "slot": slot}
    context["back"] = plan_url(patient)
    template = "careplans/_row_form.html" if request.htmx else "careplans/row_form.html"
    if request.method != "POST":
        return render(request, template, context)
    answer = invalid(request, template, context)
    return reswap(retarget(answer, f"#slot-{slot}"), "innerHTML") if request.htmx else answer


def _remove(request: HttpRequest, patient: Patient, row: Row, ended: str) -> HttpResponse:
    if request.method == "POST":
        gone = services.remove_row(row=row, by=request.user)
        return _written(request, patient, "Removed." if gone else f"Marked as {ended}; it stays on the plan.")
    context = {"row": row, "patient": patient, "ended": ended, "slot": row.uuid, "back": plan_url(patient)}
    context["stays"] = selectors.was_shared(row)
    template = "careplans/_row_remove.html" if request.htmx else "careplans/row_remove.html"
    return render(request, template, context)


def _move(request: HttpRequest, patient: Patient, row: Row) -> HttpResponse:
    services.move_row(row=row, up=request.POST.get("direction") == "up", by=request.user)
    return _written(request, patient, "", row.uuid)


def _written(request: HttpRequest, patient: Patient, message: str, focus: UUID | None = None) -> HttpResponse:
    """The plan as it is now: the fragment with the cursor where it was, or the page at that row."""
    if not request.htmx:
        target = plan_url(patient) + (f"#row-{focus}" if focus else "#problems")
        return done(request, target, message) if message else redirect(target)
    if message:
        messages.success(request, message)
    context = tree_context(patient, selectors.plan_of(patient), focus)
    return render(request, "careplans/_problems.html", context | {"with_messages": True})
