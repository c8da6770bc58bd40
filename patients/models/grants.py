"""Who has which relation to a patient: the rows the door reads."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.models import Facility
from accounts.roles import Role
from patients.models.person import Patient, Relation


class PatientGrant(UserObjectPermissionBase):
    """django-guardian's row, in our own table: this person has this relation to this patient.

    It opens nothing by itself: the door asks for a live membership at `facility` and checks `until`.
    """

    content_object = models.ForeignKey(Patient, models.CASCADE, related_name="grants")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    sort_key = models.CharField(max_length=420, db_collation="C", editable=False, default="")

    phi_fields = ("sort_key",)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [
            models.Index(fields=["user", "facility", "sort_key", "content_object"], name="patient_grant_caseload")
        ]


class DeskGrant(models.Model):
    """The same for a whole desk: every live member of the role at the facility has the relation."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="desk_grants")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    relation = models.CharField(max_length=20, choices=Relation)
    until = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "facility", "role", "relation"], name="desk_grant_once")
        ]
        indexes = [models.Index(fields=["facility", "role", "patient"])]

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"
