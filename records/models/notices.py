"""The notice of privacy practices (42 CFR 2.22, 45 CFR 164.520): its versions, and that it was given."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import Patient
from records.models.documents import Signature


class NoticeVersion(Record):
    """One version of the facility's notice. Never changed: a new version takes its place."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="notice_versions")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64, editable=False)
    effective_from = models.DateField(default=timezone.localdate)
    retired_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "language", "number"], name="notice_version_number_once"),
            models.UniqueConstraint(
                fields=["facility", "language"],
                condition=Q(retired_at__isnull=True),
                name="notice_version_one_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Notice(Record):
    """The notice was given: acknowledged with a signature, or why it could not be."""

    class Outcome(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        DECLINED = "declined", "Would not sign"
        INCAPACITY = "incapacity", "Not able to, medically"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="notices")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    notice_version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="given")
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome)
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was not acknowledged.")

    phi_fields = ("outcome", "reason")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="acknowledged", signature__isnull=False)
                | ~Q(outcome="acknowledged") & ~Q(reason=""),
                name="notice_signed_or_says_why",
            )
        ]
        indexes = [models.Index(fields=["patient", "-given_at"])]
