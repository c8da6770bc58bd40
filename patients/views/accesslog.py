"""The read log's reports: by person, chart, time, kind and outcome; who looked at one record; whom a breach affects."""

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from accounts.access import log, require
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from core.http import invalid
from core.pdf import render_pdf
from core.times import day_bounds
from patients.access import get_patient
from patients.forms import BreachForm, LogFilterForm
from patients.models import Patient
from patients.papers import who_looked_paper
from patients.selectors import accesslog, breach, wholooked

Action = AccessEvent.Action


@require_GET
def log_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.AUDIT_VIEW)
    form = LogFilterForm(request.GET, people=accesslog.staff_of(facility))
    if not form.is_valid():
        return invalid(request, "patients/log_list.html", {"form": form})
    question, chart = _question(facility, form.cleaned_data)
    _note(request.user, facility, Action.LIST, "patients:log_list", chart)
    page = accesslog.log_page(request.user, facility, question, request.GET.get("after", ""))
    asked = {name: value for name, value in request.GET.items() if value and name != "after"}
    context = {"form": form, "page": page, "asked": urlencode(asked), "chart": chart}
    context["pager"] = _pager(request, page, asked)
    return render(request, "patients/log_list.html", context)


@require_GET
def log_export(request: HttpRequest) -> HttpResponse:
    """The lines that the list shows, for a spreadsheet; a line of the log itself."""
    facility = require(request.user, Perm.AUDIT_VIEW)
    form = LogFilterForm(request.GET, people=accesslog.staff_of(facility))
    if not form.is_valid():
        return invalid(request, "patients/log_list.html", {"form": form})
    question, chart = _question(facility, form.cleaned_data)
    _note(request.user, facility, Action.EXPORT, "patients:log_export", chart)
    return _table("access-log", accesslog.log_table(facility, question))


@require_GET
def breach_scope(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.AUDIT_VIEW)
    form = BreachForm(request.GET or None, people=accesslog.staff_of(facility))
    if not form.is_bound:
        return render(request, "patients/breach_scope.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "patients/breach_scope.html", {"form": form})
    person, since, until = _window(facility, form.cleaned_data)
    _note(request.user, facility, Action.LIST, "patients:breach_scope")
    found = breach.scope(request.user, facility, person, since, until)
    context = {"form": form, "found": found, "person": person, "asked": request.GET.urlencode()}
    return render(request, "patients/breach_scope.html", context)


@require_GET
def breach_export(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.AUDIT_VIEW)
    form = BreachForm(request.GET, people=accesslog.staff_of(facility))
    if not form.is_valid():
        return invalid(request, "patients/breach_scope.html", {"form": form})
    person, since, until = _window(facility, form.cleaned_data)
    _note(request.user, facility, Action.EXPORT, "patients:breach_export")
    return _table("affected-charts", breach.scope_table(facility, person, since, until))


@require_GET
def who_looked(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Who looked at this record, as the patient may ask to see it."""
    patient, facility = _watched(request.user, patient_pk)
    context = {"patient": patient, "rows": wholooked.looks(patient, facility)}
    return render(request, "patients/who_looked.html", context)


@require_GET
def who_looked_print(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The same on paper, in the patient's language."""
    patient, facility = _watched(request.user, patient_pk)
    log(user=request.user, action=Action.PRINT, data_class=Perm.AUDIT_VIEW, patient_id=patient.pk)
    with translation.override("es" if patient.language.startswith("es") else "en"):
        paper = who_looked_paper(patient, facility, wholooked.looks(patient, facility))
    answer = HttpResponse(render_pdf("patients/pdf/who_looked.typ", paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="who-looked.pdf"'
    return answer


def _watched(user: User, patient_pk: UUID) -> tuple[Patient, Facility]:
    """The patient, and the facility at which the person watches over the log. Raises like the door, and 403."""
    patient = get_patient(user, patient_pk, Perm.DISCLOSURE_VIEW)
    return patient, require(user, Perm.AUDIT_VIEW)


def _question(facility: Facility, given: dict[str, Any]) -> tuple[accesslog.Question, Patient | None]:
    person = accesslog.staff_member(facility, given["person"]) if given["person"] else None
    chart = accesslog.chart(facility, given["chart"])
    question = accesslog.Question(
        user_id=person.pk if person else None,
        patient_id=chart.pk if chart else None,
        since=day_bounds(given["since"], facility.tz)[0] if given["since"] else None,
        until=day_bounds(given["until"], facility.tz)[1] if given["until"] else None,
        action=given["action"],
        outcome=given["outcome"],
        subject=given["subject"],
    )
    return question, chart


def _window(facility: Facility, given: dict[str, Any]) -> tuple[User, datetime, datetime]:
    return accesslog.staff_member(facility, given["person"]), given["since"], given["until"]


def _note(user: User, facility: Facility, action: str, target: str, chart: Patient | None = None) -> None:
    chart_id = chart.pk if chart else None
    log(user=user, action=action, target=target, facility_id=facility.pk, patient_id=chart_id)


def _pager(request: HttpRequest, page: accesslog.Page, asked: dict[str, str]) -> dict[str, Any]:
    after = request.GET.get("after", "")
    return {
        "text": "Newest first" if not after else "Older lines",
        "newer": f"?{urlencode(asked)}" if after else None,
        "older": f"?{urlencode(asked | {'after': page.older})}" if page.older else None,
    }


def _table(name: str, rows: Iterable[list[str]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y-%m-%d}.csv"'
    csv.writer(answer).writerows(rows)
    return answer
