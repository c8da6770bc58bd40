"""Hand-offs, tasks and the baton."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.models import AccessEvent, User
from accounts.roles import Perm, Role
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from core.labels import due_label
from core.middleware import came_from
from episodes import selectors, services
from episodes.forms import BatonForm, HandoffForm, NextStepForm, ReturnForm, TaskForm
from episodes.models import EpisodeOfCare
from patients.access import get_patient
from patients.models import Patient


def handoff_send(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Offer the person's care to a desk or a colleague, `?to=` a role. Only the holder of the baton can."""
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    episode = selectors.current_episode(patient)
    page = _page(patient, episode, request.user)
    if not page["holds"]:
        return render(request, "episodes/handoff_send.html", page)
    started = {"due_at": _in(services.ACCEPT_WITHIN), "to": f"{request.GET.get('to', '')}:"}
    form = HandoffForm(request.POST or None, initial=started)
    form.fields["to"].offer(_receivers(episode, request.user))
    if request.method == "POST" and form.is_valid() and _handed(form, episode, request.user):
        return done(request, patient.get_absolute_url(), "Handed over. You hold the baton until it is accepted.")
    answer = invalid if form.errors else render
    return answer(request, "episodes/handoff_send.html", page | {"form": form})


def _handed(form: HandoffForm, episode: EpisodeOfCare, by: User) -> bool:
    role, person = form.cleaned_data.pop("to")
    with shown_on(form):
        services.send_handoff(
            episode=episode, from_role=episode.owner_role, to_role=role, to_user=person, by=by, **form.cleaned_data
        )
    return not form.errors


@require_GET
def handoff_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_VIEW)
    handoff = selectors.handoff_of(patient, pk)
    panel = selectors.handoff_panel(handoff, timezone.get_current_timezone())
    mine = selectors.may_answer(request.user, handoff) and Perm.HANDOFF_EDIT in patient.held
    if mine:
        panel["accept_url"] = reverse("episodes:handoff_accept", args=[patient_pk, pk])
        panel["return_url"] = reverse("episodes:handoff_return", args=[patient_pk, pk])
    withdraw_url = reverse("episodes:handoff_withdraw", args=[patient_pk, pk])
    sent_by_me = handoff.from_user_id == request.user.pk and handoff.status == handoff.Status.REQUESTED
    page = {"patient": patient, "handoff": handoff, "panel": panel, "mine": mine}
    page["withdraw_url"] = withdraw_url if sent_by_me else None
    return render(request, "episodes/handoff_detail.html", page)


@require_POST
def handoff_accept(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    handoff = services.accept_handoff(handoff=selectors.handoff_of(patient, pk), by=request.user)
    return done(request, patient.get_absolute_url(), f"Accepted. You hold the baton now: {handoff.next_step}.")


def handoff_return(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Give it back with what is missing. The person's page closes with it, so the way leads home."""
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    handoff = selectors.handoff_of(patient, pk)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.return_handoff(handoff=handoff, reason=form.cleaned_data["reason"], by=request.user)
        if not form.errors:
            return done(request, _home_or(request.user, patient), "Returned. The sender has a task to complete it.")
    page = {"patient": patient, "handoff": handoff, "form": form, "draft": f"return-{pk}"}
    page["back"] = reverse("episodes:handoff_detail", args=[patient_pk, pk])
    return (invalid if form.errors else render)(request, "episodes/handoff_return.html", page)


@require_POST
def handoff_withdraw(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    services.withdraw_handoff(handoff=selectors.handoff_of(patient, pk), by=request.user)
    return done(request, patient.get_absolute_url(), "Withdrawn. You hold the baton as before.")


def next_step_edit(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Say what comes next and by when: the holder of the baton, or the clinical coordinator."""
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    episode = selectors.current_episode(patient)
    page = _page(patient, episode, request.user)
    if not (page["holds"] or page["may_pass"]):
        return render(request, "episodes/next_step_edit.html", page)
    form = NextStepForm(request.POST or None, instance=episode)
    if request.method == "POST" and form.is_valid():
        try:
            _step_set(form, episode, request.user)
        except Conflict as error:
            return conflict(request, form, error, back=patient.get_absolute_url())
        if not form.errors:
            return done(request, patient.get_absolute_url(), "The next step is changed.")
    return (invalid if form.errors else render)(request, "episodes/next_step_edit.html", page | {"form": form})


def _step_set(form: NextStepForm, episode: EpisodeOfCare, by: User) -> None:
    words, due_at, version = (form.cleaned_data[name] for name in ("next_step", "due_at", "version"))
    with shown_on(form):
        services.set_next_step(episode=episode, next_step=words, due_at=due_at, by=by, expected_version=version)


def baton_pass(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Make a colleague the holder at once: cover or reassignment, by the holder or the clinical coordinator."""
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    episode = selectors.current_episode(patient)
    page = _page(patient, episode, request.user)
    if not (page["holds"] or page["may_pass"]):
        return render(request, "episodes/baton_pass.html", page)
    started = {"next_step": episode.next_step, "due_at": max(episode.due_at, _in(services.ACCEPT_WITHIN))}
    form = BatonForm(request.POST or None, initial=started)
    form.fields["to"].offer(_receivers(episode, episode.owner), desks=False)
    if request.method == "POST" and form.is_valid() and _passed(form, episode, request.user):
        return done(request, _home_or(request.user, patient), "The baton is passed on.")
    return (invalid if form.errors else render)(request, "episodes/baton_pass.html", page | {"form": form})


def _passed(form: BatonForm, episode: EpisodeOfCare, by: User) -> bool:
    role, person = form.cleaned_data.pop("to")
    with shown_on(form):
        services.pass_baton(episode=episode, to=person, role=role, by=by, **form.cleaned_data)
    return not form.errors


@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    facility = access.current_facility(request.user)
    action = AccessEvent.Action.LIST
    access.log(user=request.user, action=action, target="episodes:task_list", facility_id=facility.pk)
    counts = selectors.task_counts(request.user, facility)
    show = request.GET.get("show", "all")
    filters = [
        {"label": label, "count": counts[name], "url": f"?show={name}", "current": name == show}
        for name, label in (("overdue", "Overdue"), ("today", "Due later today"), ("all", "All"))
    ]
    rows = selectors.task_rows(request.user, facility, show)
    return render(request, "episodes/task_list.html", {"rows": rows, "filters": filters, "show": show})


@require_GET
def task_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lead to the thing a task is about. Its address is looked up here, so that lists of tasks need not."""
    task = selectors.task_of(request.user, access.current_facility(request.user), pk)
    return redirect(selectors.task_target(task) or "episodes:task_list")


@require_POST
def task_take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make it mine. It is looked up whoever has it by now: the refusal says that a colleague was quicker."""
    task = selectors.desk_task_of(request.user, access.current_facility(request.user), pk)
    services.take_task(task=task, by=request.user)
    return done(request, came_from(request), "Taken: it is yours now. You can give it back to the desk.")


@require_POST
def task_give_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = selectors.task_of(request.user, access.current_facility(request.user), pk)
    services.give_back_task(task=task, by=request.user)
    return done(request, came_from(request), "Given back: it waits for somebody at the desk to take it.")


@require_POST
def task_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    task = selectors.task_of(request.user, access.current_facility(request.user), pk)
    services.close_task(task=task, by=request.user)
    return done(request, came_from(request), "Done, and off the list.")


def task_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.HANDOFF_EDIT)
    facility = access.current_facility(request.user)
    form = TaskForm(request.POST or None, initial={"due_at": _in(services.NEXT_STEP_WITHIN)})
    roles = selectors.roles_with(Perm.HANDOFF_VIEW)
    form.fields["to"].offer(selectors.colleagues(facility, roles=roles, but=request.user))
    if request.method == "POST" and form.is_valid() and _asked(form, patient, request.user):
        return done(request, patient.get_absolute_url(), "Asked. It is on their list now.")
    page = {"patient": patient, "form": form, "back": patient.get_absolute_url(), "draft": f"task-{patient_pk}"}
    return (invalid if form.errors else render)(request, "episodes/task_add.html", page)


def _asked(form: TaskForm, patient: Patient, by: User) -> bool:
    role, person = form.cleaned_data.pop("to")
    with shown_on(form):
        services.add_task(patient=patient, role=role, owner=person, by=by, **form.cleaned_data)
    return not form.errors


def _page(patient: Patient, episode: EpisodeOfCare | None, user: User) -> dict[str, object]:
    """What the pages about the baton share: who holds it, and what the viewer may do about it."""
    page: dict[str, object] = {"patient": patient, "episode": episode, "back": patient.get_absolute_url()}
    page |= {"holds": False, "may_pass": False}
    if episode:
        page["holds"] = episode.owner_id == user.pk
        page["may_pass"] = Role.CLINICAL_COORDINATOR in access.roles_at(user, episode.facility)
        page["owner_role"] = Role(episode.owner_role).label
        page["due"] = due_label(episode.due_at, episode.facility.tz)
    return page


def _receivers(episode: EpisodeOfCare, holder: User) -> dict[str, list[User]]:
    roles = selectors.roles_with(Perm.HANDOFF_EDIT)
    return selectors.colleagues(episode.facility, roles=roles, but=holder)


def _home_or(user: User, patient: Patient) -> str:
    """The patient's page while the person may still see it."""
    return patient.get_absolute_url() if selectors.may_still_see(user, patient) else "/"


def _in(distance: timedelta) -> datetime:
    return (timezone.now() + distance).replace(second=0, microsecond=0)
