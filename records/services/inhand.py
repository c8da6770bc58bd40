"""A request in hand opens the record to the desk that answers it, and closes it again with the last one."""

from accounts.models import Facility
from accounts.roles import Role
from patients import services as patients
from patients.models import Patient, Relation
from records.models import AmendmentRequest, RecordSubmission, ReleaseRequest


def take_in_hand(patient: Patient, facility: Facility, *roles: Role) -> None:
    """Let these desks read what a request in hand lets them read."""
    for role in roles:
        patients.grant_desk(patient=patient, facility=facility, role=role, relation=Relation.REQUEST)


def let_go(patient: Patient, facility: Facility) -> None:
    """Close the record again to each desk that has nothing of this person in hand. Call it under the patient's lock."""
    releases = ReleaseRequest.objects.filter(patient=patient, facility=facility, status__in=ReleaseRequest.OPEN)
    amendments = AmendmentRequest.objects.filter(
        patient=patient, facility=facility, status=AmendmentRequest.Status.REQUESTED
    )
    envelopes = RecordSubmission.objects.filter(patient=patient, facility=facility, status__in=RecordSubmission.OPEN)
    in_hand = {
        Role.CLERK: releases.exists() or amendments.exists() or envelopes.exists(),
        Role.PRIVACY_OFFICER: releases.filter(kind=ReleaseRequest.Kind.LEGAL).exists(),
    }
    for role, has_some in in_hand.items():
        if not has_some:
            patients.revoke_desk(patient=patient, facility=facility, role=role, relation=Relation.REQUEST)
