"""The consent to be written to by e-mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import ContactPoint, Patient
from records.models.documents import Signature


class ChannelConsent(Record):
    """FHIR Consent to be written to by e-mail, with what the patient lets the message say (45 CFR 164.522(b))."""

    class Category(models.TextChoices):
        REMINDER_EMAIL = "reminder-email", "Reminders by e-mail"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        REJECTED = "rejected", "Declined"
        INACTIVE = "inactive", "Revoked or expired"

    class Detail(models.TextChoices):
        """How much a message may say; each contains the one before."""

        TIME = "time", "Date and time only"
        PLACE = "place", "Date, time and place"
        FACILITY = "facility", "Date, time, place and the facility's name"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="channel_consents")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=Category, default=Category.REMINDER_EMAIL)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, blank=True, related_name="consents")
    detail = models.CharField(max_length=10, choices=Detail, default=Detail.TIME)
    may_use_first_name = models.BooleanField(default=False)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    risk_notice_at = models.DateTimeField(null=True, blank=True, help_text="When the risk of e-mail was explained.")
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_via = models.CharField(max_length=20, blank=True)

    phi_fields = ("detail", "language")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "facility", "category"],
                condition=Q(status="active"),
                name="channel_consent_one_active",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(contact_point__isnull=False, risk_notice_at__isnull=False),
                name="channel_consent_has_address_and_notice",
            ),
        ]
