"""Whom of a group the person may see, and the read log of a page that shows many people."""

from collections.abc import Iterable
from uuid import UUID

from accounts.access import may
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from patients.access import get_patient, log_classes, visible_patients
from patients.models import Patient


def people(user: User, facility: Facility) -> set[int]:
    """Ids of the patients whose attendance the person may record. One query."""
    return set(visible_patients(user, Perm.ACTIVITY_EDIT, facility).order_by().values_list("pk", flat=True))


def get_participant(user: User, pk: UUID) -> Patient:
    """The patient for the page of activities, which shows counts to who holds the status alone.

    `Perm.ACTIVITY_VIEW in patient.held` tells the two apart. Raises Http404 and PermissionDenied like `get_patient`.
    """
    perm = Perm.ACTIVITY_STATUS if may(user, Perm.ACTIVITY_STATUS) else Perm.ACTIVITY_VIEW
    patient = get_patient(user, pk, perm)
    if perm == Perm.ACTIVITY_STATUS and Perm.ACTIVITY_VIEW in patient.held:
        log_classes(user, patient, [Perm.ACTIVITY_VIEW])
    return patient


def log_people(user: User, facility: Facility, patient_ids: Iterable[int]) -> None:
    """One line of the read log for each person on a roster that is shown; one query."""
    AccessEvent.objects.bulk_create(
        AccessEvent(
            user_id=user.pk,
            facility_id=facility.pk,
            patient_id=pk,
            action=AccessEvent.Action.VIEW,
            data_class=Perm.ACTIVITY_VIEW,
            target="activities:session_detail",
        )
        for pk in patient_ids
    )
