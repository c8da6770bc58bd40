"""Credentials: recorded, verified at their source, renewed in time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from core.middleware import came_from
from staff import selectors, services
from staff.forms import CredentialForm, VerifyForm


@require_safe
def credential_list(request: HttpRequest) -> HttpResponse:
    """What has expired or expires within 90 days."""
    facility = access.require(request.user, Perm.STAFF_VIEW)
    rows = selectors.expiring_credentials(facility)
    steps = [
        {"label": label, "tone": tone, "step": step, "rows": [row for row in rows if row.step == step]}
        for _, step, label, tone in selectors.LADDER
    ]
    context = {"facility": facility, "steps": steps, "any": bool(rows)}
    context["may_edit"] = access.may(request.user, Perm.STAFF_EDIT)
    return render(request, "staff/credential_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def credential_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    person = selectors.practitioner_of(facility, pk)
    form = CredentialForm(request.POST or None, initial={"state": facility.state})
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.add_credential(practitioner=person, by=request.user, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return done(request, person.get_absolute_url(), "Recorded. Verify it at its source next.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/credential_add.html", {"form": form, "person": person})


@require_http_methods(["GET", "HEAD", "POST"])
def credential_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    credential = selectors.credential_of(facility, pk)
    person = credential.practitioner
    form = CredentialForm(request.POST or None, instance=credential)
    try:
        if form.is_bound and form.is_valid():
            with shown_on(form):
                version = form.cleaned_data["version"]
                services.edit_credential(credential=form.instance, expected_version=version, by=request.user)
    except Conflict as error:
        return conflict(request, form, error, back=person.get_absolute_url())
    if form.is_bound and form.is_valid():
        return done(request, person.get_absolute_url(), "Saved.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/credential_edit.html", {"form": form, "person": person, "credential": credential})


@require_http_methods(["GET", "HEAD", "POST"])
def credential_verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    credential = selectors.credential_of(facility, pk)
    person = credential.practitioner
    form = VerifyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.verify_credential(
                credential=credential,
                source=form.cleaned_data["source"],
                verified_on=form.cleaned_data["verified_on"],
                confirmed=form.cleaned_data["outcome"] == "confirmed",
                by=request.user,
            )
    if form.is_bound and form.is_valid():
        return done(request, person.get_absolute_url(), "Recorded what the source said.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/credential_verify.html", {"form": form, "person": person, "credential": credential})


@require_POST
def credential_request_renewal(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    credential = selectors.credential_of(facility, pk)
    services.request_renewal(credential=credential, by=request.user)
    return done(request, came_from(request), f"Noted: {credential.practitioner} was asked to renew it today.")
