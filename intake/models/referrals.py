"""Referrals and the calls made about them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Patient
from staff.models import PartnerOrganization


class Referral(Record):
    """FHIR ServiceRequest with its Task: somebody asks us to take a person into care."""

    class Status(models.TextChoices):
        """FHIR Task.status."""

        RECEIVED = "received", "New"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Declined"

    class Source(models.TextChoices):
        """TEDS PSOURCE."""

        INDIVIDUAL = "individual", "The person or family"
        SUD_PROVIDER = "sud-provider", "Substance use care provider"
        HEALTH_PROVIDER = "health-provider", "Other health care provider"
        SCHOOL = "school", "School"
        EMPLOYER = "employer", "Employer or EAP"
        COMMUNITY = "community", "Other community referral"
        COURT = "court", "Court or criminal justice"

    class Priority(models.TextChoices):
        """FHIR RequestPriority."""

        ROUTINE = "routine", "Routine"
        URGENT = "urgent", "Urgent"
        STAT = "stat", "Immediate"

    class DeclineReason(models.TextChoices):
        NO_CAPACITY = "no-capacity", "No capacity at the level needed"
        LEVEL = "level", "Needs a level of care we do not offer"
        COVERAGE = "coverage", "Coverage not accepted"
        NOT_REACHED = "not-reached", "The person could not be reached"
        WITHDRAWN = "withdrawn", "Withdrawn by the person or referrer"
        OTHER = "other", "Other"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    source = models.CharField(max_length=16, choices=Source, default=Source.INDIVIDUAL)
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, blank=True, related_name="referrals")
    referrer_name = models.CharField(max_length=200, blank=True)
    referrer_phone = models.CharField(max_length=40, blank=True)
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.ROUTINE)
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    response_due_at = models.DateTimeField(help_text="First response target: 30 minutes.")
    first_response_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    decline_note = models.TextField(blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="referrals")

    phi_fields = ("referrer_name", "referrer_phone", "reason", "decline_note")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(decline_reason=""), name="referral_decline_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="received") | Q(decided_at__isnull=False), name="referral_decision_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "received_at"], condition=Q(status="received"), name="referral_waiting"),
            models.Index(
                fields=["facility", "-decided_at"], condition=Q(decided_at__isnull=False), name="referral_decided"
            ),
            models.Index(fields=["patient"]),
        ]

    def get_absolute_url(self) -> str:
        return reverse("intake:referral_detail", args=[self.patient.uuid, self.uuid])


class ReferralCall(Record):
    """A first-response call about a referral."""

    class Outcome(models.TextChoices):
        SPOKE = "spoke", "Spoke with the person"
        NO_MESSAGE = "no-message", "Left no message"
        NO_ANSWER = "no-answer", "No answer"

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("note",)
