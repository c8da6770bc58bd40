"""Care plans, the physician's packet, treatment options and their acceptance."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Role
from careplans import costs
from core.models import Record
from episodes.models import EpisodeOfCare, LevelOfCare
from patients.models import Condition, Patient
from records.models import Document, Signature


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
