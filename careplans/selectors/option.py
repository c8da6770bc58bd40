"""Options, what was shown of them, and the digest over it."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from careplans import costs
from careplans.models import Assessment, AvailablePlan, PlanPresentation, TreatmentOption
from episodes.models import EpisodeOfCare
from patients.models import Patient

Status = TreatmentOption.Status

FEWEST, MOST = 2, 4
OPEN = (Status.DRAFT, Status.PRESENTED)

NO_TREATMENT = {
    "title": "No treatment now",
    "description": "No visits and no medication from us for now. The door stays open, and a call is enough to begin.",
    "benefits": "No cost and no appointments. Time to think.",
    "risks": "Use may go on or grow, with the risks that come with it. Withdrawal without help can be dangerous.",
    "cost_total": 0,
    "cost_covered": 0,
    "instalments": 1,
}


def offered(episode: EpisodeOfCare) -> QuerySet[TreatmentOption]:
    """The options in preparation or presented, in their order."""
    rows = TreatmentOption.objects.filter(episode=episode, status__in=OPEN)
    return rows.select_related("level_of_care").order_by("position", "pk")


def can_be_presented(options: list[TreatmentOption]) -> bool:
    """Whether two to four of them are on offer."""
    return FEWEST <= sum(row.status in OPEN for row in options) <= MOST


def option_of(patient: Patient, pk: UUID) -> TreatmentOption:
    """An option of this patient. Raises Http404."""
    rows = TreatmentOption.objects.filter(patient=patient, uuid=pk)
    row = rows.select_related("assessment", "level_of_care").first()
    if row is None:
        raise Http404
    row.patient = patient
    return row


def presentation_of(patient: Patient, pk: UUID) -> PlanPresentation:
    """A presentation of this patient. Raises Http404."""
    rows = PlanPresentation.objects.filter(patient=patient, uuid=pk)
    row = rows.select_related("episode", "facility", "accepted", "document", "signature", "presented_by").first()
    if row is None:
        raise Http404
    row.patient = patient
    return row


def available_plan_of(patient: Patient, pk: UUID) -> AvailablePlan:
    """A plan of a packet that was sent. Raises Http404."""
    rows = AvailablePlan.objects.filter(
        assessment__patient=patient, assessment__status=Assessment.Status.COMPLETED, uuid=pk
    )
    row = rows.select_related("level_of_care").first()
    if row is None:
        raise Http404
    return row


def newest_packet(patient: Patient) -> Assessment | None:
    """The packet options are built from."""
    rows = patient.assessments.filter(status=Assessment.Status.COMPLETED, episode__in=patient.episodes.open())
    return rows.order_by("-completed_at").first()


def options_of(episode: EpisodeOfCare) -> list[TreatmentOption]:
    """Everything ever prepared in the episode: on offer first, then accepted, then declined and taken back."""
    order = [Status.ACCEPTED, Status.PRESENTED, Status.DRAFT, Status.DECLINED, Status.WITHDRAWN]
    rows = TreatmentOption.objects.filter(episode=episode).select_related("level_of_care")
    return sorted(rows, key=lambda row: (order.index(Status(row.status)), row.position, row.pk))


def last_presentation(episode: EpisodeOfCare) -> PlanPresentation | None:
    return episode.presentations.select_related("presented_by").order_by("-presented_at").first()


def shown_options(presentation: PlanPresentation) -> list[TreatmentOption]:
    """The cards to turn towards the person: what is on offer, or what was chosen once the answer is given."""
    if presentation.accepted:
        return [presentation.accepted]
    return list(offered(presentation.episode))


def is_stale(presentation: PlanPresentation, options: list[TreatmentOption]) -> bool:
    """Whether an option was changed since it was shown, so that it has to be presented again."""
    return presentation.decided_at is None and digest(options) != presentation.options_sha256


def cards(options: list[TreatmentOption]) -> list[dict[str, Any]]:
    """Options ready to print, amounts in words."""
    tones = {Status.ACCEPTED: "success", Status.PRESENTED: "info", Status.DECLINED: "danger"}
    return [
        {
            "option": option,
            "badge": option.get_status_display(),
            "tone": tones.get(Status(option.status), "neutral"),
            "instalments": costs.instalments_label(option.monthly_amounts, option.currency),
            "is_free": not option.patient_share,
            "is_open": option.status in OPEN,
        }
        for option in options
    ]


def canonical(options: list[TreatmentOption]) -> str:
    """What is shown of the options as JSON that is the same, byte for byte, whenever nothing has changed."""
    shown = [_shown(option) for option in options]
    return json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(options: list[TreatmentOption]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(options).encode()).hexdigest()


def _shown(option: TreatmentOption) -> dict[str, Any]:
    return {
        "uuid": str(option.uuid),
        "title": option.title,
        "level_of_care": str(option.level_of_care) if option.level_of_care else None,
        "description": option.description,
        "benefits": option.benefits,
        "risks": option.risks,
        "weeks": option.weeks,
        "cost_total": str(costs.exact(option.cost_total)),
        "cost_covered": str(costs.exact(option.cost_covered)),
        "monthly": [str(amount) for amount in option.monthly_amounts],
        "currency": option.currency,
    }
