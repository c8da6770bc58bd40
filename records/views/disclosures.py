"""What left the house: the register of a facility, a person's own, the accounting, and the emergency form."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import DataClass, Perm, Scope
from core.errors import shown_on
from core.http import done, file_answer, invalid
from core.pdf import render_pdf
from patients.access import get_patient
from patients.models import Patient
from records.accounting_paper import accounting_paper
from records.disclosing import Recipient
from records.forms.disclosures import CorrectionForm, EmergencyForm, PeriodForm, RegisterForm
from records.models import Channel, Disclosure, Purpose
from records.selectors import disclosures as shown
from records.selectors import working_facility
from records.selectors.amendments import amendments_of
from records.selectors.releases import releases_of
from records.services.disclosures import correct_disclosure, disclose_in_emergency
from records.services.preflight import preflight
from records.views.acting import sent


@require_safe
def disclosure_register(request: HttpRequest) -> HttpResponse:
    """What left the facility, newest first."""
    facility = access.require(request.user, Perm.DISCLOSURE_VIEW)
    access.log(
        user=request.user, action=AccessEvent.Action.LIST, target="records:disclosure_register",
        facility_id=facility.pk, data_class=Perm.DISCLOSURE_VIEW,
    )  # fmt: skip
    form = RegisterForm(request.GET)
    chosen = shown.Chosen(**form.cleaned_data) if form.is_valid() else shown.Chosen()
    named = Scope.FACILITY in access.scopes(request.user, Perm.NAME_VIEW).get(facility.pk, ())
    page = shown.register_rows(facility, chosen, named=named, before=request.GET.get("before", ""))
    context = {"form": form, "rows": page.rows, "named": named, "pager": _pager(request, page.older)}
    return render(request, "records/disclosure_register.html", context)


@require_safe
def disclosure_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """A person's disclosures: all of them, or those one made oneself."""
    patient = get_patient(request.user, patient_pk, _right(request.user))
    facility = working_facility(request.user, patient)
    page = shown.disclosure_rows(request.user, patient, facility, before=request.GET.get("before", ""))
    context = {"patient": patient, "rows": page.rows, "pager": _pager(request, page.older)}
    context |= {"sees_all": Perm.DISCLOSURE_VIEW in patient.held, "may_tell": Perm.DISCLOSURE_OWN in patient.held}
    if context["sees_all"]:
        context |= _asked(patient, facility)
    return render(request, "records/disclosure_list.html", context)


@require_safe
def disclosure_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, _right(request.user))
    row = shown.disclosure_of(request.user, patient, pk)
    context = {"patient": patient, "row": row, "classes": shown.classes_label(row.data_classes)}
    context |= {"purpose": shown.purpose_label(row), "correction": shown.correction_of(row)}
    context["may_correct"] = _may_correct(request.user, patient, row) and context["correction"] is None
    return render(request, "records/disclosure_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_correct(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Append what is right. Who may do so for all, or made it."""
    patient = get_patient(request.user, patient_pk, _writing_right(request.user))
    row = shown.disclosure_of(request.user, patient, pk)
    form = CorrectionForm(sent(request), initial={name: getattr(row, name, "") for name in CorrectionForm.base_fields})
    context = {"patient": patient, "form": form, "row": row}
    if request.method != "POST":
        return render(request, "records/disclosure_correct.html", context)
    if form.is_valid():
        words = dict(form.cleaned_data)
        with shown_on(form):
            better = correct_disclosure(disclosure=row, sent=not words.pop("never_left"), by=request.user, **words)
    if form.errors:
        return invalid(request, "records/disclosure_correct.html", context)
    return done(request, better.get_absolute_url(), "The correction is appended. The row before stays as it was.")


@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_emergency(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_OWN)
    form = EmergencyForm(sent(request))
    context = {"patient": patient, "form": form, "back": reverse("records:disclosure_list", args=[patient.uuid])}
    if request.method != "POST":
        return render(request, "records/disclosure_emergency.html", context)
    if form.is_valid():
        facility = working_facility(request.user, patient)
        with shown_on(form):
            row = disclose_in_emergency(patient=patient, facility=facility, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "records/disclosure_emergency.html", context)
    return done(request, row.get_absolute_url(), "Recorded. The privacy officer has been asked to look at it.")


@require_safe
def disclosure_accounting(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The accounting a person may ask for, to look at and to print."""
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_VIEW)
    facility, form = working_facility(request.user, patient), PeriodForm(request.GET)
    context = {"patient": patient, "facility": facility, "form": form, "printed": timezone.now()}
    context["rows"] = shown.accounting(patient, facility, *_period(form))
    context["query"] = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    return render(request, "records/disclosure_accounting.html", context)


@require_safe
def disclosure_accounting_pdf(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The same as a paper for the person: to him or her it is no disclosure."""
    patient = get_patient(request.user, patient_pk, Perm.DISCLOSURE_VIEW)
    facility, form = working_facility(request.user, patient), PeriodForm(request.GET)
    rows = shown.accounting(patient, facility, *_period(form))
    preflight(
        patient=patient, facility=facility, recipient=Recipient(patient.legal_name, is_patient=True),
        purpose=Purpose.PATIENT_REQUEST, data_classes=[DataClass.CONSENT], channel=Channel.PDF,
        description="Accounting of disclosures", by=request.user,
    )  # fmt: skip
    paper = render_pdf("records/pdf/accounting.typ", accounting_paper(patient, facility, rows, *_period(form)))
    return file_answer(paper, content_type="application/pdf", name="accounting-of-disclosures.pdf")


def _asked(patient: Patient, facility: Facility) -> dict[str, Any]:
    """What was asked of the record, and the way to receive another request for who may."""
    may_add = Perm.DISCLOSURE_EDIT in patient.held
    return {
        "releases": releases_of(patient, facility),
        "amendments": amendments_of(patient, facility),
        "amend_label": "Receive a request" if may_add else "",
        "amend_url": reverse("records:amendment_add", args=[patient.uuid]) if may_add else "",
        "add_label": "Receive a request" if may_add else "",
        "add_url": reverse("records:release_add", args=[patient.uuid]) if may_add else "",
    }


def _period(form: PeriodForm) -> tuple[Any, Any]:
    return (form.cleaned_data["first"], form.cleaned_data["last"]) if form.is_valid() else (None, None)


def _right(user: User) -> Perm:
    """All disclosures, else one's own."""
    return Perm.DISCLOSURE_VIEW if access.may(user, Perm.DISCLOSURE_VIEW) else Perm.DISCLOSURE_OWN


def _writing_right(user: User) -> Perm:
    return Perm.DISCLOSURE_EDIT if access.may(user, Perm.DISCLOSURE_EDIT) else Perm.DISCLOSURE_OWN


def _may_correct(user: User, patient: Patient, row: Disclosure) -> bool:
    mine = Perm.DISCLOSURE_OWN in patient.held and row.by_id == user.pk
    return mine or Perm.DISCLOSURE_EDIT in patient.held


def _pager(request: HttpRequest, older: str) -> dict[str, Any]:
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    newest = f"?{urlencode(kept)}" if request.GET.get("before") else None
    return {"text": "", "newer": newest, "older": f"?{urlencode(kept | {'before': older})}" if older else None}
