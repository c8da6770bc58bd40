"""The clerk's envelope."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import Patient
from records.digests import digest_over
from records.models.documents import Document


class RecordSubmission(Record):
    """The clerk's envelope: a set of papers that a coordinator submits and the clerk files or returns."""

    class Status(models.TextChoices):
        """FHIR Task.status."""

        REQUESTED = "requested", "Submitted"
        ACCEPTED = "accepted", "Accepted by the clerk"
        COMPLETED = "completed", "Filed"
        REJECTED = "rejected", "Returned"

    OPEN = (Status.REQUESTED, Status.ACCEPTED)

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="submissions")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="submissions")
    documents = models.ManyToManyField(Document, related_name="submissions")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    page_count = models.PositiveSmallIntegerField()
    message = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    due_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    filed_location = models.CharField(max_length=120, blank=True, help_text="Shelf, box or folder.")
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="SHA-256 over the papers' digests.")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sent_again", help_text="The returned envelope."
    )

    phi_fields = ("message", "return_reason", "filed_location")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(return_reason=""), name="submission_return_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | ~Q(filed_location=""), name="submission_filed_has_location"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(replaces__isnull=False), name="submission_sent_again_once"
            ),
        ]
        indexes = [models.Index(fields=["facility", "status", "due_at"])]

    def get_absolute_url(self) -> str:
        return reverse("records:submission_detail", args=[self.patient.uuid, self.uuid])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_intact(self) -> bool:
        """The papers inside are, to the byte, those that were submitted."""
        papers = self.documents.all()
        return all(paper.is_intact for paper in papers) and self.digest == digest_over(p.sha256 for p in papers)
