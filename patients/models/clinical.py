"""What is known about a person's health, and what anyone who meets the person has to know."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import Record
from patients.models.person import Patient


class Condition(Record):
    """FHIR Condition: a diagnosis or problem."""

    class ClinicalStatus(models.TextChoices):
        ACTIVE = "active", "Active"
        RECURRENCE = "recurrence", "Recurrence"
        RELAPSE = "relapse", "Return of symptoms"
        INACTIVE = "inactive", "Inactive"
        REMISSION = "remission", "In remission"
        RESOLVED = "resolved", "Resolved"

    class VerificationStatus(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Unconfirmed"
        PROVISIONAL = "provisional", "Provisional"
        DIFFERENTIAL = "differential", "Differential"
        CONFIRMED = "confirmed", "Confirmed"
        REFUTED = "refuted", "Refuted"
        ENTERED_IN_ERROR = "entered-in-error", "Entered in error"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="conditions")
    system = models.CharField(max_length=120, default="http://hl7.org/fhir/sid/icd-10-cm")
    code = models.CharField(max_length=40, blank=True)
    display = models.CharField(max_length=300)
    clinical_status = models.CharField(max_length=12, choices=ClinicalStatus, default=ClinicalStatus.ACTIVE, blank=True)
    verification_status = models.CharField(
        max_length=20, choices=VerificationStatus, default=VerificationStatus.CONFIRMED
    )
    is_primary = models.BooleanField(default=False)
    onset_on = models.DateField(null=True, blank=True)
    abated_on = models.DateField(null=True, blank=True)
    recorder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("code", "display", "onset_on", "abated_on")

    class Meta:
        indexes = [models.Index(fields=["patient", "clinical_status"])]


class AllergyIntolerance(Record):
    """FHIR AllergyIntolerance."""

    class Criticality(models.TextChoices):
        LOW = "low", "Low risk"
        HIGH = "high", "High risk"
        UNKNOWN = "unable-to-assess", "Unknown"

    class ClinicalStatus(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        RESOLVED = "resolved", "Resolved"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="allergies")
    substance = models.CharField(max_length=200)
    reaction = models.CharField(max_length=200, blank=True)
    criticality = models.CharField(max_length=20, choices=Criticality, default=Criticality.UNKNOWN)
    clinical_status = models.CharField(max_length=10, choices=ClinicalStatus, default=ClinicalStatus.ACTIVE)
    entered_in_error = models.BooleanField(default=False)

    phi_fields = ("substance", "reaction")

    class Meta:
        verbose_name_plural = "allergies and intolerances"


class Flag(Record):
    """FHIR Flag: what anyone who meets the person has to know first."""

    class Category(models.TextChoices):
        SAFETY = "safety", "Safety"
        CLINICAL = "clinical", "Clinical"
        ADMIN = "admin", "Administrative"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="flags")
    category = models.CharField(max_length=10, choices=Category, default=Category.SAFETY)
    text = models.CharField(max_length=200)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("text",)


class Encounter(Record):
    """FHIR Encounter: a past contact known from another system."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="encounters")
    status = models.CharField(max_length=20, default="finished")
    class_code = models.CharField(max_length=40, blank=True)
    type_display = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("class_code", "type_display", "starts_at", "ends_at")

    class Meta:
        indexes = [models.Index(fields=["patient", "-starts_at"])]


class Note(Record):
    """A clinical note. Once signed it never changes; what comes later is an addendum."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", "Progress note"
        CONTACT = "contact", "Contact"
        COORDINATION = "coordination", "Coordination"
        ADDENDUM = "addendum", "Addendum"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.PROGRESS)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    addendum_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="addenda")
    entered_in_error = models.BooleanField(default=False)

    phi_fields = ("text",)

    class Meta:
        indexes = [models.Index(fields=["patient", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(addendum_to__isnull=True, kind__in=["progress", "contact", "coordination"])
                | Q(addendum_to__isnull=False, kind="addendum"),
                name="note_addendum_names_its_note",
            )
        ]
