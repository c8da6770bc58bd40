"""Appointments, holds and series, and the rows that guard who is taken when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location
from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Patient
from scheduling.models.types import AppointmentType
from scheduling.recurrence import Pattern
from staff.models import Practitioner


class Series(Record):
    """A visit that recurs on the wall clock (RFC 5545, weekly): its pattern. Each occurrence is an Appointment.

    An occurrence that was changed by itself is an exception and survives a change of the whole. “This and
    following” ends the series the day before and begins another, which names it.
    """

    class Interval(models.IntegerChoices):
        EVERY = 1, "Every week"
        SECOND = 2, "Every second week"
        THIRD = 3, "Every third week"
        FOURTH = 4, "Every fourth week"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="series")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, null=True, blank=True, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    interpreter = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="0 is Monday.")
    interval = models.PositiveSmallIntegerField(choices=Interval, default=Interval.EVERY)
    starts_on = models.DateField()
    until = models.DateField(help_text="The last day on which it may fall.")
    wall_time = models.TimeField()
    time_zone = models.CharField(max_length=40)
    left_out = ArrayField(models.DateField(), default=list, blank=True, help_text="Days of it without a visit.")
    continues = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", help_text="The earlier part."
    )

    phi_fields = ("weekdays", "starts_on", "until", "wall_time", "left_out")

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="series_ends_after_start"),
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1) & Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="series_names_weekdays",
            ),
            models.CheckConstraint(condition=Q(interval__range=(1, 4)), name="series_interval_is_weeks"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("scheduling:series_detail", args=[self.patient.uuid, self.uuid])

    @property
    def pattern(self) -> Pattern:
        return Pattern(tuple(self.weekdays), self.interval, self.starts_on, self.until, self.wall_time)


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
    interpreter = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="interpreting")
    equipment = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # What was agreed: a time on a wall. If a zone's rules change, the moment follows it (settle_wall_times).
    wall_date = models.DateField()
    wall_time = models.TimeField()
    time_zone = models.CharField(max_length=40)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="appointments")
    occurrence_on = models.DateField(null=True, blank=True, help_text="The day of the series that it stands for.")
    is_exception = models.BooleanField(default=False, help_text="Changed by itself; a change of the whole passes it.")
    # Counted up by each move: links and reminders of an earlier time are void.
    schedule_version = models.PositiveIntegerField(default=1)
    reply = models.CharField(max_length=12, choices=Reply, default=Reply.NEEDS_ACTION)
    replied_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    status_at = models.DateTimeField(default=timezone.now, help_text="Since when the status is what it is.")
    cancel_reason = models.CharField(max_length=200, blank=True)
    video_url = models.URLField(blank=True)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    external = models.BooleanField(default=False, help_text="Imported: it took place elsewhere and guards nothing.")

    phi_fields = (
        "starts_at", "ends_at", "wall_date", "wall_time", "occurrence_on", "arrived_at", "cancel_reason", "video_url",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"],
                # What was cancelled with a change of the whole is no occurrence any more; the day may come again.
                condition=Q(series__isnull=False) & (~Q(status="cancelled") | Q(is_exception=True)),
                name="appointment_once_per_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True) | Q(occurrence_on__isnull=False),
                name="appointment_of_series_names_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "starts_at"]),
            models.Index(fields=["practitioner", "starts_at"]),
            models.Index(fields=["patient", "starts_at"]),
            models.Index(
                fields=["facility", "starts_at"],
                condition=Q(status__in=["proposed", "pending", "booked"], external=False),
                name="appointment_to_come",
            ),
        ]

    def set_time(self, starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> None:
        """Say when it is, as a moment and as the time on the wall in that zone. Saves nothing."""
        wall = starts_at.astimezone(tz)
        self.starts_at, self.ends_at = starts_at, ends_at
        self.wall_date, self.wall_time, self.time_zone = wall.date(), wall.time(), tz.key

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
    Appointment.Status.FULFILLED: (Appointment.Status.CHECKED_IN,),
    Appointment.Status.NOSHOW: (Appointment.Status.BOOKED,),
}


class Hold(Record):
    """A time kept free for some minutes while somebody chooses. Its participants guard it like a booking.

    It names no patient: practitioner and room are kept, whom for is not yet said. `appointment` is the one that
    would move there. A hold that has expired or was let go guards nothing; booking sees to that.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, blank=True, related_name="holds")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    interpreter = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    equipment = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(released_at__isnull=True), name="hold_open"),
        ]


def _taken(column: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"{column}_no_double_booking",
        expressions=[
            (Func(F(column), F(column), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            ("during", RangeOperators.OVERLAPS),
        ],
        condition=Q(active=True, overlap_permitted=False, **{f"{column}__isnull": False}),
    )


class AppointmentParticipant(Record):
    """Who or what an appointment or a hold takes, when. Exactly one of patient, practitioner, location.

    An interpreter is a practitioner, a piece of equipment is a location. `during` includes the buffer. `active` is
    false once the appointment is cancelled or missed, or the hold let go: then the time is free again. A row whose
    overlap somebody permitted (BookingOverride) is out of the constraint; booking looks at it under its locks.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, blank=True, related_name="participants")
    hold = models.ForeignKey(Hold, models.CASCADE, null=True, blank=True, related_name="participants")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, null=True, blank=True, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    during = DateTimeRangeField()
    active = models.BooleanField(default=True)
    overlap_permitted = models.BooleanField(default=False)

    phi_fields = ("during",)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=False, practitioner__isnull=True, location__isnull=True)
                | Q(patient__isnull=True, practitioner__isnull=False, location__isnull=True)
                | Q(patient__isnull=True, practitioner__isnull=True, location__isnull=False),
                name="participant_is_exactly_one",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, hold__isnull=True)
                | Q(appointment__isnull=True, hold__isnull=False, patient__isnull=True),
                name="participant_of_appointment_or_hold",
            ),
            _taken("patient"),
            _taken("practitioner"),
            _taken("location"),
        ]
        indexes = [GistIndex(fields=["during"], name="participant_during")]


class BookingOverride(Record):
    """A rule that somebody set aside for one booking, with the reason. The clinical coordinator sees each."""

    class Rule(models.TextChoices):
        PATIENT_OVERLAP = "patient-overlap", "The person is booked elsewhere then"
        PRACTITIONER_OVERLAP = "practitioner-overlap", "The practitioner is booked then"
        LOCATION_OVERLAP = "location-overlap", "The room is taken then"
        HOURS = "hours", "Outside the practitioner's hours"
        CLOSED = "closed", "The room or the facility is closed then"
        CREDENTIAL = "credential", "The credential does not cover it"
        STEP = "step", "A required step is not reached"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="overrides")
    rule = models.CharField(max_length=24, choices=Rule)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    phi_fields = ("reason",)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="booking_override_has_reason")]
        indexes = [models.Index(fields=["-at"])]
