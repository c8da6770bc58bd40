"""When practitioners, rooms and whole facilities can be booked, and when not."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import Facility, Location
from core.models import Record
from staff.models import Practitioner


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
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="availability_lasts",
            ),
        ]
        indexes = [models.Index(fields=["practitioner", "weekday"])]


class AvailabilityException(Record):
    """A time that differs from the weekly pattern: somebody is away, a room or the house is closed, extra hours.

    About one practitioner, or one location (room or equipment), or, with neither, the whole facility. Of a
    practitioner who is away no facility is named: nobody is away in one place and here in another.
    """

    class Kind(models.TextChoices):
        LEAVE = "leave", "Leave"
        TRAVEL = "travel", "Travel"
        TRAINING = "training", "Training"
        CLOSED = "closed", "Closed"
        EXTRA = "extra", "Extra hours"

    AWAY = (Kind.LEAVE, Kind.TRAVEL, Kind.TRAINING)

    kind = models.CharField(max_length=10, choices=Kind)
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="availability_exceptions"
    )
    location = models.ForeignKey(Location, models.CASCADE, null=True, blank=True, related_name="closures")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="+")
    during = DateTimeRangeField()
    note = models.CharField(max_length=200, blank=True, help_text="Seen by everybody who books. Nobody's health.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="Taken back: it holds no longer.")

    phi_fields = ()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["leave", "travel", "training"], practitioner__isnull=False, location__isnull=True)
                | Q(kind="extra", practitioner__isnull=False, location__isnull=True, facility__isnull=False)
                | Q(kind="closed", practitioner__isnull=True, facility__isnull=False),
                name="availability_exception_is_of_somebody_or_something",
            ),
        ]
        indexes = [
            GistIndex(fields=["during"], name="availability_exception_during"),
            models.Index(fields=["practitioner"], name="availability_exception_of"),
        ]
