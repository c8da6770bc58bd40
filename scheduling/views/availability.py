"""Hours of the week, time away, extra hours and closures. No patient but in the list of what has to be moved."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import current_facility, log, may, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from scheduling import selectors, services
from scheduling.forms import ChangeHoursForm, ClosureForm, EndHoursForm, ExceptionForm, HoursForm
from scheduling.models import AvailabilityException, AvailabilityRule
from staff.models import Practitioner
from staff.selectors import practitioner_of


@require_GET
def availability_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    context = {"facility": facility, "rows": selectors.availability_rows(facility)}
    return render(request, "scheduling/availability_list.html", context)


@require_GET
def availability_mine(request: HttpRequest) -> HttpResponse:
    """The page of the practitioner that this person is."""
    require(request.user, Perm.CALENDAR_VIEW)
    mine = getattr(request.user, "practitioner", None)
    return redirect(_page(mine)) if mine else render(request, "scheduling/availability_mine.html")


@require_GET
def availability_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility, person, may_edit = _person(request, pk)
    context = {
        "facility": facility, "person": person, "may_edit": may_edit,
        "hours": selectors.hours_rows(person, facility), "exceptions": selectors.exception_rows(facility, person),
    }  # fmt: skip
    return render(request, "scheduling/availability_detail.html", context)


@require_http_methods(["GET", "POST"])
def hours_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    person = practitioner_of(facility, pk)
    form = HoursForm(_posted(request), facility=facility)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.add_hours(practitioner=person, facility=facility, by=request.user, **form.cleaned_data)
            return done(request, _page(person), "Saved. These hours can be booked.")
    return _answer(request, "scheduling/hours_add.html", form, person=person, back=_page(person))


@require_http_methods(["GET", "POST"])
def hours_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    rule = selectors.rule_of(facility, pk)
    form = ChangeHoursForm(_posted(request), rule=rule)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.change_hours(rule=rule, by=request.user, **form.cleaned_data)
            return done(request, _page(rule.practitioner), "Saved.")
    return _about_rule(request, "scheduling/hours_edit.html", form, rule)


@require_http_methods(["GET", "POST"])
def hours_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    rule = selectors.rule_of(facility, pk)
    form = EndHoursForm(_posted(request), rule=rule)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.end_hours(rule=rule, by=request.user, **form.cleaned_data)
            return done(request, _page(rule.practitioner), "Saved. What is booked after that day stays until moved.")
    return _about_rule(request, "scheduling/hours_end.html", form, rule)


@require_http_methods(["GET", "POST"])
def exception_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    person = practitioner_of(facility, pk)
    form = ExceptionForm(_posted(request), facility=facility)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            row = services.add_exception(facility=facility, practitioner=person, by=request.user, **form.exception)
            return done(request, _exception_page(row), "Saved. Nobody can be booked against it.")
    return _answer(request, "scheduling/exception_add.html", form, person=person, back=_page(person))


@require_GET
def exception_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is booked in it; for the practitioner whose it is too."""
    facility = current_facility(request.user)
    row = selectors.exception_of(facility, pk)
    may_edit = _may_see(request, facility, row.practitioner)
    bookings = selectors.bookings_in(row, facility, request.user)
    if bookings.rows:
        log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:exception", facility_id=facility.pk)
    context = {
        "row": selectors.exception_row(row, facility), "bookings": bookings, "may_edit": may_edit,
        "back": _page(row.practitioner) if row.practitioner else reverse("scheduling:place_list"),
    }  # fmt: skip
    return render(request, "scheduling/exception_detail.html", context)


@require_POST
def exception_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    row = selectors.exception_of(facility, pk)
    services.withdraw_exception(exception=row, by=request.user)
    back = _page(row.practitioner) if row.practitioner else reverse("scheduling:place_list")
    return done(request, back, "Taken back. The time can be booked again.")


@require_GET
def place_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    context = {
        "facility": facility, "rows": selectors.place_rows(facility), "closures": selectors.closure_rows(facility),
        "sees_calendar": may(request.user, Perm.CALENDAR_VIEW),
    }  # fmt: skip
    return render(request, "scheduling/place_list.html", context)


@require_http_methods(["GET", "POST"])
def closure_add(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_EDIT)
    form = ClosureForm(_posted(request), facility=facility, initial={"location": request.GET.get("location")})
    if form.is_bound and form.is_valid():
        with shown_on(form):
            kind = AvailabilityException.Kind.CLOSED
            row = services.add_exception(kind=kind, facility=facility, by=request.user, **form.exception)
            return done(request, _exception_page(row), "Saved. Nothing can be booked there then.")
    return _answer(request, "scheduling/closure_add.html", form, back=reverse("scheduling:place_list"))


def _person(request: HttpRequest, pk: UUID) -> tuple[Facility, Practitioner, bool]:
    facility = current_facility(request.user)
    person = practitioner_of(facility, pk)
    return facility, person, _may_see(request, facility, person)


def _may_see(request: HttpRequest, facility: Facility, person: Practitioner | None) -> bool:
    """Whether the person may edit too. Raises PermissionDenied unless it is about himself or herself."""
    if person is not None and person.user_id == request.user.pk and may(request.user, Perm.CALENDAR_VIEW):
        return may(request.user, Perm.CALENDAR_EDIT)
    require(request.user, Perm.CALENDAR_EDIT)
    return True


def _about_rule(request: HttpRequest, template: str, form: Any, rule: AvailabilityRule) -> HttpResponse:
    words, back = selectors.rule_words(rule), _page(rule.practitioner)
    return _answer(request, template, form, rule=rule, words=words, back=back)


def _answer(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    answer = invalid if form.is_bound else render
    return answer(request, template, {"form": form, **context})


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _page(person: Practitioner) -> str:
    return reverse("scheduling:availability_detail", args=[person.uuid])


def _exception_page(row: AvailabilityException) -> str:
    return reverse("scheduling:exception_detail", args=[row.uuid])
