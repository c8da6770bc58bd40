"""The clerk's envelope, from both sides of the desk."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.models import AccessEvent, User
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from patients.models import Patient
from records import selectors, services
from records.forms import FileForm, ReturnForm, SubmissionForm
from records.models import RecordSubmission

PAGE = 50
TABS = {
    "in-hand": ("In hand", RecordSubmission.OPEN),
    "returned": ("Returned", [RecordSubmission.Status.REJECTED]),
    "filed": ("Filed", [RecordSubmission.Status.COMPLETED]),
}


@require_safe
def submission_list(request: HttpRequest) -> HttpResponse:
    """The clerk desk's envelopes; for those who submit, their own."""
    perm = _right(request.user)
    facility = access.require(request.user, perm)
    access.log(
        user=request.user,
        action=AccessEvent.Action.LIST,
        target="records:submission_list",
        facility_id=facility.pk,
        data_class=perm,
    )
    shown = request.GET.get("show") if request.GET.get("show") in TABS else "in-hand"
    first = PAGE * max(int(page) - 1 if (page := request.GET.get("page", "1")).isdecimal() else 0, 0)
    is_clerk = perm == Perm.DOCUMENT_FILE
    chosen: dict[str, Any] = {"statuses": TABS[shown][1], "submitted_by": None if is_clerk else request.user}
    total = selectors.envelope_count(facility, **chosen)
    context = {
        "rows": selectors.envelope_rows(facility, first=first, size=PAGE, **chosen),
        "tabs": [{"label": label, "url": f"?show={key}", "active": key == shown} for key, (label, _) in TABS.items()],
        "shown": shown,
        "total": total,
        "is_clerk": is_clerk,
        "pager": _pager(shown, first, total),
    }
    return render(request, "records/submission_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def submission_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_SUBMIT)
    again = _returned(request, patient)
    papers = selectors.papers_to_submit(request.user, patient)
    form = SubmissionForm(request.POST or None, papers=papers, initial=_initial(request, papers, again))
    if form.is_bound and form.is_valid():
        with shown_on(form):
            submission = services.submit_record(
                patient=patient,
                facility=selectors.working_facility(request.user, patient),
                replaces=again,
                by=request.user,
                **form.cleaned_data,
            )
    if form.is_bound and form.is_valid():
        return done(request, submission.get_absolute_url(), "Submitted. The clerk has it on the desk now.")
    context = {"patient": patient, "form": form, "again": again, "has_papers": papers.exists()}
    answer = invalid if form.is_bound else render
    return answer(request, "records/submission_add.html", context)


@require_safe
def submission_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, _right(request.user))
    submission = selectors.submission_of(request.user, patient, pk)
    return render(request, "records/submission_detail.html", _context(request, patient, submission))


@require_POST
def submission_accept(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_FILE)
    submission = selectors.submission_of(request.user, patient, pk)
    services.accept_submission(submission=submission, by=request.user)
    return done(request, submission.get_absolute_url(), "Accepted. File the papers, or return them with a reason.")


@require_POST
def submission_file(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_FILE)
    submission = selectors.submission_of(request.user, patient, pk)
    form = FileForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            services.file_submission(submission=submission, location=form.cleaned_data["location"], by=request.user)
    if form.is_valid():
        return done(request, reverse("records:submission_list"), "Filed. The papers are closed to the desk again.")
    context = _context(request, patient, submission) | {"file_form": form, "form": form}
    return invalid(request, "records/submission_detail.html", context)


@require_POST
def submission_return(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_FILE)
    submission = selectors.submission_of(request.user, patient, pk)
    form = ReturnForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            services.return_submission(submission=submission, reason=form.cleaned_data["reason"], by=request.user)
    if form.is_valid():
        return done(request, reverse("records:submission_list"), f"Returned to {submission.submitted_by}.")
    context = _context(request, patient, submission) | {"return_form": form, "form": form}
    return invalid(request, "records/submission_detail.html", context)


def _right(user: User) -> Perm:
    return Perm.DOCUMENT_FILE if access.may(user, Perm.DOCUMENT_FILE) else Perm.DOCUMENT_SUBMIT


def _context(request: HttpRequest, patient: Patient, submission: RecordSubmission) -> dict[str, Any]:
    may_file = Perm.DOCUMENT_FILE in patient.held
    was_sent_again = submission.status == RecordSubmission.Status.REJECTED and submission.sent_again.first()
    return {
        "patient": patient,
        "submission": submission,
        "papers": selectors.papers_of(submission, request.user),
        "events": selectors.handshake(submission, submission.facility),
        "may_file": may_file,
        "may_send_again": Perm.DOCUMENT_SUBMIT in patient.held and submission.submitted_by == request.user,
        "sent_again": was_sent_again or None,
        "file_form": FileForm(),
        "return_form": ReturnForm(),
    }


def _returned(request: HttpRequest, patient: Patient) -> RecordSubmission | None:
    """The returned envelope that is being sent again, named in the address."""
    named = request.GET.get("again")
    rows = selectors.readable_submissions(request.user, patient).filter(status=RecordSubmission.Status.REJECTED)
    return next((row for row in rows if str(row.uuid) == named), None) if named else None


def _initial(request: HttpRequest, papers: Any, again: RecordSubmission | None) -> dict[str, Any]:
    """The papers ticked before (in the address, or in the returned envelope), with their pages added up."""
    named = set(request.GET.getlist("documents"))
    before = set(again.documents.values_list("uuid", flat=True)) if again and not named else set()
    ticked = [row for row in papers if str(row.uuid) in named or row.uuid in before]
    return {"documents": [row.uuid for row in ticked], "page_count": sum(row.pages for row in ticked) or None}


def _pager(shown: str, first: int, total: int) -> dict[str, Any]:
    page = first // PAGE + 1
    last = min(first + PAGE, total)
    return {
        "text": f"{first + 1} to {last} of {total}" if total > PAGE else "",
        "newer": f"?{urlencode({'show': shown, 'page': page - 1})}" if first else None,
        "older": f"?{urlencode({'show': shown, 'page': page + 1})}" if last < total else None,
    }
