"""Visits that recur: booked, looked at, changed in three scopes, cancelled."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import current_facility
from accounts.models import Facility
from accounts.roles import Perm
from core.errors import DomainError, shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from scheduling import services
from scheduling.forms.series import CancelSeriesForm, DaysForm, SeriesChangeForm, SeriesForm
from scheduling.models import Appointment, Series
from scheduling.selectors import series as selectors
from scheduling.selectors.seriesplan import Plan, change_plan

FOLLOWING, ALL = "following", "all"


@require_http_methods(["GET", "POST"])
def series_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    facility = current_facility(request.user)
    form = SeriesForm(_posted(request), facility=facility, initial={"interval": 1})
    back = reverse("scheduling:appointment_list", args=[patient.uuid])
    context = {
        "patient": patient, "facility": facility, "form": form, "back": back, "draft": f"series-add-{patient.uuid}",
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "scheduling/series_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.require_bookable(patient=patient, type=form.cleaned_data["type"])
            return _add(request, patient, form, context)
    return invalid(request, "scheduling/series_add.html", context)


def _add(request: HttpRequest, patient: Patient, form: SeriesForm, context: dict[str, Any]) -> HttpResponse:
    """The days to look at; booked once they were looked at and each is settled."""
    chosen = form.cleaned_data
    plan = selectors.examined(selectors.plan_of_new(**chosen), patient=patient, type=chosen["type"])
    days = _days(request, plan, chosen["type"].facility)
    if days.is_valid():
        try:
            series = services.book_series(patient=patient, choices=days.choices, by=request.user, **chosen)
            return done(request, series.get_absolute_url(), "The series is booked.")
        except services.DaysRefused as refusal:
            plan = selectors.examined(plan, patient=patient, type=chosen["type"], refused=refusal.days)
            days = _days(request, plan, chosen["type"].facility)
    return _preview(request, "scheduling/series_add.html", context, plan, days)


@require_GET
def series_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_VIEW)
    series = selectors.series_of(patient, pk)
    ahead, behind = selectors.series_visits(series)
    context = {
        "patient": patient, "series": series, "words": selectors.series_words(series), "ahead": ahead,
        "behind": behind, "tz": series.facility.tz, "may_edit": Perm.APPOINTMENT_EDIT in patient.held,
        "later": getattr(series, "continued_by", None),
        "left": sum(1 for row in ahead if row.get("is_to_come")),
    }  # fmt: skip
    return render(request, "scheduling/series_detail.html", context)


@require_http_methods(["GET", "POST"])
def series_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    series, visit, scope = _asked(request, patient, pk)
    context = _scope(patient, series, visit, scope)
    if not scope:
        return render(request, "scheduling/series_choose.html", context)
    form = SeriesChangeForm(_posted(request), series=series)
    context |= {"form": form}
    if request.method == "GET":
        return render(request, "scheduling/series_edit.html", context)
    if form.is_valid():
        with shown_on(form):
            return _edit(request, series, visit if scope == FOLLOWING else None, form, context)
    return invalid(request, "scheduling/series_edit.html", context)


def _edit(
    request: HttpRequest, series: Series, since: Appointment | None, form: SeriesChangeForm, context: dict[str, Any]
) -> HttpResponse:
    """The days to look at; changed once they were looked at and each is settled."""
    who: dict[str, Any] = {"patient": series.patient, "type": series.type}
    plan = selectors.examined(change_plan(series, form.terms, since), **who)
    days = _days(request, plan, series.facility)
    if days.is_valid():
        try:
            changed = services.change_series(
                series=series, terms=form.terms, since=since, choices=days.choices, seen=plan.signature, by=request.user
            )
            return done(request, changed.get_absolute_url(), "The series is changed.")
        except services.DaysRefused as refusal:
            plan = selectors.examined(plan, refused=refusal.days, **who)
            days = _days(request, plan, series.facility)
        except DomainError as error:
            if error.code != "changed":
                raise
            # Read anew, the days are no longer those that were looked at.
            return series_edit(request, series.patient.uuid, series.uuid)
    if _is_stale(request, days):
        context["changed"] = selectors.last_change(series)
    return _preview(request, "scheduling/series_edit.html", context, plan, days)


@require_http_methods(["GET", "POST"])
def series_cancel(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    series, visit, scope = _asked(request, patient, pk)
    since = visit if scope == FOLLOWING else None
    form = CancelSeriesForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            rows = services.cancel_series(series=series, since=since, by=request.user, **form.cleaned_data)
            said = "1 visit is cancelled." if len(rows) == 1 else f"{len(rows)} visits are cancelled."
            return done(request, series.get_absolute_url(), f"{said} The times are free again.")
    following, own = selectors.visits_to_cancel(series, since)
    context = _scope(patient, series, visit, scope or ALL) | {"form": form, "rows": following, "own": own}
    stale = form.is_bound and form.cleaned_data.get("seen") not in {None, series.version}
    code = 409 if stale else 422 if request.method == "POST" else 200
    return render(request, "scheduling/series_cancel.html", context, status=code)


def _posted(request: HttpRequest) -> QueryDict | None:
    """An empty POST is a form with nothing filled in, not one that was never sent."""
    return request.POST if request.method == "POST" else None


def _asked(request: HttpRequest, patient: Patient, pk: UUID) -> tuple[Series, Appointment | None, str]:
    """Which series, visit and scope the address names: without a visit, all.

    A visit that somebody has given to another part of the series in between leads to that part.
    """
    series = selectors.series_of(patient, pk)
    visit = selectors.visit_of(patient, request.GET.get("visit"))
    scope = request.GET.get("scope", "" if visit else ALL)
    if scope not in {"", FOLLOWING, ALL} or (scope == FOLLOWING and visit is None):
        raise Http404
    if visit is not None and visit.series is not None and visit.series != series:
        series = selectors.series_of(patient, visit.series.uuid)
    return series, visit, scope


def _scope(patient: Patient, series: Series, visit: Appointment | None, scope: str) -> dict[str, Any]:
    ahead, _ = selectors.series_visits(series)
    on = visit.occurrence_on if visit else None
    following = [row for row in ahead if row.get("follows") and (on is None or row["on"] >= on)]
    return {
        "patient": patient, "series": series, "visit": visit, "scope": scope, "words": selectors.series_words(series),
        "row": next((row for row in ahead if visit and row.get("uuid") == visit.uuid), None),
        "query": f"visit={visit.uuid}" if visit else "",
        "draft": f"series-{scope}-{visit.uuid if visit else series.uuid}",
        "following": len(following), "all": sum(1 for row in ahead if row.get("follows")),
        "facility": series.facility, "tz": series.facility.tz, "back": series.get_absolute_url(),
    }  # fmt: skip


def _days(request: HttpRequest, plan: Plan, facility: Facility) -> DaysForm:
    """What was said of the days, if it was of this plan that it was said; otherwise they are only shown."""
    step, looked = request.POST.get("step"), request.POST.get("looked") == plan.signature
    posted = request.POST if step in {"do", "rest"} and looked else None
    return DaysForm(plan.lines, facility=facility, posted=posted, rest=step == "rest")


def _is_stale(request: HttpRequest, days: DaysForm) -> bool:
    """Whether something was said of days that are no longer those that were looked at."""
    return request.POST.get("step") in {"do", "rest"} and not days.is_bound


def _preview(request: HttpRequest, template: str, context: dict[str, Any], plan: Plan, days: DaysForm) -> HttpResponse:
    """The days and what becomes of each: 422 if some are not settled, 409 if they are not those looked at."""
    rows = [row | days.shown(row["line"]) for row in selectors.plan_rows(plan, context["facility"])]
    stale = _is_stale(request, days)
    context |= {
        "plan": plan, "days": days, "stale": stale, "rows": rows, "tz": context["facility"].tz,
        "planned": sum(1 for row in rows if row["field"]), "problems": sum(1 for row in rows if row["problem"]),
    }  # fmt: skip
    return render(request, template, context, status=409 if stale else 422 if days.errors else 200)
