"""Time: appointments, availability, reminders."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location
from core.ids import uuid7
from core.models import Record
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.models import Patient
from staff.models import Credential, Practitioner


class AppointmentType(Record):
    """What is booked: its length, pause after it, and what must be in order first."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="appointment_types")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    place_of_service = models.CharField(max_length=2, default="57", help_text="CMS code; 10 is telehealth at home.")
    is_group = models.BooleanField(default=False)
    practitioner_kind = models.CharField(max_length=20, choices=Practitioner.Kind, blank=True)
    required_credential = models.CharField(max_length=12, choices=Credential.Kind, blank=True)
    required_step = models.CharField(max_length=20, choices=EpisodeStep.Kind, blank=True)
    tone = models.CharField(max_length=10, default="teal", help_text="Colour in the calendar.")
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["facility", "code"], name="appointment_type_code_once")]

    def __str__(self) -> str:
        return self.name


class AvailabilityRule(Record):
    """FHIR Schedule: hours of the week in which a practitioner can be booked, on the facility's wall clock."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="availability")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday.")
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="availability_ends_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="availability_weekday_exists"),
        ]
        indexes = [models.Index(fields=["practitioner", "weekday"])]


class Appointment(Record):
    """FHIR Appointment. Its guards stand on AppointmentParticipant, which holds who is taken when."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        PENDING = "pending", "Pending"
        BOOKED = "booked", "Booked"
        ARRIVED = "arrived", "Arrived"
        CHECKED_IN = "checked-in", "Checked in"
        FULFILLED = "fulfilled", "Attended"
        CANCELLED = "cancelled", "Cancelled"
        NOSHOW = "noshow", "Did not come"

    class Reply(models.TextChoices):
        """FHIR AppointmentResponse.participantStatus of the patient."""

        NEEDS_ACTION = "needs-action", "Unconfirmed"
        ACCEPTED = "accepted", "Confirmed"
        DECLINED = "declined", "Can't make it"
        TENTATIVE = "tentative", "Asks for a call"

    UPCOMING = (Status.PROPOSED, Status.PENDING, Status.BOOKED)

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="appointments")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="appointments", help_text="Empty for a group."
    )
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, null=True, blank=True, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="appointments")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="appointments")
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Counted up by each move: links and reminders of an earlier time are void.
    schedule_version = models.PositiveIntegerField(default=1)
    reply = models.CharField(max_length=12, choices=Reply, default=Reply.NEEDS_ACTION)
    replied_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    video_url = models.URLField(blank=True)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    external = models.BooleanField(default=False, help_text="Imported: it took place elsewhere and guards nothing.")

    phi_fields = ("starts_at", "ends_at", "cancel_reason")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start")
        ]
        indexes = [
            models.Index(fields=["facility", "starts_at"]),
            models.Index(fields=["practitioner", "starts_at"]),
            models.Index(fields=["patient", "starts_at"]),
        ]

    def get_absolute_url(self) -> str:
        if self.patient is None:
            return reverse("scheduling:day")
        return reverse("scheduling:appointment_detail", args=[self.patient.uuid, self.uuid])


# From a status to those that may follow. Going back one step mends a wrong tap.
FOLLOWS: dict[str, tuple[str, ...]] = {
    Appointment.Status.PROPOSED: (Appointment.Status.BOOKED,),
    Appointment.Status.PENDING: (Appointment.Status.BOOKED,),
    Appointment.Status.BOOKED: (
        Appointment.Status.ARRIVED,
        Appointment.Status.CHECKED_IN,
        Appointment.Status.FULFILLED,
        Appointment.Status.NOSHOW,
    ),
    Appointment.Status.ARRIVED: (
        Appointment.Status.CHECKED_IN,
        Appointment.Status.FULFILLED,
        Appointment.Status.BOOKED,
    ),
    Appointment.Status.CHECKED_IN: (Appointment.Status.FULFILLED, Appointment.Status.ARRIVED),
}


def _taken(column: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"{column}_no_double_booking",
        expressions=[
            (Func(F(column), F(column), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            ("during", RangeOperators.OVERLAPS),
        ],
        condition=Q(active=True, **{f"{column}__isnull": False}),
    )


class AppointmentParticipant(Record):
    """Who or what an appointment takes, when. Exactly one of patient, practitioner, location.

    `during` includes the buffer. `active` is false once the appointment is cancelled or missed: then the time
    is free again.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="participants")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    during = DateTimeRangeField()
    active = models.BooleanField(default=True)

    phi_fields = ("during",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=False, practitioner__isnull=True, location__isnull=True)
                | Q(patient__isnull=True, practitioner__isnull=False, location__isnull=True)
                | Q(patient__isnull=True, practitioner__isnull=True, location__isnull=False),
                name="participant_is_exactly_one",
            ),
            _taken("patient"),
            _taken("practitioner"),
            _taken("location"),
        ]
        indexes = [GistIndex(fields=["during"], name="participant_during")]


class ReminderRule(Record):
    """When a reminder goes: so many days or hours before, on the facility's wall clock."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="reminder_rules")
    appointment_type = models.ForeignKey(AppointmentType, models.CASCADE, null=True, blank=True, related_name="+")
    days_before = models.PositiveSmallIntegerField(default=0)
    hours_before = models.PositiveSmallIntegerField(default=0)
    asks_confirmation = models.BooleanField(default=True)
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

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, blank=True, related_name="+")
    schedule_version = models.PositiveIntegerField()
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    send_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40, blank=True, help_text="Why it was skipped or failed.")
    changed_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()
    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "schedule_version", "rule", "channel"], name="reminder_once_per_rule"
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="reminder_sent_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(status="due"), name="reminder_due"),
            models.Index(
                fields=["lease_until"], condition=Q(status__in=["claimed", "sending"]), name="reminder_leased"
            ),
            models.Index(fields=["status"], condition=Q(status__in=["failed", "in-doubt"]), name="reminder_dead"),
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
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    phi_fields = ()

    def __str__(self) -> str:
        return f"link {self.pk} {self.purpose}"


class AppointmentResponse(Record):
    """FHIR AppointmentResponse: one answer of a patient, by link or on the telephone."""

    class Via(models.TextChoices):
        LINK = "link", "By the link"
        PHONE = "phone", "On the telephone"
        IN_PERSON = "in-person", "In person"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="responses")
    participant_status = models.CharField(max_length=12, choices=Appointment.Reply)
    via = models.CharField(max_length=10, choices=Via)
    comment = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    phi_fields = ("comment",)


class CallAttempt(Record):
    """A telephone call about an appointment, and what came of it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        RESCHEDULE = "reschedule", "Wants another time"
        NO_MESSAGE = "no-message", "Left no message"
        NO_ANSWER = "no-answer", "No answer"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=Outcome)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    next_try_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("outcome",)
