"""Care plans: problems, goals, objectives, interventions, and who has read them."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Role
from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Condition, Patient
from records.models import Document


class CarePlan(Record):
    """FHIR CarePlan: problems, goals, objectives, interventions; shared and acknowledged."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        ON_HOLD = "on-hold", "On hold"
        REVOKED = "revoked", "Revoked"
        COMPLETED = "completed", "Completed"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="care_plans")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="care_plans")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    needs = models.TextField(blank=True, help_text="What the person needs, in the person's words where possible.")
    precautions = models.TextField(blank=True, help_text="What whoever works with the person has to mind.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Counted up at each sharing; acknowledgements are of one edition.
    edition = models.PositiveSmallIntegerField(default=0)
    shared_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    review_due_on = models.DateField(null=True, blank=True)

    phi_fields = ("needs", "precautions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(status__in=["draft", "active", "on-hold"]), name="care_plan_one_current"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(shared_at__isnull=False), name="care_plan_active_was_shared"
            ),
        ]
        indexes = [models.Index(fields=["facility", "status", "review_due_on"])]

    def get_absolute_url(self) -> str:
        return reverse("careplans:plan_detail", args=[self.patient.uuid])


class Problem(Record):
    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="problems")
    text = models.CharField(max_length=300)
    condition = models.ForeignKey(Condition, models.SET_NULL, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)
    resolved_on = models.DateField(null=True, blank=True)

    phi_fields = ("text",)

    class Meta:
        ordering = ["position", "id"]


class Goal(Record):
    """FHIR Goal."""

    class LifecycleStatus(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        PLANNED = "planned", "Planned"
        ACCEPTED = "accepted", "Accepted"
        ACTIVE = "active", "Active"
        COMPLETED = "completed", "Completed"
        REJECTED = "rejected", "Rejected"

    class AchievementStatus(models.TextChoices):
        IN_PROGRESS = "in-progress", "In progress"
        IMPROVING = "improving", "Improving"
        WORSENING = "worsening", "Worsening"
        NO_CHANGE = "no-change", "No change"
        ACHIEVED = "achieved", "Achieved"
        SUSTAINING = "sustaining", "Sustaining"
        NOT_ACHIEVED = "not-achieved", "Not achieved"

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="goals")
    text = models.CharField(max_length=300)
    lifecycle_status = models.CharField(max_length=10, choices=LifecycleStatus, default=LifecycleStatus.ACTIVE)
    achievement_status = models.CharField(
        max_length=14, choices=AchievementStatus, default=AchievementStatus.IN_PROGRESS
    )
    target_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    phi_fields = ("text",)

    class Meta:
        ordering = ["position", "id"]


class Objective(Record):
    """A measurable step towards a goal (FHIR Goal.target)."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        MET = "met", "Met"
        DROPPED = "dropped", "Dropped"

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="objectives")
    text = models.CharField(max_length=300)
    target_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    position = models.PositiveSmallIntegerField(default=1)

    phi_fields = ("text",)

    class Meta:
        ordering = ["position", "id"]


class Intervention(Record):
    """FHIR CarePlan.activity: what is done, how often, by which desk."""

    class Modality(models.TextChoices):
        INDIVIDUAL = "individual", "Individual counseling"
        GROUP = "group", "Group counseling"
        MEDICATION = "medication", "Medication visit"
        ART = "art", "Art therapy"
        MUSIC = "music", "Music therapy"
        EXERCISE = "exercise", "Exercise therapy"
        LIFE_SKILLS = "life-skills", "Life skills"
        PEER = "peer", "Peer support"
        CASE = "case", "Case coordination"
        OTHER = "other", "Other"

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="interventions")
    text = models.CharField(max_length=300)
    modality = models.CharField(max_length=12, choices=Modality, default=Modality.INDIVIDUAL)
    times_per_week = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    responsible_role = models.CharField(max_length=20, choices=Role, default=Role.CLINICIAN)
    position = models.PositiveSmallIntegerField(default=1)
    ended_on = models.DateField(null=True, blank=True, help_text="When it was no longer done.")

    phi_fields = ("text",)

    class Meta:
        ordering = ["position", "id"]


class PlanAcknowledgement(Record):
    """One person's “I have read it” of one edition of a plan."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="acknowledgements")
    edition = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "edition", "user"], name="acknowledgement_once_per_edition")
        ]
        indexes = [models.Index(fields=["user", "due_at"], condition=Q(acknowledged_at__isnull=True), name="ack_open")]

    def get_absolute_url(self) -> str:
        """The plan; for the activities coordinator its extract, which is what that role may read."""
        page = "plan_extract" if self.role == Role.ACTIVITIES else "plan_detail"
        return reverse(f"careplans:{page}", args=[self.plan.patient.uuid])
