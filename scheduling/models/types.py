"""What can be booked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Facility, Location
from core.models import Record
from episodes.models import EpisodeStep
from staff.models import Credential, Practitioner

# CMS place-of-service codes of care by video: elsewhere, and in the patient's home.
TELEHEALTH = ("02", "10")


class AppointmentType(Record):
    """What is booked: its length, pause after it, and what must be in order first."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="appointment_types")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    place_of_service = models.CharField(max_length=2, default="57", help_text="CMS code; 10 is telehealth at home.")
    is_group = models.BooleanField(default=False)
    seats = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Most people in a group; empty: any.")
    practitioner_kind = models.CharField(max_length=20, choices=Practitioner.Kind, blank=True)
    required_credential = models.CharField(max_length=12, choices=Credential.Kind, blank=True)
    required_steps = ArrayField(
        models.CharField(max_length=20, choices=EpisodeStep.Kind),
        default=list,
        blank=True,
        help_text="What the person must have reached before it can be booked.",
    )
    equipment = models.ManyToManyField(
        Location,
        blank=True,
        limit_choices_to={"kind": Location.Kind.EQUIPMENT},
        related_name="+",
        help_text="Any one of these is needed.",
    )
    patient_may_move = models.BooleanField(
        default=True, help_text="Patients may take another free time behind their link."
    )
    tone = models.CharField(max_length=10, default="teal", help_text="Color in the calendar.")
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["facility", "code"], name="appointment_type_code_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="appointment_type_lasts"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_telehealth(self) -> bool:
        """By video: no room is taken, and each appointment has a private link."""
        return self.place_of_service in TELEHEALTH
