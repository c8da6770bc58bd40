"""Who may read and write the interview, the screenings and the level of care, and until when.

On top of the one door: intake writes until the patient care coordinator has accepted the hand-over; after that
the intake coordinator who did it may read it for 30 days ("Wf until hand-over, then Ro 30 days"), others of the
intake desk no more. Screening goes on in care: the care team screens again.
"""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent, User
from accounts.roles import Perm, Role, scope_of
from episodes.models import EpisodeOfCare, Handoff
from patients.access import get_patient
from patients.models import Patient

READ_OWN_FOR = timedelta(days=30)


def get_reader_patient(user: User, patient_pk: UUID) -> Patient:
    """The patient, if the person may read the interview and screenings now.

    Raises Http404, PermissionDenied (code `handed-over` in the read log).
    """
    patient = get_patient(user, patient_pk, Perm.INTAKE_VIEW)
    if not may_read_after_handover(user, patient):
        _deny(user, patient, Perm.INTAKE_VIEW, "handed-over")
    return patient


def get_writer_patient(user: User, patient_pk: UUID) -> Patient:
    """The patient, if the person may screen and interview him or her: intake, or the care team.

    Raises Http404, PermissionDenied. Whether the hand-over has closed it, the service says.
    """
    patient = get_reader_patient(user, patient_pk)
    if not patient.held & {Perm.INTAKE_EDIT, Perm.ASSESSMENT_EDIT}:
        _deny(user, patient, Perm.INTAKE_EDIT, "role")
    return patient


def may_read_after_handover(user: User, patient: Patient) -> bool:
    """True before the hand-over, for other roles than intake, and for who handed over, for 30 days."""
    handoff = accepted_handover(current_episode(patient))
    if handoff is None or not only_by_intake(user, handoff.facility_id):
        return True
    if handoff.from_user_id != user.pk:
        return False
    since = timezone.now() - READ_OWN_FOR
    return since < handoff.answered_at  # type: ignore[operator]  # an accepted one is answered


def only_by_intake(user: User, facility_id: int) -> bool:
    """Whether the person reads interviews at the facility as an intake coordinator and in no other role."""
    roles = {row.role for row in access.live_memberships(user) if row.facility_id == facility_id}
    return {role for role in roles if scope_of(role, Perm.INTAKE_VIEW)} == {Role.INTAKE}


def current_episode(patient: Patient) -> EpisodeOfCare | None:
    """The open episode, else the latest. Kept on the patient for the request."""
    kept: EpisodeOfCare | None = getattr(patient, "kept_episode", None)
    if kept is None:
        rows = patient.episodes.select_related("facility", "owner", "level_of_care")
        kept = rows.open().first() or rows.order_by("-starts_at").first()
        patient.kept_episode = kept  # type: ignore[attr-defined]  # for this function alone
    return kept


def accepted_handover(episode: EpisodeOfCare | None) -> Handoff | None:
    """The hand-off with which care took the person over from intake, None until it is accepted."""
    if episode is None:
        return None
    rows = episode.handoffs.filter(from_role=Role.INTAKE, status=Handoff.Status.ACCEPTED)
    return rows.select_related("from_user", "answered_by").order_by("answered_at").first()


def lock_reason(user: User, episode: EpisodeOfCare) -> str:
    """Why the person cannot write interview and level of care of this episode; "" when it is open to them."""
    if not episode.is_open:
        return "This episode of care is closed. What was written stays readable."
    roles = set(access.roles_at(user, episode.facility))
    if not episode.facility.intake_interviews and roles & {Role.PATIENT_CARE, Role.CLINICIAN}:
        return ""
    if Role.INTAKE not in roles:
        return "The intake coordinator writes this. You may read it."
    handoff = accepted_handover(episode)
    if handoff is None:
        return ""
    return (
        f"{handoff.answered_by} accepted the hand-over, so the intake is closed for writing. "
        "Who handed the person over may read it for 30 days."
    )


def _deny(user: User, patient: Patient, perm: Perm, code: str) -> None:
    access.log(
        user=user,
        data_class=perm,
        patient_id=patient.pk,
        outcome=AccessEvent.Outcome.DENIED,
        code=code,
    )
    raise PermissionDenied(f"{code}: {perm}")
