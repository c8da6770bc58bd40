"""Photos of a patient: taken, looked at as a series, laid side by side."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Perm
from core.errors import shown_on
from core.forms import incoming
from core.http import done, invalid
from patients.access import get_patient
from records import selectors, services
from records.forms import PhotoForm
from records.views.documents import reading_right


@require_safe
def photo_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    facility = selectors.working_facility(request.user, patient)
    context = {"patient": patient, "series": selectors.photo_series(request.user, patient, facility)}
    context["may_add"] = Perm.DOCUMENT_OWN in patient.held
    return render(request, "records/photo_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def photo_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.DOCUMENT_OWN)
    known = selectors.known_sites(request.user, patient)
    form = PhotoForm(request.POST or None, request.FILES or None, known=known, initial=_again(request, known))
    if form.is_bound and form.is_valid():
        with shown_on(form):
            photo = services.add_photo(
                patient=patient,
                facility=selectors.working_facility(request.user, patient),
                file=incoming(form.cleaned_data["files"])[0],
                finding=form.finding(form.cleaned_data["taken_at"]),
                by=request.user,
            )
    if form.is_bound and form.is_valid():
        to = reverse("records:photo_series", args=[patient.uuid, photo.uuid])
        return done(request, to, "The photo is in the chart, without place and camera.")
    answer = invalid if form.is_bound else render
    return answer(request, "records/photo_add.html", {"patient": patient, "form": form})


@require_safe
def photo_series(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The series that a photo belongs to; its address names a photo, and no part of the body."""
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    facility = selectors.working_facility(request.user, patient)
    series = selectors.series_of(request.user, patient, pk, facility)
    chosen = request.GET.getlist("photo")
    context = {"patient": patient, "series": series, "compared": selectors.compared(series, chosen), "pk": pk}
    context["chosen"] = {photo["uuid"] for photo in context["compared"]}
    context["may_add"] = Perm.DOCUMENT_OWN in patient.held
    return render(request, "records/photo_series.html", context)


def _again(request: HttpRequest, known: list[tuple[str, str]]) -> dict[str, str]:
    """The site of the series from which one comes, by its number among those known: no address names it."""
    number = request.GET.get("series", "")
    if not number.isdecimal() or int(number) >= len(known):
        return {}
    site, side = known[int(number)]
    return {"body_site": site, "laterality": side}
