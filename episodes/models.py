"""The person's path: episode, baton, steps, hand-offs, tasks."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from accounts.models import Facility, Location
from accounts.roles import Role
from core.models import Record
from patients.models import Patient


class LevelOfCare(models.Model):
    """A level of care in an edition of the criteria: its code and our own short label, nothing more."""

    edition = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=120)
    is_residential = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    phi_fields = ()

    class Meta:
        verbose_name_plural = "levels of care"
        ordering = ["-edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="level_of_care_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class EpisodeOfCareQuerySet(models.QuerySet["EpisodeOfCare"]):
    def open(self) -> "EpisodeOfCareQuerySet":
        return self.filter(status__in=EpisodeOfCare.OPEN)


class EpisodeOfCare(Record):
    """FHIR EpisodeOfCare, with the baton: while it is open, one owner and one next step with its time."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        WAITLIST = "waitlist", "On the waitlist"
        ACTIVE = "active", "Active"
        ONHOLD = "onhold", "On hold"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (Status.PLANNED, Status.WAITLIST, Status.ACTIVE, Status.ONHOLD)

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="episodes")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="episodes")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    level_of_care = models.ForeignKey(LevelOfCare, models.PROTECT, null=True, blank=True, related_name="+")
    # The baton.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="batons")
    owner_role = models.CharField(max_length=20, choices=Role, blank=True)
    next_step = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    objects = EpisodeOfCareQuerySet.as_manager()
    phi_fields = ("next_step",)

    class Meta:
        verbose_name = "episode of care"
        verbose_name_plural = "episodes of care"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["finished", "cancelled"])
                | (Q(owner__isnull=False, due_at__isnull=False) & ~Q(owner_role="") & ~Q(next_step="")),
                name="episode_open_has_baton",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=["planned", "waitlist", "active", "onhold"]),
                name="episode_one_open_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="episode_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(status__in=["planned", "waitlist", "active", "onhold"]),
                name="episode_batons",
            ),
            models.Index(fields=["facility", "status", "due_at"]),
            models.Index(
                fields=["facility", "starts_at"],
                condition=Q(status__in=["planned", "waitlist", "active", "onhold"]),
                name="episode_open_since",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class EpisodeStep(Record):
    """A fact of the path that lower floors may read: this was reached, then, by that person."""

    class Kind(models.TextChoices):
        REFERRAL_ACCEPTED = "referral-accepted", "Referral accepted"
        COVERAGE_CHECKED = "coverage-checked", "Coverage checked"
        NOTICE_GIVEN = "notice-given", "Notice of privacy practices given"
        CONSENTED = "consented", "Consent to treatment, payment and operations signed"
        CHANNEL_CONSENTED = "channel-consented", "Reminder channel settled"
        INTERVIEW_DONE = "interview-done", "Interview done"
        SCREENED = "screened", "Screened"
        LEVEL_DETERMINED = "level-determined", "Level of care determined"
        HANDED_OVER = "handed-over", "Handed over to care"
        PLAN_SHARED = "plan-shared", "Care plan shared"
        PLAN_ACKNOWLEDGED = "plan-acknowledged", "Care plan acknowledged"
        ASSESSED = "assessed", "Assessed by the physician"
        OPTIONS_PRESENTED = "options-presented", "Options presented"
        OPTION_ACCEPTED = "option-accepted", "Option accepted and signed"
        VISIT_BOOKED = "visit-booked", "Physician visit booked"
        VISIT_CONFIRMED = "visit-confirmed", "Visit confirmed"
        VISIT_ATTENDED = "visit-attended", "Visit attended"
        RECORD_FILED = "record-filed", "Record filed"

    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    reached_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "kind"], condition=Q(withdrawn_at__isnull=True), name="episode_step_once"
            )
        ]


class Placement(Record):
    """FHIR Encounter.location: level of care, and a bed where there is one, for a period."""

    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="placements")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="placements")
    level_of_care = models.ForeignKey(LevelOfCare, models.PROTECT, related_name="+")
    bed = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="placements")
    during = DateTimeRangeField(help_text="Open-ended while the person is there.")

    phi_fields = ()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_person_per_bed",
                expressions=[
                    (Func(F("bed"), F("bed"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(bed__isnull=False),
            ),
            ExclusionConstraint(
                name="placement_one_at_a_time",
                expressions=[
                    (Func(F("episode"), F("episode"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Handoff(Record):
    """One desk gives a person's care to another, which accepts or returns it. FHIR Task statuses."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Waiting to be accepted"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Returned"
        CANCELLED = "cancelled", "Withdrawn"

    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, related_name="handoffs")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="handoffs")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="handoffs")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handoffs_sent")
    from_role = models.CharField(max_length=20, choices=Role)
    to_role = models.CharField(max_length=20, choices=Role)
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="handoffs_received"
    )
    next_step = models.CharField(max_length=120)
    message = models.TextField(blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(help_text="When it should have been accepted.")
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    return_reason = models.TextField(blank=True)

    phi_fields = ("next_step", "message", "return_reason")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "to_role"], condition=Q(status="requested"), name="handoff_one_open_per_desk"
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(return_reason=""), name="handoff_return_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="requested") | Q(answered_at__isnull=False), name="handoff_answer_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["facility", "to_role", "due_at"], condition=Q(status="requested"), name="handoff_waiting"
            )
        ]


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(status__in=Task.OPEN)


class Task(Record):
    """FHIR Task: a smaller request to a desk or a person, with a due time and a link to the thing."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "To do"
        IN_PROGRESS = "in-progress", "Under way"
        COMPLETED = "completed", "Done"
        CANCELLED = "cancelled", "Cancelled"

    class Priority(models.TextChoices):
        ROUTINE = "routine", "Routine"
        URGENT = "urgent", "Urgent"

    OPEN = (Status.REQUESTED, Status.IN_PROGRESS)
    MISSING = "missing-"  # the kind of a task that asks for what a chart lacks ends with the paper's kind or the step

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="tasks")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="tasks")
    kind = models.SlugField(max_length=40)
    text = models.CharField(max_length=200)
    owner_role = models.CharField(max_length=20, choices=Role)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.ROUTINE)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=200, blank=True)
    focus_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    focus_id = models.BigIntegerField(null=True, blank=True)
    focus = GenericForeignKey("focus_type", "focus_id")

    objects = TaskQuerySet.as_manager()
    phi_fields = ("text", "outcome")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "focus_type", "focus_id", "owner_role"],
                condition=Q(status__in=["requested", "in-progress"], focus_id__isnull=False),
                name="task_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "in-progress"]) | Q(closed_at__isnull=False),
                name="task_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="in-progress") | Q(owner__isnull=False), name="task_under_way_has_owner"
            ),
        ]
        indexes = [
            models.Index(
                fields=["facility", "owner_role", "due_at"],
                condition=Q(status__in=["requested", "in-progress"]),
                name="task_by_desk",
            ),
            models.Index(
                fields=["owner", "due_at"], condition=Q(status__in=["requested", "in-progress"]), name="task_by_owner"
            ),
            models.Index(fields=["focus_type", "focus_id"]),
        ]
