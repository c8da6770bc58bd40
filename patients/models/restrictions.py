"""What the patient asked us not to do with the record, and charts that ask everybody for a reason."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import DataClass, Role
from core.models import Record
from patients.models.person import Patient
from staff.models import PartnerOrganization


class Restriction(Record):
    """A restriction of use or disclosure (42 CFR 2.26, 45 CFR 164.522(a)), or of the chart itself."""

    class Kind(models.TextChoices):
        DISCLOSURE = "disclosure", "Not to somebody"
        HEALTH_PLAN = "health-plan", "Not to the health plan: paid in full by the person"
        CHART = "chart", "Restricted chart: staff, family of staff, or a public person"

    class Status(models.TextChoices):
        REQUESTED = "requested", "Asked for"
        ACTIVE = "active", "Agreed"
        REJECTED = "rejected", "Not agreed"
        ENDED = "ended", "Ended"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="restrictions")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    recipient_name = models.CharField(max_length=200, blank=True, help_text="Empty for everybody outside.")
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    data_classes = ArrayField(models.CharField(max_length=20, choices=DataClass), default=list, blank=True)
    words = models.CharField(max_length=500, blank=True, help_text="What was asked, in words.")
    requested_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("recipient_name", "data_classes", "words", "answer")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(answer=""), name="restriction_refusal_has_reason"
            ),
            # 164.522(a)(1)(vi): what the person paid in full must be kept from the health plan; we may not refuse.
            models.CheckConstraint(
                condition=~Q(kind="health-plan", status="rejected"), name="restriction_of_plan_is_honored"
            ),
            models.UniqueConstraint(
                fields=["patient", "facility"], condition=Q(kind="chart", status="active"), name="chart_restricted_once"
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"])]


class EmergencyAccess(Record):
    """Break-glass: one person opens one chart for 60 minutes, says why, and somebody else reviews it in 72 hours."""

    class Reason(models.TextChoices):
        EMERGENCY = "emergency", "Danger to life or health"
        COVERING = "covering", "Covering for a colleague who cannot be reached"
        SAFETY = "safety", "Safety of others"
        CONTINUITY = "continuity", "Care would be interrupted"
        OTHER = "other", "Another reason"

    class Outcome(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not-justified", "Not justified"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="emergency_accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="emergency_accesses")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.CharField(max_length=500)
    starts_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    review = models.TextField(blank=True)

    phi_fields = ("words", "review")

    class Meta:
        verbose_name_plural = "emergency accesses"
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="emergency_access_has_end"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, outcome="")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(outcome=""),
                name="emergency_access_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="emergency_access_reviewed_by_another",
            ),
            models.CheckConstraint(condition=Q(words__regex=r"^.{15,}"), name="emergency_access_says_why"),
        ]
        indexes = [
            models.Index(fields=["user", "patient", "-until"]),
            models.Index(fields=["review_due_at"], condition=Q(reviewed_at__isnull=True), name="emergency_to_review"),
        ]

    def get_absolute_url(self) -> str:
        """Where it is reviewed: tasks about it lead there."""
        return reverse("episodes:emergency_review", args=[self.uuid])
