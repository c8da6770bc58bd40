"""What the role table cannot say by itself: the packet is a clinician's, whoever else may write assessments."""

from uuid import UUID

from django.core.exceptions import PermissionDenied

from accounts import access
from accounts.models import AccessEvent, User
from accounts.roles import Perm
from patients.access import get_patient
from patients.models import Patient


def writes_packets(patient: Patient) -> bool:
    """Whether the viewer may write the physician's packet for this patient: of the roles that write assessments
    the clinician alone may also approve a plan. `patient` comes from `get_patient`."""
    return {Perm.ASSESSMENT_EDIT, Perm.PLAN_APPROVE} <= patient.held


def get_patient_to_assess(user: User, pk: UUID) -> Patient:
    """The patient, for the one who writes the packet. Raises Http404 and PermissionDenied like `get_patient`."""
    patient = get_patient(user, pk, Perm.ASSESSMENT_EDIT)
    if writes_packets(patient):
        return patient
    denied = AccessEvent.Outcome.DENIED
    access.log(user=user, data_class=Perm.ASSESSMENT_EDIT, patient_id=patient.pk, outcome=denied, code="role")
    raise PermissionDenied("role: packet")
