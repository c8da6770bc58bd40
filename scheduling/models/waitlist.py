"""Who waits for a time or an earlier one, what was offered to whom, and the times that came free."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Location
from core.models import Record
from episodes.models import EpisodeOfCare
from patients.models import Patient
from scheduling.models.appointments import Appointment
from scheduling.models.types import AppointmentType
from staff.models import Practitioner


class WaitlistEntry(Record):
    """FHIR Appointment.status `waitlist`: a person waits for a time, or has one and would take an earlier one."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        BOOKED = "booked", "Has a time"
        REMOVED = "removed", "Taken off"

    class Urgency(models.IntegerChoices):
        """FHIR request priority, the first to be served first."""

        STAT = 1, "At once"
        URGENT = 2, "Urgent"
        ROUTINE = 3, "Routine"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="waitlist")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="waitlist")
    episode = models.ForeignKey(EpisodeOfCare, models.PROTECT, null=True, blank=True, related_name="+")
    type = models.ForeignKey(AppointmentType, models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: anybody."
    )
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="wishes", help_text="Would come earlier."
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.ROUTINE)
    earliest_on = models.DateField(null=True, blank=True)
    latest_on = models.DateField(null=True, blank=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 is Monday; none: any."
    )
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(default=4, help_text="How long before it the person must know.")
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)

    phi_fields = (
        "earliest_on", "latest_on", "weekdays", "from_time", "until_time", "note", "asked_at", "closed_reason",
    )  # fmt: skip

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "type"], condition=Q(status="waiting"), name="waitlist_once_per_type"
            ),
            models.CheckConstraint(
                condition=Q(status="waiting") | Q(closed_at__isnull=False), name="waitlist_closed_has_time"
            ),
            models.CheckConstraint(
                condition=Q(latest_on__isnull=True) | Q(earliest_on__isnull=True) | Q(latest_on__gte=F("earliest_on")),
                name="waitlist_days_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["facility", "type", "urgency", "asked_at"], condition=Q(status="waiting"), name="waitlist_order"
            )
        ]


class FreedTime(models.Model):
    """A time that came free, owed to the waitlist: written with the cancellation, offered by a worker.

    Its columns are its history, and it names nobody, so it is a plain row.
    """

    class Status(models.TextChoices):
        OPEN = "open", "To be offered"
        OFFERED = "offered", "Offered"
        TAKEN = "taken", "Taken"
        OVER = "over", "Nobody wanted it"

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="+")
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    freed_by = models.ForeignKey(Appointment, models.CASCADE, null=True, blank=True, related_name="freed")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    phi_fields = ()

    class Meta:
        indexes = [models.Index(fields=["starts_at"], condition=Q(status="open"), name="freed_time_open")]

    def __str__(self) -> str:
        return f"freed time {self.pk} {self.status}"


class WaitlistOffer(Record):
    """One time offered to one who waits: a proposed appointment that guards it until the offer expires."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Waiting for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Not answered in time"
        WITHDRAWN = "withdrawn", "Withdrawn"

    entry = models.ForeignKey(WaitlistEntry, models.PROTECT, related_name="offers")
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="offer")
    freed_time = models.ForeignKey(FreedTime, models.SET_NULL, null=True, blank=True, related_name="offers")
    why = models.CharField(max_length=200, help_text="The rule that put this person first, in words.")
    offered_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED)
    answered_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("why",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(status="offered"), name="waitlist_one_offer_at_once"),
            models.UniqueConstraint(
                fields=["freed_time"], condition=Q(status="offered"), name="freed_time_offered_to_one"
            ),
            models.CheckConstraint(
                condition=Q(status="offered") | Q(answered_at__isnull=False), name="waitlist_answer_has_time"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status="offered"), name="waitlist_offer_open")]

    def get_absolute_url(self) -> str:
        return reverse("scheduling:waitlist_person", args=[self.entry.patient.uuid])
