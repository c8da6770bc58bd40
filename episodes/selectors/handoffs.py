"""What a hand-off brings with it."""

from datetime import tzinfo
from typing import Any
from uuid import UUID

from django.http import Http404

from accounts.access import roles_at
from accounts.models import User
from accounts.roles import Role
from core.labels import due_label, when_label
from episodes.models import EpisodeStep, Handoff
from patients.models import Patient

Step = EpisodeStep.Kind
OF_INTAKE = (
    Step.COVERAGE_CHECKED, Step.NOTICE_GIVEN, Step.CHANNEL_CONSENTED, Step.INTERVIEW_DONE, Step.SCREENED,
    Step.LEVEL_DETERMINED,
)  # fmt: skip
# What a desk expects to find reached when it is handed a person.
EXPECTED = {
    Role.PATIENT_CARE: OF_INTAKE,
    Role.CLINICIAN: (Step.INTERVIEW_DONE, Step.SCREENED, Step.LEVEL_DETERMINED),
    Role.TREATMENT: (Step.LEVEL_DETERMINED, Step.ASSESSED),
    Role.ACTIVITIES: (Step.LEVEL_DETERMINED, Step.PLAN_SHARED),
}
Row = dict[str, Any]


def handoff_of(patient: Patient, pk: UUID) -> Handoff:
    """A hand-off of this patient. Raises Http404 for any other."""
    row = patient.handoffs.select_related("from_user", "to_user", "answered_by", "facility", "episode")
    found = row.filter(uuid=pk).first()
    if found is None:
        raise Http404
    found.patient = patient
    return found


def handoff_panel(handoff: Handoff, tz: tzinfo) -> Row:
    """A hand-off as `_ui/handoff.html` prints it. One query, for the steps reached."""
    tones = {"requested": "warning", "accepted": "success", "rejected": "danger", "cancelled": "neutral"}
    waits = handoff.status == Handoff.Status.REQUESTED
    to_desk = Role(handoff.to_role).label
    return {
        "title": handoff.next_step,
        "from_label": f"{handoff.from_user} · {Role(handoff.from_role).label}",
        "to_label": f"{handoff.to_user} · {to_desk}" if handoff.to_user else f"any {to_desk.lower()}",
        "sent": when_label(handoff.sent_at, tz),
        "sent_iso": handoff.sent_at.isoformat(),
        "due": due_label(handoff.due_at, tz) if waits else None,
        "note": handoff.message,
        "packet": packet_items(handoff),
        "status_label": handoff.get_status_display(),
        "tone": tones[handoff.status],
    }


def packet_items(handoff: Handoff) -> list[Row]:
    """What the receiving desk expects, with what is there and what is missing."""
    expected = EXPECTED.get(Role(handoff.to_role), ())
    reached = set(handoff.episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))
    return [{"label": kind.label, "there": kind in reached} for kind in expected]


def may_answer(user: User, handoff: Handoff) -> bool:
    """Whether the person may accept or return it: addressed to them, or to a desk of theirs."""
    addressed = handoff.to_user_id in (None, user.pk) and handoff.to_role in roles_at(user, handoff.facility)
    return addressed and handoff.status == Handoff.Status.REQUESTED
