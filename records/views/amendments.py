"""Requests to amend the record."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors
from records.forms.amendments import AcceptForm, AmendmentForm, DenialForm, StatementForm
from records.forms.releases import ExtendForm
from records.models import AmendmentRequest
from records.selectors import amendments as shown
from records.selectors.releases import papers_of
from records.services import amendments as services
from records.views.acting import act, sent

PAGE = 50
Status = AmendmentRequest.Status
TABS = {
    "open": ("Open", [Status.REQUESTED]),
    "answered": ("Answered", [Status.ACCEPTED, Status.REJECTED, Status.CANCELLED]),
}
POSTED = ["GET", "HEAD", "POST"]


@require_safe
def amendment_list(request: HttpRequest) -> HttpResponse:
    """A facility's requests, the next due first."""
    facility = access.require(request.user, Perm.DISCLOSURE_EDIT)
    access.log(
        user=request.user, action=AccessEvent.Action.LIST, target="records:amendment_list", facility_id=facility.pk,
        data_class=Perm.DISCLOSURE_EDIT,
    )  # fmt: skip
    tab = request.GET.get("show") if request.GET.get("show") in TABS else "open"
    page = max(int(asked), 1) if (asked := request.GET.get("page", "1")).isdecimal() else 1
    total = shown.amendment_count(facility, statuses=TABS[tab][1])
    context = {
        "rows": shown.amendment_rows(facility, statuses=TABS[tab][1], first=(page - 1) * PAGE, size=PAGE),
        "tabs": [{"label": label, "url": f"?show={key}", "active": key == tab} for key, (label, _) in TABS.items()],
        "shown": tab,
        "pager": {
            "text": f"{total} in all" if total > PAGE else "",
            "newer": f"?show={tab}&page={page - 1}" if page > 1 else None,
            "older": f"?show={tab}&page={page + 1}" if page * PAGE < total else None,
        },
    }
    return render(request, "records/amendment_list.html", context)


@require_http_methods(POSTED)
def amendment_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    facility = selectors.working_facility(request.user, patient)
    form = AmendmentForm(sent(request), papers=papers_of(patient, facility))
    context = {"patient": patient, "form": form, "title": "Receive a request to amend"}
    context["back"] = reverse("records:disclosure_list", args=[patient.uuid])
    if request.method != "POST":
        return render(request, "records/request_act.html", context)
    if form.is_valid():
        with shown_on(form):
            row = services.receive_amendment(patient=patient, facility=facility, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "records/request_act.html", context)
    return done(request, row.get_absolute_url(), "Received. The clock of 60 days runs.")


@require_safe
def amendment_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_VIEW)
    row = shown.amendment_of(patient, pk)
    context = {"patient": patient, "row": row, "tone": shown.TONES[Status(row.status)]}
    context |= {"due": shown.day_due(row.last_day, row.facility), "may_edit": Perm.DISCLOSURE_EDIT in patient.held}
    return render(request, "records/amendment_detail.html", context)


@require_http_methods(POSTED)
def amendment_extend(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    said = "Extended by 30 days. Tell the person the reason and the new last day in writing."
    return _act(
        request, patient_pk, pk, ExtendForm(sent(request)), "Extend by 30 days", said, services.extend_amendment
    )


@require_http_methods(POSTED)
def amendment_accept(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    said = "Appended. Tell the person, and whom the person names."
    return _act(
        request, patient_pk, pk, AcceptForm(sent(request)), "Accept and append", said, services.accept_amendment
    )


@require_http_methods(POSTED)
def amendment_deny(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    said = "Denied. Tell the person the reason, and that a statement of disagreement may be handed in."
    return _act(request, patient_pk, pk, DenialForm(sent(request)), "Deny the amendment", said, services.deny_amendment)


@require_http_methods(POSTED)
def amendment_disagree(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    said = "The statement travels with the record from now on."
    title = "Statement of disagreement"
    return _act(request, patient_pk, pk, StatementForm(sent(request)), title, said, services.add_disagreement)


@require_http_methods(POSTED)
def amendment_rebut(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    said = "The rebuttal travels with the record. Give the person a copy."
    return _act(request, patient_pk, pk, StatementForm(sent(request)), "Rebuttal", said, services.add_rebuttal)


@require_POST
def amendment_withdraw(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    _, row = _loaded(request, patient_pk, pk)
    services.withdraw_amendment(amendment=row, by=request.user)
    return done(request, reverse("records:amendment_list"), "Noted as withdrawn.")


def _loaded(request: HttpRequest, patient_pk: UUID, pk: UUID) -> tuple[Patient, AmendmentRequest]:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    return patient, shown.amendment_of(patient, pk)


def _act(
    request: HttpRequest, patient_pk: UUID, pk: UUID, form: Any, title: str, said: str, service: Callable[..., object]
) -> HttpResponse:
    patient, row = _loaded(request, patient_pk, pk)
    return act(
        request, patient, row.get_absolute_url(), form, title, said,
        lambda words: service(amendment=row, by=request.user, **words),
    )  # fmt: skip
