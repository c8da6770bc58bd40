"""The physician's packet."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Facility
from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Condition, Patient
from records.models import Document


class Assessment(Record):
    """The physician's packet: findings, diagnoses, and the plans that are available."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        COMPLETED = "completed", "Sent"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="assessments")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="assessments")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    findings = models.TextField()
    precautions = models.TextField(blank=True)
    # ICD-10-CM, the primary one first. Conditions of the record come of them when the packet is sent, not before.
    diagnosis_codes = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    diagnoses = models.ManyToManyField(Condition, blank=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True, help_text="When the treatment coordinator took it.")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("findings", "precautions", "diagnosis_codes")

    class Meta:
        indexes = [models.Index(fields=["facility", "status", "received_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(completed_at__isnull=False), name="assessment_sent_has_time"
            ),
            models.UniqueConstraint(
                fields=["episode", "author"], condition=Q(status="draft"), name="assessment_one_draft_per_author"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("careplans:assessment_detail", args=[self.patient.uuid, self.uuid])
