"""Requests for copies of the record: the list by their clock, and each act of the desk on one."""

from decimal import Decimal
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
from records.forms.releases import CourtForm, DenyForm, ExtendForm, FeeForm, ReleaseForm
from records.models import ReleaseRequest
from records.selectors import releases as shown
from records.services import releases as services
from records.views.acting import act, sent

PAGE = 50
TABS = {
    "open": ("Open", list(ReleaseRequest.OPEN)),
    "released": ("Released", [ReleaseRequest.Status.COMPLETED]),
    "denied": ("Denied or withdrawn", [ReleaseRequest.Status.REJECTED, ReleaseRequest.Status.CANCELLED]),
}
POSTED = ["GET", "HEAD", "POST"]


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    """A facility's requests, the next due first."""
    perm = Perm.DISCLOSURE_EDIT if access.may(request.user, Perm.DISCLOSURE_EDIT) else Perm.DISCLOSURE_APPROVE
    facility = access.require(request.user, perm)
    access.log(
        user=request.user, action=AccessEvent.Action.LIST, target="records:release_list", facility_id=facility.pk,
        data_class=perm,
    )  # fmt: skip
    tab = request.GET.get("show") if request.GET.get("show") in TABS else "open"
    # The privacy officer is asked about legal requests alone.
    kind = "" if perm == Perm.DISCLOSURE_EDIT else ReleaseRequest.Kind.LEGAL
    asked: dict[str, Any] = {"statuses": TABS[tab][1], "kind": kind}
    total, page = shown.release_count(facility, **asked), _page(request)
    context = {
        "rows": shown.release_rows(facility, first=(page - 1) * PAGE, size=PAGE, **asked),
        "tabs": [{"label": label, "url": f"?show={key}", "active": key == tab} for key, (label, _) in TABS.items()],
        "shown": tab,
        "pager": _pager(tab, page, total),
    }
    return render(request, "records/release_list.html", context)


@require_http_methods(POSTED)
def release_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    facility = selectors.working_facility(request.user, patient)
    form = ReleaseForm(sent(request), **_choices(patient, facility))
    context = {"patient": patient, "form": form, "back": reverse("records:disclosure_list", args=[patient.uuid])}
    if request.method != "POST":
        return render(request, "records/release_add.html", context)
    if form.is_valid():
        with shown_on(form):
            received = form.cleaned_data.pop("received_on")
            release = services.receive_request(
                patient=patient, facility=facility, wanted=services.Wanted(**form.cleaned_data),
                received_on=received, by=request.user,
            )  # fmt: skip
    if form.errors:
        return invalid(request, "records/release_add.html", context)
    return done(request, release.get_absolute_url(), "Received. The clock of 30 days runs.")


@require_http_methods(POSTED)
def release_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Limit what will leave: kinds, days, single papers."""
    patient, release = _loaded(request, patient_pk, pk)
    form = ReleaseForm(sent(request), initial=_initial(release), **_choices(patient, release.facility))
    del form.fields["received_on"]
    context = {"patient": patient, "form": form, "release": release, "back": release.get_absolute_url()}
    if request.method != "POST":
        return render(request, "records/release_add.html", context)
    if form.is_valid():
        with shown_on(form):
            services.change_request(release=release, wanted=services.Wanted(**form.cleaned_data), by=request.user)
    if form.errors:
        return invalid(request, "records/release_add.html", context)
    return done(request, release.get_absolute_url(), "Changed. Look at the preview before it leaves.")


@require_POST
def release_take(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    _, release = _loaded(request, patient_pk, pk)
    services.take_request(release=release, by=request.user)
    return done(request, release.get_absolute_url(), "It is yours now.")


@require_http_methods(POSTED)
def release_extend(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, release = _loaded(request, patient_pk, pk)
    form = ExtendForm(sent(request))
    said = "Extended by 30 days. Tell the person the reason and the new last day in writing."
    return act(
        request, patient, release.get_absolute_url(), form, "Extend by 30 days", said,
        lambda words: services.extend_request(release=release, by=request.user, **words),
    )  # fmt: skip


@require_http_methods(POSTED)
def release_fee(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, release = _loaded(request, patient_pk, pk)
    form = FeeForm(
        sent(request), initial={"fee": Decimal(release.fee_cents).scaleb(-2), "paid_on": release.fee_paid_on}
    )
    return act(
        request, patient, release.get_absolute_url(), form, "Note the fee", "The fee is noted.",
        lambda words: services.set_fee(
            release=release, fee_cents=form.cents, paid_on=words["paid_on"], by=request.user
        ),
    )  # fmt: skip


@require_http_methods(POSTED)
def release_court(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, release = _loaded(request, patient_pk, pk)
    form = CourtForm(sent(request), papers=shown.papers_of(patient, release.facility))
    said = "Order and subpoena are on file. The privacy officer has to approve."
    return act(
        request, patient, release.get_absolute_url(), form, "File order and subpoena", said,
        lambda words: services.file_court_papers(release=release, by=request.user, **words),
    )  # fmt: skip


@require_POST
def release_approve(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_APPROVE)
    release = shown.release_of(patient, pk)
    services.approve_request(release=release, by=request.user)
    return done(request, release.get_absolute_url(), "Approved. The clerk can release it.")


@require_http_methods(POSTED)
def release_deny(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient, release = _loaded(request, patient_pk, pk)
    form, said = DenyForm(sent(request)), "Denied. Tell the person the reason, and how to have it reviewed."
    return act(
        request, patient, release.get_absolute_url(), form, "Deny the request", said,
        lambda words: services.deny_request(release=release, by=request.user, **words),
    )  # fmt: skip


@require_POST
def release_withdraw(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    _, release = _loaded(request, patient_pk, pk)
    services.withdraw_request(release=release, by=request.user)
    return done(request, reverse("records:release_list"), "Noted as withdrawn. The record is closed to the desk again.")


def _loaded(request: HttpRequest, patient_pk: UUID, pk: UUID) -> tuple[Patient, ReleaseRequest]:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_EDIT)
    return patient, shown.release_of(patient, pk)


def _choices(patient: Patient, facility: Any) -> dict[str, Any]:
    return {
        "papers": shown.papers_of(patient, facility),
        "consents": shown.consents_to_choose(patient, facility),
        "partners": shown.partners_to_choose(),
    }


def _initial(release: ReleaseRequest) -> dict[str, Any]:
    found = {name: getattr(release, name) for name in ReleaseForm.base_fields if name not in ("papers", "received_on")}
    found["papers"] = [paper.uuid for paper in release.papers.all()]
    found["consent"] = release.consent and release.consent.uuid
    found["partner"] = release.partner and release.partner.uuid
    return found


def _page(request: HttpRequest) -> int:
    page = request.GET.get("page", "1")
    return max(int(page), 1) if page.isdecimal() else 1


def _pager(tab: str, page: int, total: int) -> dict[str, Any]:
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, total)
    return {
        "text": f"{first} to {last} of {total}" if total > PAGE else "",
        "newer": f"?show={tab}&page={page - 1}" if page > 1 else None,
        "older": f"?show={tab}&page={page + 1}" if last < total else None,
    }
