"""Possible duplicates: listed, compared, told apart, merged, and the merge undone."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from core.paging import pager
from patients import services
from patients.access import get_patient
from patients.forms import MergeForm
from patients.selectors import merges as selectors
from patients.services.merges import moving_fields, rehearse

PAGE = 25


@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Pairs of people who may be one, and what was merged lately."""
    facility = _looks(request.user)
    pages = Paginator(selectors.possible_pairs(request.user, facility), PAGE)
    page = pages.get_page(request.GET.get("page"))
    access.log(
        user=request.user,
        action=AccessEvent.Action.LIST,
        target="patients:duplicate_list",
        facility_id=facility.pk,
    )
    first = (page.number - 1) * PAGE
    context = {"rows": page.object_list, "total": pages.count, "merges": selectors.recent_merges(facility)}
    context |= {"pager": pager(first, len(page.object_list), pages.count, PAGE)}
    context["may_merge"] = access.may(request.user, Perm.IDENTITY_EDIT)
    return render(request, "patients/duplicate_list.html", context)


@require_GET
def duplicate_compare(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Two records side by side, field by field."""
    get_patient(request.user, patient_pk, Perm.NAME_VIEW)
    _looks(request.user)
    patient, other = _both(request.user, patient_pk, pk, Perm.IDENTITY_VIEW)
    context = {"left": patient, "right": other, "rows": selectors.compared(request.user, patient, other)}
    context["may_merge"] = Perm.IDENTITY_EDIT in patient.held & other.held
    return render(request, "patients/duplicate_compare.html", context)


@require_POST
def duplicate_dismiss(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Not the same person: they are not offered again."""
    patient, other = _both(request.user, patient_pk, pk, Perm.IDENTITY_EDIT)
    services.mark_not_same(one=patient, other=other, reason=request.POST.get("reason", "")[:300], by=request.user)
    return done(request, reverse("patients:duplicate_list"), "Remembered: these are two people.")


def merge(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """Everything that would move, then the merge: the patient of the address stays, the other leads to it."""
    survivor, duplicate = _both(request.user, patient_pk, pk, Perm.IDENTITY_EDIT)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.merge(survivor=survivor, duplicate=duplicate, by=request.user, **form.cleaned_data)
        if not form.errors:
            said = "Merged. It can be undone from here until something of it is changed."
            return done(request, reverse("patients:duplicate_list"), said)
    context = _preview(request.user, survivor, duplicate) | {"form": form}
    return (invalid if form.errors else render)(request, "patients/merge.html", context)


@require_POST
def merge_undo(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.IDENTITY_EDIT)
    services.undo_merge(merged=selectors.merge_of(patient, pk), by=request.user)
    return done(request, reverse("patients:duplicate_list"), "Undone: there are two records again, as before.")


def _looks(user: User) -> Facility:
    """Who merges, and the clinical coordinator. Raises PermissionDenied, noted in the read log."""
    return access.require(user, Perm.BOARD_VIEW if access.may(user, Perm.BOARD_VIEW) else Perm.IDENTITY_EDIT)


def _both(user: User, patient_pk: UUID, pk: UUID, perm: Perm) -> tuple[Any, Any]:
    patient = get_patient(user, patient_pk, perm)
    other = selectors.other_of(user, patient, pk, perm)
    access.log(user=user, data_class=perm, patient_id=other.pk, target="patients:duplicate_compare")
    return patient, other


def _preview(user: User, survivor: Any, duplicate: Any) -> dict[str, Any]:
    moves, refusal = rehearse(survivor=survivor, duplicate=duplicate, by=user)
    models = {model._meta.label: model for model, _ in moving_fields()}
    groups = selectors.preview(moves.moved, moves.staying, models)
    page = {"survivor": survivor, "duplicate": duplicate, "groups": groups, "refusal": refusal}
    page["back"] = reverse("patients:duplicate_compare", args=[survivor.uuid, duplicate.uuid])
    return page | {"moving": sum(group["count"] for group in groups)}
