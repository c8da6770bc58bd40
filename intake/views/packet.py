"""What patient care will read, and the hand-over."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.roles import Perm
from core.errors import DomainError, shown_on
from core.http import done, invalid
from intake import selectors, services
from intake.access import get_reader_patient
from intake.forms.level import HandOverForm
from intake.views.record import intake_url
from intake.views.referrals import get_or_post
from patients.access import get_patient


@get_or_post
def packet_detail(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The packet as it would go out now; a POST hands it over."""
    patient = get_reader_patient(request.user, patient_pk)
    if request.method == "POST":
        patient = get_patient(request.user, patient_pk, Perm.INTAKE_EDIT)
    episode = selectors.current_episode(patient)
    if episode is None:
        raise DomainError("This person has no episode of care; add an inquiry first.", code="episode.none")
    form = HandOverForm(request.POST or None, people=selectors.handover_people(episode.facility))
    context: dict[str, Any] = {
        "patient": patient,
        "episode": episode,
        "form": form,
        "packet": selectors.packet_of(patient, episode),
        "handoff": selectors.open_handoff(episode),
        "taken": selectors.accepted_handover(episode),
        "may_send": Perm.INTAKE_EDIT in patient.held and episode.is_open,
        "tz": episode.facility.tz,
        "back": intake_url(patient),
    }
    if request.method != "POST":
        return render(request, "intake/packet_detail.html", context)
    if form.is_valid():
        with shown_on(form):
            services.hand_over(patient=patient, by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "intake/packet_detail.html", context)
    return done(request, intake_url(patient), "Handed over. The baton stays with you until somebody accepts.")
