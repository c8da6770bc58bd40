"""Programs, group sessions, who came, and what each person took from it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import Patient
from scheduling.models import Appointment
from staff.models import Practitioner


class Program(Record):
    """A therapeutic activity offered again and again."""

    class Modality(models.TextChoices):
        ART = "art", "Art"
        MUSIC = "music", "Music"
        EXERCISE = "exercise", "Exercise"
        RECREATION = "recreation", "Recreation"
        LIFE_SKILLS = "life-skills", "Life skills"
        PEER = "peer", "Peer support"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="programs")
    name = models.CharField(max_length=120)
    modality = models.CharField(max_length=12, choices=Modality)
    aims = models.TextField(blank=True)
    precautions = models.TextField(blank=True, help_text="For whom it is not suited.")
    supplies = models.TextField(blank=True)
    capacity = models.PositiveSmallIntegerField(default=14)
    leader = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="programs")
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        verbose_name = "program"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="program_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("activities:program_detail", args=[self.uuid])


class Enrolment(Record):
    """A person takes part in a program for a period."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="enrolments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="enrolments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    times_per_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)

    phi_fields = ("times_per_week",)

    class Meta:
        verbose_name = "enrollment"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "patient"], condition=Q(ends_on__isnull=True), name="enrolment_once"
            )
        ]


class Session(Record):
    """One meeting of a program, one-to-one with its appointment, which guards leader, room and seats."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="sessions")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="session")
    shared_note = models.TextField(blank=True)
    note_signed_at = models.DateTimeField(null=True, blank=True)
    note_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    phi_fields = ("shared_note",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(note_signed_at__isnull=True) | Q(note_signed_by__isnull=False),
                name="session_note_signature_has_author",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("activities:session_detail", args=[self.uuid])

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.appointment.ends_at - self.appointment.starts_at).total_seconds() // 60)


class Attendance(Record):
    """A person on the roster of a session. Never deleted: who leaves the roster before is `excused`."""

    class Status(models.TextChoices):
        EXPECTED = "expected", "Expected"
        PRESENT = "present", "Present"
        LATE = "late", "Late"
        LEFT_EARLY = "left-early", "Left early"
        REFUSED = "refused", "Refused"
        SICK = "sick", "Sick"
        EXCUSED = "excused", "Excused"
        ABSENT = "absent", "Absent"

    CAME = (Status.PRESENT, Status.LATE, Status.LEFT_EARLY)

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="attendances")
    status = models.CharField(max_length=12, choices=Status, default=Status.EXPECTED)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("status", "minutes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "patient"], name="attendance_once_per_session"),
            models.CheckConstraint(
                condition=Q(status="expected") | Q(recorded_at__isnull=False), name="attendance_record_has_time"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-id"])]


class ParticipationNote(Record):
    """What one person took from a session: that person's own record, which no roster change touches."""

    attendance = models.OneToOneField(Attendance, models.PROTECT, related_name="note")
    text = models.CharField(max_length=500)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    phi_fields = ("text",)
