"""New referrals: received, called, accepted or declined."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import log, may, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from intake import selectors, services
from intake.forms.referral import CallForm, DeclineForm, InquiryForm, ReferralFilterForm
from patients.access import get_patient
from patients.selectors import possible_duplicates

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """Waiting ones by their clock, and what was decided lately."""
    facility = require(request.user, Perm.REFERRAL_VIEW)
    filters = ReferralFilterForm(request.GET)
    chosen = filters.chosen()
    page, waiting = selectors.waiting_page(facility, request.user, chosen, request.GET.get("page", "1"))
    context = {
        "filters": filters,
        "waiting": waiting,
        "decided": selectors.decided_rows(facility, request.user, chosen),
        "pager": _pager(page, chosen),
        "total": page.paginator.count,
        "may_answer": may(request.user, Perm.INTAKE_EDIT),
        "tz": facility.tz,
    }
    log(
        user=request.user,
        action=AccessEvent.Action.LIST,
        data_class=Perm.REFERRAL_VIEW,
        target="intake:referral_list",
        facility_id=facility.pk,
    )
    return render(request, "intake/referral_list.html", context)


def _pager(page: Page, chosen: dict[str, str]) -> dict[str, Any]:
    def url(number: int) -> str:
        return "?" + urlencode({**chosen, "page": number})

    text = f"{page.start_index()} to {page.end_index()} of {page.paginator.count}" if page.paginator.count else ""
    return {
        "text": text,
        "newer": url(page.previous_page_number()) if page.has_previous() else None,
        "older": url(page.next_page_number()) if page.has_next() else None,
    }


@get_or_post
def referral_add(request: HttpRequest) -> HttpResponse:
    """The inquiry; while it is typed, people on the record who may be the one (fragment `duplicates`)."""
    facility = require(request.user, Perm.IDENTITY_EDIT)
    form = InquiryForm(request.POST or None)
    context = {"form": form, "cancel": reverse("intake:referral_list")}
    if request.method != "POST":
        return render(request, "intake/referral_add.html", context)
    candidates = possible_duplicates(user=request.user, facility=facility, **form.likeness())
    log(user=request.user, action=AccessEvent.Action.SEARCH, target="intake:referral_add", facility_id=facility.pk)
    context |= {"candidates": selectors.candidate_rows(candidates), "chosen": request.POST.get("person", "")}
    if request.htmx and request.htmx.target == "duplicates":
        return render(request, "intake/_duplicates.html", context)
    if form.is_valid():
        form.choose(candidates)
    if form.is_valid():
        with shown_on(form):
            referral = services.receive_referral(
                facility=facility, patient=form.patient, by=request.user, **form.referral()
            )
    if form.errors:
        return invalid(request, "intake/referral_add.html", context)
    return done(request, referral.get_absolute_url(), "The inquiry is saved. First response is due in 30 minutes.")


@require_GET
def referral_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.REFERRAL_VIEW)
    referral = selectors.referral_of(patient, pk)
    return render(request, "intake/referral_detail.html", _about(patient, referral))


@get_or_post
def referral_call(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The number to call, and what came of it."""
    patient = get_patient(request.user, patient_pk, Perm.REFERRAL_EDIT)
    referral = selectors.referral_of(patient, pk)
    form = CallForm(request.POST or None)
    context = _about(patient, referral) | {"form": form, "cancel": referral.get_absolute_url()}
    if request.method != "POST":
        return render(request, "intake/referral_call.html", context)
    if not form.is_valid():
        return invalid(request, "intake/referral_call.html", context)
    services.log_call(referral=referral, by=request.user, **form.cleaned_data)
    return done(request, referral.get_absolute_url(), "The call is logged.")


@require_POST
def referral_accept(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.INTAKE_EDIT)
    services.accept_referral(referral=selectors.referral_of(patient, pk), by=request.user)
    url = reverse("intake:intake_detail", args=[patient.uuid])
    return done(request, url, "Accepted. You hold the baton; complete the intake within 24 hours.")


@get_or_post
def referral_decline(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.INTAKE_EDIT)
    referral = selectors.referral_of(patient, pk)
    form = DeclineForm(request.POST or None)
    context = _about(patient, referral) | {"form": form, "cancel": referral.get_absolute_url()}
    if request.method != "POST":
        return render(request, "intake/referral_decline.html", context)
    if form.is_valid():
        with shown_on(form):
            services.decline_referral(
                referral=referral,
                reason=form.cleaned_data["decline_reason"],
                note=form.cleaned_data["decline_note"],
                by=request.user,
            )
    if form.errors:
        return invalid(request, "intake/referral_decline.html", context)
    return done(request, reverse("intake:referral_list"), "The referral is declined and the reason kept.")


def _about(patient: Any, referral: Any) -> dict[str, Any]:
    return {
        "patient": patient,
        "referral": referral,
        "tz": referral.facility.tz,
        "calls": selectors.calls_of(referral),
        "numbers": selectors.telephone_numbers(patient) if Perm.CONTACT_VIEW in patient.held else [],
        "is_waiting": referral.status == referral.Status.RECEIVED,
        "may_answer": Perm.INTAKE_EDIT in patient.held,
        "may_call": Perm.REFERRAL_EDIT in patient.held,
        "intake_url": reverse("intake:intake_detail", args=[patient.uuid]) if Perm.INTAKE_VIEW in patient.held else "",
    }
