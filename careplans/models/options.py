"""Treatment options, their presentation and acceptance."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from careplans import costs
from careplans.models.assessments import Assessment
from core.models import Record
from episodes.models import EpisodeOfCare, LevelOfCare
from patients.models import Patient
from records.models import Document, Signature


class AvailablePlan(Record):
    """One course of treatment the physician considers possible."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="available_plans")
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    level_of_care = models.ForeignKey(LevelOfCare, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)

    phi_fields = ("title", "description")

    class Meta:
        ordering = ["position", "id"]


class TreatmentOption(Record):
    """FHIR CarePlan with intent=option: what is offered to the person, with what speaks for and against it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "In preparation"
        PRESENTED = "presented", "Presented"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="treatment_options")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="treatment_options")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="options")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    title = models.CharField(max_length=120)
    level_of_care = models.ForeignKey(LevelOfCare, models.PROTECT, null=True, blank=True, related_name="+")
    description = models.TextField("what to expect", blank=True)
    benefits = models.TextField()
    risks = models.TextField()
    weeks = models.PositiveSmallIntegerField("length in weeks", null=True, blank=True)
    cost_total = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    cost_covered = models.DecimalField(max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    instalments = models.PositiveSmallIntegerField("monthly installments", default=1, validators=[MinValueValidator(1)])
    currency = models.CharField(max_length=3, default="USD")
    decline_reason = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    phi_fields = (
        "title",
        "description",
        "benefits",
        "risks",
        "cost_total",
        "cost_covered",
        "instalments",
        "decline_reason",
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["episode"], condition=Q(status="accepted"), name="option_one_accepted"),
            models.CheckConstraint(condition=Q(cost_covered__lte=F("cost_total")), name="option_covered_within_cost"),
            models.CheckConstraint(condition=Q(instalments__gte=1), name="option_has_an_instalment"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("careplans:option_list", args=[self.patient.uuid])

    @property
    def patient_share(self) -> Decimal:
        """What the person pays in all."""
        return costs.patient_share(self.cost_total, self.cost_covered)

    @property
    def monthly_amounts(self) -> list[Decimal]:
        """What the person pays each month; adds up to the share to the cent."""
        return costs.monthly_amounts(self.patient_share, self.instalments)

    @property
    def is_final(self) -> bool:
        """Accepted and signed: nothing about it changes any more."""
        return self.status == self.Status.ACCEPTED


class PlanPresentation(Record):
    """Options shown to the person, and the signed answer."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="presentations")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="presentations")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    presented_at = models.DateTimeField(default=timezone.now)
    presented_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    teach_back = models.TextField(blank=True, help_text="How the person put it in own words.")
    accepted = models.ForeignKey(TreatmentOption, models.PROTECT, null=True, blank=True, related_name="+")
    declined_all_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="+")
    # SHA-256 over the canonical JSON of every option as shown.
    options_sha256 = models.CharField(max_length=64, editable=False)

    phi_fields = ("teach_back",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted__isnull=True) | Q(signature__isnull=False, decided_at__isnull=False),
                name="presentation_acceptance_is_signed",
            ),
            models.UniqueConstraint(
                fields=["episode"], condition=Q(decided_at__isnull=True), name="presentation_one_undecided"
            ),
        ]
        indexes = [models.Index(fields=["facility", "presented_at"])]

    def get_absolute_url(self) -> str:
        return reverse("careplans:presentation_detail", args=[self.patient.uuid, self.uuid])
