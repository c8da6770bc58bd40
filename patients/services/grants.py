"""Who may see a patient: the rows the door reads."""

from datetime import datetime

from django.contrib.auth.models import Permission

from accounts.models import Facility, User
from patients.models import DeskGrant, Patient, PatientGrant, Relation


def grant(
    *, patient: Patient, user: User, facility: Facility, relation: Relation, until: datetime | None = None
) -> PatientGrant:
    """Write the relation of a person to a patient. A second time moves its end."""
    row, _ = PatientGrant.objects.update_or_create(
        user=user,
        permission=relation_permission(relation),
        content_object=patient,
        defaults={"facility": facility, "until": until},
    )
    return row


def revoke(*, patient: Patient, user: User, relation: Relation) -> None:
    PatientGrant.objects.filter(user=user, content_object=patient, permission__codename=relation).delete()


def grant_desk(
    *, patient: Patient, facility: Facility, role: str, relation: Relation, until: datetime | None = None
) -> DeskGrant:
    """The same for every member of a desk, whoever works there by then."""
    row, _ = DeskGrant.objects.update_or_create(
        patient=patient, facility=facility, role=role, relation=relation, defaults={"until": until}
    )
    return row


def revoke_desk(*, patient: Patient, facility: Facility, role: str, relation: Relation) -> None:
    DeskGrant.objects.filter(patient=patient, facility=facility, role=role, relation=relation).delete()


def relation_permission(relation: Relation) -> Permission:
    """The django-guardian permission on Patient that stands for the relation."""
    return Permission.objects.get(content_type__app_label="patients", content_type__model="patient", codename=relation)
