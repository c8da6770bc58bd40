"""Programs: what is offered, to how many, who takes part, when it meets next."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import log, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from activities import services
from activities.forms import PersonForm, ProgramForm
from activities.models import Program
from activities.selectors import programs as selectors
from activities.selectors import sessions
from activities.views._posted import posted
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid


@require_safe
def program_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    closed = "closed" in request.GET
    context = {"rows": selectors.program_rows(facility, closed=closed), "closed": closed}
    return render(request, "activities/program_list.html", context)


@require_safe
def program_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    program = selectors.program_of(facility, pk)
    log(user=request.user, action=AccessEvent.Action.LIST, target="activities:enrolled", facility_id=facility.pk)
    rows, others = selectors.enrolled_rows(program, request.user)
    context = {
        "program": program,
        "rows": rows,
        "others": others,
        "enrolled": len(rows) + others,
        "full": len(rows) + others >= program.capacity,
        "coming": sessions.coming(program),
        "person_form": PersonForm(people=selectors.could_join(program, request.user)),
        "plan_url": f"{reverse('activities:session_add')}?program={program.uuid}",
    }
    return render(request, "activities/program_detail.html", context)


def program_add(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    form = ProgramForm(posted(request), facility=facility)
    return _answer(request, form, back=reverse("activities:program_list"))


def program_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    program = selectors.program_of(facility, pk)
    form = ProgramForm(posted(request), instance=program, facility=facility)
    return _answer(request, form, back=program.get_absolute_url())


def _answer(request: HttpRequest, form: ProgramForm, *, back: str) -> HttpResponse:
    context = {"form": form, "back": back, "program": form.instance if form.instance.pk else None}
    if request.method != "POST":
        return render(request, "activities/program_form.html", context)
    if form.is_valid():
        version = form.cleaned_data.get("version")
        try:
            with shown_on(form):
                services.save_program(program=form.instance, expected_version=version, by=request.user)
        except Conflict as error:
            return conflict(request, form, error, back=back)
    if form.errors:
        return invalid(request, "activities/program_form.html", context)
    program: Program = form.instance
    return done(request, program.get_absolute_url(), "Saved.")


@require_safe
def program_choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From a program to the page that enrolls the chosen person; only somebody of the list can be chosen."""
    facility = require(request.user, Perm.PROGRAM_EDIT)
    program = selectors.program_of(facility, pk)
    form = PersonForm(request.GET, people=selectors.could_join(program, request.user))
    if not form.is_valid():
        return redirect(program.get_absolute_url())
    url = reverse("activities:enrolment_add", args=[form.cleaned_data["person"]])
    return redirect(f"{url}?program={program.uuid}")
