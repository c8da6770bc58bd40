"""Who cares for a person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Role
from core.models import Record
from patients.models.person import Patient
from staff.models import Practitioner


class CareTeamMember(Record):
    """FHIR CareTeam.participant. Its service writes and ends the care-team grant."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="care_team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="care_teams")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "user", "facility", "role"],
                condition=Q(ends_at__isnull=True),
                name="care_team_member_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="care_team_ends_after_start"
            ),
        ]


class OutsideCareTeamMember(Record):
    """A participant of a CareTeam in another system: known by name, without account, so it permits nothing."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="outside_care_team")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("title",)
