"""Options in preparation: the packet on one side, the cards on the other."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Perm
from careplans import services
from careplans.forms import OptionForm
from careplans.models import Assessment, TreatmentOption
from careplans.selectors import assessment as packets
from careplans.selectors import option as selectors
from careplans.selectors import path
from careplans.selectors.plan import open_episode
from careplans.views._posted import posted
from core.errors import Conflict, DomainError, shown_on
from core.http import conflict, done, invalid
from patients.access import get_patient
from patients.models import Patient


@require_safe
def option_list(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_VIEW)
    episode = open_episode(patient)
    options = selectors.options_of(episode) if episode else []
    cards = selectors.cards(options)
    presentation = selectors.last_presentation(episode) if episode else None
    editable = Perm.OPTION_EDIT in patient.held
    accepted = next((row for row in options if row.is_final), None)
    context = {
        "patient": patient,
        "packet": packet_summary(patient),
        "open_cards": [card for card in cards if card["is_open"]],
        "closed_cards": [card for card in cards if not card["is_open"]],
        "accepted": accepted,
        "presentation": presentation,
        "awaits_answer": presentation is not None and presentation.decided_at is None,
        "steps": path.path_steps(path.reached(episode)),
        "editable": editable and accepted is None,
        "can_present": selectors.can_be_presented(options),
        "build_url": reverse("careplans:option_add", args=[patient.uuid]) if editable and not accepted else "",
        "may_book": Perm.APPOINTMENT_EDIT in patient.held,
    }
    return render(request, "careplans/option_list.html", context)


def packet_summary(patient: Patient) -> dict[str, Any] | None:
    """The newest packet with its facts; not fetched for who may not see packets."""
    if Perm.PACKET_VIEW not in patient.held:
        return None
    packet = selectors.newest_packet(patient)
    return {"assessment": packet, **packets.packet_facts(packet)} if packet else None


def option_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """A new option: `?plan=` begins from a plan of the packet, `?none=1` is “no treatment now”."""
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    packet = selectors.newest_packet(patient)
    if packet is None:
        raise DomainError("There is no physician's packet yet. Options are built from it.", code="packet.none")
    form = OptionForm(posted(request), initial=_prefilled(request, patient), instance=TreatmentOption())
    return _write(request, patient, form, packet)


def _prefilled(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    if request.GET.get("none"):
        return selectors.NO_TREATMENT
    wanted = _uuid(request.GET.get("plan", ""))
    if wanted is None:
        return {}
    row = selectors.available_plan_of(patient, wanted)
    return {"title": row.title, "description": row.description, "level_of_care": row.level_of_care_id}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def option_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    option = selectors.option_of(patient, pk)
    return _write(request, patient, OptionForm(posted(request), instance=option), option.assessment)


def _write(request: HttpRequest, patient: Patient, form: OptionForm, packet: Assessment) -> HttpResponse:
    back = reverse("careplans:option_list", args=[patient.uuid])
    context = {"patient": patient, "form": form, "back": back, "option": form.instance}
    if request.method != "POST":
        return render(request, "careplans/option_form.html", context)
    if form.is_valid():
        try:
            with shown_on(form):
                version = form.cleaned_data.get("version")
                services.save_option(option=form.instance, assessment=packet, expected_version=version, by=request.user)
        except Conflict as error:
            return conflict(request, form, error, back=back)
    if form.errors:
        return invalid(request, "careplans/option_form.html", context)
    return done(request, back, "The option is kept.")


@require_POST
def option_withdraw(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    services.withdraw_option(option=selectors.option_of(patient, pk), by=request.user)
    return done(request, reverse("careplans:option_list", args=[patient.uuid]), "The option is taken back.")
