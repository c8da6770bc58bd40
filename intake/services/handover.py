"""The packet goes to patient care."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff
from intake.models import Referral
from intake.selectors.packet import packet_of, packet_text
from intake.selectors.progress import missing_parts
from patients.models import Patient
from records import services as records
from records.models import Document

NEXT_STEP = "Write the care plan"


@transaction.atomic
def hand_over(*, patient: Patient, by: User, to_user: User | None = None, message: str = "") -> Handoff:
    """Render the packet to a document and offer the baton to patient care (the desk, or one person of it).

    The step "handed over" is reached when the packet is sent: acceptance is the hand-off's own fact. The episode
    becomes active with it, and the person is placed at the level decided; the sender keeps the baton until somebody
    accepts.
    Raises DomainError naming what is missing, unless the sender holds the baton, or if it is sent already.
    """
    episode = episodes.open_episode_of(patient)
    if episode.referrals.filter(status=Referral.Status.RECEIVED).exists():
        raise DomainError("Accept the referral first.", code="packet.incomplete")
    if missing := missing_parts(patient, episode):
        parts = ", ".join(step.label.lower() for step in missing)
        raise DomainError(f"Complete these first: {parts}.", code="packet.incomplete")
    _supersede_earlier(patient, by)
    records.create_document(
        patient=patient,
        facility=episode.facility,
        kind=Document.Kind.INTAKE_PACKET,
        title="Intake packet",
        text=packet_text(packet_of(patient, episode)),
        by=by,
    )
    handoff = episodes.send_handoff(
        episode=episode,
        from_role=Role.INTAKE,
        to_role=Role.PATIENT_CARE,
        to_user=to_user,
        next_step=NEXT_STEP,
        message=message,
        by=by,
    )
    _set_off(episode, handoff, by)
    return handoff


def _set_off(episode: EpisodeOfCare, handoff: Handoff, by: User) -> None:
    row = EpisodeOfCare.objects.select_for_update(no_key=True).get(pk=episode.pk)
    if row.status == EpisodeOfCare.Status.PLANNED:
        row.status = EpisodeOfCare.Status.ACTIVE
        if row.level_of_care:
            episodes.place(episode=row, level_of_care=row.level_of_care, by=by)
    row.next_step, row.due_at = "See that patient care accepts", max(handoff.due_at, timezone.now())
    audit.save(row, by=by)
    episodes.reach_step(episode=row, kind=EpisodeStep.Kind.HANDED_OVER, by=by)
    episodes.close_tasks_about(focus=row.patient, kind="handoff-returned", outcome="Sent again", by=by)


def _supersede_earlier(patient: Patient, by: User) -> None:
    earlier = Document.objects.filter(patient__in=patient.same_person, kind=Document.Kind.INTAKE_PACKET)
    for document in earlier.filter(status=Document.Status.CURRENT):
        records.supersede(document=document, by=by)
