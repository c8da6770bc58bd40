"""The directory of practitioners."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from staff import selectors, services
from staff.forms import FilterForm, NewPractitionerForm, PractitionerForm, RoleForm


@require_safe
def practitioner_list(request: HttpRequest) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_DIRECTORY)
    filters = FilterForm(request.GET or None)
    chosen = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    sees_credentials = access.may(request.user, Perm.STAFF_VIEW)
    rows = selectors.practitioner_rows(
        facility,
        words=chosen.get("q", ""),
        kind=chosen.get("kind", ""),
        inactive=request.GET.get("show") == "former",
        with_credentials=sees_credentials,
    )
    context = {"facility": facility, "filters": filters, "rows": rows, "sees_credentials": sees_credentials}
    context |= {
        "may_edit": access.may(request.user, Perm.STAFF_EDIT),
        "former": request.GET.get("show") == "former",
        "searched": bool(chosen.get("q") or chosen.get("kind")),
    }
    return render(request, "staff/practitioner_list.html", context)


@require_safe
def practitioner_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_DIRECTORY)
    person = selectors.practitioner_of(facility, pk)
    sees_credentials = access.may(request.user, Perm.STAFF_VIEW) or person.user_id == request.user.pk
    context = {
        "facility": facility,
        "person": person,
        "role": selectors.role_of(person, facility),
        "credentials": selectors.credentials_of(person, facility) if sees_credentials else None,
        "may_edit": access.may(request.user, Perm.STAFF_EDIT),
    }
    if sees_credentials:
        today = timezone.localdate(timezone=facility.tz)
        context["problem"] = selectors.clearance_problem([person], facility, today).get(person.pk)
    return render(request, "staff/practitioner_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def practitioner_add(request: HttpRequest) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    form = NewPractitionerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            person = services.add_practitioner(facility=facility, by=request.user, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return done(request, person.get_absolute_url(), f"{person} is in the directory. Record the credentials next.")
    context = {"form": form, "facility": facility}
    answer = invalid if form.is_bound else render
    return answer(request, "staff/practitioner_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def practitioner_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    person = selectors.practitioner_of(facility, pk)
    back = person.get_absolute_url()
    form = PractitionerForm(request.POST or None, instance=person)
    try:
        if form.is_bound and form.is_valid():
            with shown_on(form):
                version = form.cleaned_data["version"]
                services.edit_practitioner(practitioner=form.instance, expected_version=version, by=request.user)
    except Conflict as error:
        return conflict(request, form, error, back=back)
    if form.is_bound and form.is_valid():
        return done(request, back, "Saved.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/practitioner_edit.html", {"form": form, "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
def role_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    person = selectors.practitioner_of(facility, pk)
    role = selectors.role_of(person, facility)
    if role is None:
        raise Http404
    form = RoleForm(request.POST or None, instance=role)
    try:
        if form.is_bound and form.is_valid():
            with shown_on(form):
                services.edit_role(role=form.instance, expected_version=form.cleaned_data["version"], by=request.user)
    except Conflict as error:
        return conflict(request, form, error, back=person.get_absolute_url())
    if form.is_bound and form.is_valid():
        return done(request, person.get_absolute_url(), "Saved.")
    answer = invalid if form.is_bound else render
    context = {"form": form, "person": person, "back": reverse("staff:practitioner_detail", args=[person.uuid])}
    return answer(request, "staff/role_edit.html", context)
