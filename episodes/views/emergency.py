"""Break-glass: asked for, ended, reviewed."""

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from core.paging import pager, place
from episodes import services
from episodes.forms import EmergencyForm, NamedEmergencyForm, ReviewForm
from episodes.selectors import emergency as selectors
from patients.access import get_patient_behind_glass, standing

PAGE = 50
OPENED = "The chart is open to you for 60 minutes. The privacy officer has been told."


def emergency_start(request: HttpRequest) -> HttpResponse:
    """Name somebody exactly, say why, and the chart opens; whoever is on no list of one's own is reached this way."""
    facility = access.require(request.user, Perm.EMERGENCY_OPEN)
    if is_reauthentication_required(request, app="episodes"):
        return _prove(request)
    form = NamedEmergencyForm(request.POST or None)
    page = {"form": form, "mine": selectors.own_emergencies(request.user, facility), "back": reverse("desks:home")}
    if request.method != "POST":
        return render(request, "episodes/emergency_start.html", page)
    opened = None
    if form.is_valid():
        with shown_on(form):
            opened = services.open_for_named(facility=facility, by=request.user, **form.asked)
    if opened is None:
        return invalid(request, "episodes/emergency_start.html", page)
    return done(request, opened.patient.get_absolute_url(), OPENED)


def emergency_open(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The same for somebody on a list of one's own whose chart asks for a reason."""
    patient = get_patient_behind_glass(request.user, patient_pk)
    if not standing(request.user, patient).asks:
        return redirect(patient.get_absolute_url())
    facility = access.require(request.user, Perm.EMERGENCY_OPEN)
    if is_reauthentication_required(request, app="episodes"):
        return _prove(request)
    form = EmergencyForm(request.POST or None)
    page = {"form": form, "patient": patient, "back": reverse("desks:home")}
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.open_emergency_access(patient=patient, facility=facility, by=request.user, **form.cleaned_data)
        if not form.errors:
            return done(request, patient.get_absolute_url(), OPENED)
    return (invalid if form.errors else render)(request, "episodes/emergency_open.html", page)


@require_POST
def emergency_end(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient_behind_glass(request.user, patient_pk)
    emergency = selectors.emergency_in_force(request.user, patient)
    if emergency:
        services.end_emergency_access(emergency=emergency, by=request.user)
    return done(request, reverse("desks:home"), "The emergency access has ended. Somebody else reviews it.")


@require_GET
def emergency_list(request: HttpRequest) -> HttpResponse:
    """The queue of reviews: what waits, the earliest due first; what is overdue; what was reviewed."""
    facility = access.require(request.user, Perm.AUDIT_APPROVE)
    show, first = request.GET.get("show", "open"), place(request, PAGE)
    rows, total = selectors.review_rows(facility, show=show, limit=PAGE, offset=first)
    action = AccessEvent.Action.LIST
    access.log(user=request.user, action=action, target="episodes:emergency_list", facility_id=facility.pk)
    counts = selectors.review_counts(facility)
    filters = [
        {"label": label, "count": counts[name], "url": f"?show={name}", "current": name == show}
        for name, label in (("open", "To review"), ("overdue", "Overdue"), ("done", "Reviewed"))
    ]
    page = {"rows": rows, "filters": filters, "show": show, "pager": pager(first, len(rows), total, PAGE, show=show)}
    return render(request, "episodes/emergency_list.html", page)


def emergency_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who opened which chart, why, and what was read; and whether that was right."""
    emergency = selectors.emergency_of(access.current_facility(request.user), pk)
    facility = access.require(request.user, Perm.AUDIT_APPROVE)
    access.log(
        user=request.user,
        data_class=Perm.AUDIT_VIEW,
        patient_id=emergency.patient_id,
        facility_id=facility.pk,
        target=f"emergency:{emergency.pk}",
    )
    form = ReviewForm(request.POST or None)
    page: dict[str, Any] = {"row": selectors.shown_to_reviewer(request.user, emergency), "form": form}
    page |= {"read": selectors.what_was_read(emergency), "back": reverse("episodes:emergency_list")}
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.review_emergency_access(emergency=emergency, by=request.user, **form.cleaned_data)
        if not form.errors:
            return done(request, page["back"], "Reviewed. The tasks about it are closed.")
    return (invalid if form.errors else render)(request, "episodes/emergency_review.html", page)


def _prove(request: HttpRequest) -> HttpResponse:
    """The password or the second factor again, unless it was given in the last five minutes."""
    return redirect_to_login(request.get_full_path(), login_url=reverse("account_reauthenticate"))
