"""Coverage: what a payer answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import EncryptedTextField
from core.models import Record
from patients.models import Patient


class Coverage(Record):
    """FHIR Coverage: who pays, under which number, checked when and how."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CANCELLED = "cancelled", "Ended"
        DRAFT = "draft", "Not yet checked"

    class CheckedVia(models.TextChoices):
        PHONE = "phone", "By telephone"
        PORTAL = "portal", "In the payer's portal"
        CARD = "card", "From the card only"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="coverages")
    payer_name = models.CharField(max_length=200)
    plan_name = models.CharField(max_length=200, blank=True)
    member_id = EncryptedTextField(blank=True)
    group_number = models.CharField(max_length=60, blank=True)
    relationship = models.CharField(max_length=40, default="self", help_text="To the policy holder.")
    is_self_pay = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=1, help_text="1 pays first.")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_via = models.CharField(max_length=8, choices=CheckedVia, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    check_note = models.CharField(max_length=300, blank=True)
    authorised_until = models.DateField(null=True, blank=True)

    phi_fields = ("payer_name", "plan_name", "member_id", "group_number", "relationship", "check_note")

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | ~Q(checked_via=""), name="coverage_check_names_its_way"
            )
        ]
