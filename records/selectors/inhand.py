"""Which desks have a request of a person in hand, and may read the record only for that."""

from collections.abc import Collection

from accounts.models import Facility
from accounts.roles import Role
from patients.models import Patient
from records.models import AmendmentRequest, RecordSubmission, ReleaseRequest


def desks_in_need(patient: Patient, facility: Facility, *, besides: Collection[ReleaseRequest] = ()) -> set[Role]:
    """The desks that still need the record, if the requests `besides` were answered. Four queries at most."""
    releases = ReleaseRequest.objects.filter(patient=patient, facility=facility, status__in=ReleaseRequest.OPEN)
    releases = releases.exclude(pk__in=[row.pk for row in besides])
    amendments = AmendmentRequest.objects.filter(
        patient=patient, facility=facility, status=AmendmentRequest.Status.REQUESTED
    )
    envelopes = RecordSubmission.objects.filter(patient=patient, facility=facility, status__in=RecordSubmission.OPEN)
    in_hand = {
        Role.CLERK: releases.exists() or amendments.exists() or envelopes.exists(),
        Role.PRIVACY_OFFICER: releases.filter(kind=ReleaseRequest.Kind.LEGAL).exists(),
    }
    return {role for role, has_some in in_hand.items() if has_some}
