"""Whether charts are complete: what is missing, from whom; and the rules that say so."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from core.middleware import came_from
from patients.access import get_patient
from records import selectors, services
from records.forms import ChartRuleForm, MissingFilterForm
from records.models import ChartRule


@require_safe
def chart_list(request: HttpRequest) -> HttpResponse:
    """What is missing in the facility's charts, the longest first."""
    facility = access.require(request.user, _overseeing_right(request))
    access.log(
        user=request.user,
        action=AccessEvent.Action.LIST,
        target="records:chart_list",
        facility_id=facility.pk,
        data_class=Perm.DOCUMENT_FILE,
    )
    form = MissingFilterForm(request.GET or None)
    owed_by = form.cleaned_data["owed_by"] if form.is_valid() else ""
    after = _after(request)
    page = selectors.missing_page(request.user, facility, owed_by=owed_by, after=after)
    context = {
        "rows": page.rows,
        "is_partial": page.is_partial,
        "filter_form": form,
        "has_rules": selectors.chart_rules(facility).exists(),
        "may_rule": access.may(request.user, Perm.FORMS_EDIT),
        "pager": _pager(page, owed_by, after),
    }
    return render(request, "records/chart_list.html", context)


@require_POST
def chart_ask(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Ask the owing desk for what is missing."""
    patient = get_patient(request.user, patient_pk, _overseeing_right(request, Perm.DOCUMENT_VIEW))
    rule = selectors.chart_rule_of(selectors.working_facility(request.user, patient), pk)
    services.ask_for_missing(patient=patient, rule=rule, by=request.user)
    return done(
        request, came_from(request), f"Asked: the {rule.get_owed_by_display().lower()} has a task, due in a day."
    )


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    return render(request, "records/rule_list.html", {"rules": selectors.chart_rules(facility), **_sees_all(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def rule_add(request: HttpRequest) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    form = ChartRuleForm(request.POST or None, instance=ChartRule(facility=facility))
    return _saved(request, form, "The rule holds from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    form = ChartRuleForm(request.POST or None, instance=selectors.chart_rule_of(facility, pk))
    return _saved(request, form, "The rule is changed.")


@require_POST
def rule_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    services.retire_chart_rule(rule=selectors.chart_rule_of(facility, pk), by=request.user)
    return done(request, reverse("records:rule_list"), "The rule is retired.")


@require_POST
def rule_usual(request: HttpRequest) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    services.add_usual_rules(facility=facility, by=request.user)
    return done(request, reverse("records:rule_list"), "The usual rules hold from now on. Change what differs here.")


def _overseeing_right(request: HttpRequest, otherwise: Perm = Perm.BOARD_VIEW) -> Perm:
    """The clerk's right, else that of those who look after all charts."""
    return Perm.DOCUMENT_FILE if access.may(request.user, Perm.DOCUMENT_FILE) else otherwise


def _sees_all(request: HttpRequest) -> dict[str, bool]:
    return {"sees_missing": access.may(request.user, _overseeing_right(request))}


def _saved(request: HttpRequest, form: ChartRuleForm, said: str) -> HttpResponse:
    back = reverse("records:rule_list")
    if form.is_bound and form.is_valid():
        try:
            with shown_on(form):
                version = form.cleaned_data.get("version")
                services.save_chart_rule(rule=form.instance, by=request.user, expected_version=version)
        except Conflict as error:
            return conflict(request, form, error, back=back)
    if form.is_bound and form.is_valid():
        return done(request, back, said)
    answer = invalid if form.is_bound else render
    context: dict[str, Any] = {"form": form, "rule": form.instance if form.instance.pk else None, "back": back}
    return answer(request, "records/rule_form.html", context)


def _after(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["after"])
    except (KeyError, ValueError):
        return None


def _pager(page: selectors.MissingPage, owed_by: str, after: UUID | None) -> dict[str, Any]:
    kept = {"owed_by": owed_by}
    return {
        "text": "The stays that began first come first" if page.after or after else "",
        "newer": f"?{urlencode(kept)}" if after else None,
        "older": f"?{urlencode(kept | {'after': page.after})}" if page.after else None,
    }
