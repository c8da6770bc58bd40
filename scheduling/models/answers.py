"""What patients answer."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import Record
from scheduling.models.appointments import Appointment


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
    moved_to = models.DateTimeField(null=True, blank=True, help_text="The free time that the patient took instead.")
    at = models.DateTimeField(default=timezone.now)

    phi_fields = ("comment", "moved_to")


class CallAttempt(Record):
    """A telephone call about an appointment, and what came of it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        RESCHEDULE = "reschedule", "Wants another time"
        MESSAGE = "message", "Left a message"
        NO_MESSAGE = "no-message", "Left no message"
        NO_ANSWER = "no-answer", "No answer"

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="calls")
    outcome = models.CharField(max_length=12, choices=Outcome)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    next_try_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("outcome",)
