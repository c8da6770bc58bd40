"""What is owed to patients: when a message goes, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from core.ids import uuid7
from core.models import Record
from scheduling.models.appointments import Appointment
from scheduling.models.types import AppointmentType


class ReminderRule(Record):
    """When a reminder goes: so many days or hours before, on the facility's wall clock."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="reminder_rules")
    appointment_type = models.ForeignKey(AppointmentType, models.CASCADE, null=True, blank=True, related_name="+")
    days_before = models.PositiveSmallIntegerField(default=0)
    hours_before = models.PositiveSmallIntegerField(default=0)
    asks_confirmation = models.BooleanField(default=True)
    booked_hours_before = models.PositiveSmallIntegerField(
        default=0, help_text="Only if it was booked at least so many hours before the start; 0: always."
    )
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days_before__gt=0) | Q(hours_before__gt=0), name="reminder_rule_goes_before"
            )
        ]

    def __str__(self) -> str:
        parts = [f"{self.days_before} days"] if self.days_before else []
        return " ".join([*parts, f"{self.hours_before} hours"] if self.hours_before else parts) + " before"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self) -> "ReminderQuerySet":
        return self.filter(status=Reminder.Status.DUE, send_at__lte=timezone.now())


class Reminder(models.Model):
    """One message owed to a patient, written in the booking's own transaction.

    Its columns are its history (every state leaves its time), so it is a plain row: workers write 2,400 a second.
    Several of one person on one day go as one message: the others are `told_with` the first.
    """

    class Status(models.TextChoices):
        DUE = "due", "Waiting for its time"
        CLAIMED = "claimed", "Claimed"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not sent"
        FAILED = "failed", "Failed"
        IN_DOUBT = "in-doubt", "In doubt"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"

    class Purpose(models.TextChoices):
        REMINDER = "reminder", "Reminder"
        OFFER = "offer", "Offer of a free time"

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    # No index of its own where another begins with it, or where nearly every row would be in it for nothing.
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="reminders", db_index=False)
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    schedule_version = models.PositiveIntegerField()
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.REMINDER)
    send_at = models.DateTimeField()
    at_any_hour = models.BooleanField(default=False, help_text="Somebody waits for it: quiet hours do not hold it.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    domain = models.CharField(max_length=120, blank=True, help_text="Where it went, for the limit of each domain.")
    told_with = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="tells_of",
        help_text="The message that said it.",
        db_index=False,
    )
    code = models.CharField(max_length=40, blank=True, help_text="Why it was skipped or failed.")
    changed_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()
    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "schedule_version", "rule", "channel", "purpose"],
                nulls_distinct=False,
                name="reminder_once_per_rule",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="reminder_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(status="due"), name="reminder_due"),
            models.Index(fields=["send_at"], name="reminder_by_day"),
            models.Index(
                fields=["lease_until"], condition=Q(status__in=["claimed", "sending"]), name="reminder_leased"
            ),
            models.Index(fields=["status"], condition=Q(status__in=["failed", "in-doubt"]), name="reminder_dead"),
            models.Index(fields=["domain", "sent_at"], condition=Q(status="sent"), name="reminder_by_domain"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="reminder_by_message"),
            models.Index(fields=["told_with"], condition=Q(told_with__isnull=False), name="reminder_told_with"),
            models.Index(fields=["resolved_by"], condition=Q(resolved_by__isnull=False), name="reminder_resolved_by"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk} {self.status}"


class AppointmentLink(models.Model):
    """What a link in a message stands for. The token itself is only in the mail; here is its digest."""

    class Purpose(models.TextChoices):
        REPLY = "reply", "Confirm, decline or ask for a call"
        OPT_OUT = "opt-out", "No more messages"

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="links")
    reminder = models.ForeignKey(Reminder, models.CASCADE, null=True, blank=True, related_name="links")
    schedule_version = models.PositiveIntegerField()
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.REPLY)
    token_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    phi_fields = ()

    class Meta:
        # As a constraint, because a unique field would get a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["token_sha256"], name="link_token_once")]

    def __str__(self) -> str:
        return f"link {self.pk} {self.purpose}"
