"""Who has which relation to a patient: the rows the door reads."""

from django.conf import settings
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


class GrantPeriod(models.Model):
    """When a relation was in force, of a person or of a whole desk: written by triggers on the two tables above.

    It answers who could see a chart at a past moment; the grants themselves know only the present.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="grant_periods")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    relation = models.CharField(max_length=20, choices=Relation)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="When it was to end by itself.")

    phi_fields = ()

    class Meta:
        indexes = [models.Index(fields=["patient", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"
