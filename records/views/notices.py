"""The notice of privacy practices is given at admission, and signed for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from patients.access import get_patient
from records import selectors, services
from records.forms.consents import NoticeForm
from records.views.consents import back_to_consents


@require_http_methods(["GET", "HEAD", "POST"])
def notice_give(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The notice in use, in the language asked for, and what came of giving it."""
    patient = get_patient(request.user, patient_pk, Perm.CONSENT_EDIT)
    facility = selectors.working_facility(request.user, patient)
    asked = request.POST.get("language") or request.GET.get("language") or patient.language[:2]
    language = "es" if asked == "es" else "en"
    form = NoticeForm(request.POST if request.method == "POST" else None, initial={"language": language})
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.give_notice(
                patient=patient,
                facility=facility,
                language=language,
                outcome=form.cleaned_data["outcome"],
                shown=form.cleaned_data["shown"],
                signed=form.signed,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
    if form.is_bound and form.is_valid():
        return done(request, back_to_consents(patient), "Recorded: the notice was given.")
    version = selectors.notice_in_use(facility, language)
    context = {"patient": patient, "form": form, "version": version, "back": back_to_consents(patient)}
    context |= {"sections": selectors.sections_of(version.text) if version else [], "language": language}
    answer = invalid if form.is_bound else render
    return answer(request, "records/notice_give.html", context)
