"""Screenings and the level of care determined from them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core.models import Record
from episodes.models import EpisodeOfCare, LevelOfCare
from patients.models import Patient


class Screening(Record):
    """FHIR QuestionnaireResponse with its score. The instruments are in `intake.instruments`."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in-progress", "Under way"
        COMPLETED = "completed", "Completed"
        AMENDED = "amended", "Amended"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screenings")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="screenings")
    instrument = models.SlugField(max_length=20)
    answers = ArrayField(models.PositiveSmallIntegerField(), help_text="The scored answer to each item, in order.")
    score = models.PositiveSmallIntegerField()
    band = models.CharField(max_length=60, help_text="What the official scoring calls this score.")
    safety_positive = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.COMPLETED)
    completed_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("answers", "score", "band", "safety_positive")

    class Meta:
        indexes = [models.Index(fields=["patient", "-completed_at"])]

    def get_absolute_url(self) -> str:
        return reverse("intake:screening_detail", args=[self.patient.uuid, self.uuid])


class LevelOfCareDetermination(Record):
    """What the ratings recommend, what was decided, and why the two differ if they do."""

    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="determinations")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="determinations")
    # Ratings 0 (no need) to 4 (imminent risk) of dimensions 1 to 5; dimension 6 is what the person wishes.
    ratings = ArrayField(models.PositiveSmallIntegerField(), size=5)
    person_centred = models.TextField("barriers and wishes", blank=True)
    recommended = models.ForeignKey(LevelOfCare, models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=200), help_text="Which rating and rule led there.")
    decided = models.ForeignKey(LevelOfCare, models.PROTECT, related_name="+")
    difference_reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("ratings", "person_centred", "reasons", "difference_reason")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided=models.F("recommended")) | ~Q(difference_reason=""),
                name="level_difference_has_reason",
            )
        ]
        indexes = [models.Index(fields=["episode", "-decided_at"])]
