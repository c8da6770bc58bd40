"""What left the house: each disclosure with what permitted it (42 CFR 2.25, 45 CFR 164.528)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import DataClass
from core.ids import uuid7
from patients.models import Patient
from records.models.consents import Consent, Purpose
from records.models.documents import Document
from records.models.requests import ReleaseRequest
from staff.models import PartnerOrganization


class Basis(models.TextChoices):
    """What permits a disclosure: a consent, or a named exception."""

    CONSENT = "consent", "The patient's consent (2.31, 2.33)"
    MEDICAL_EMERGENCY = "medical-emergency", "Medical emergency (2.51)"
    COURT_ORDER = "court-order", "Court order and subpoena (2.61 ff.)"
    AUDIT = "audit-evaluation", "Audit and evaluation (2.53)"
    RESEARCH = "research", "Research (2.52)"
    CHILD_ABUSE = "child-abuse", "Report of suspected child abuse (2.12(c)(6))"
    CRIME = "crime-on-premises", "Crime on the premises or against staff (2.12(c)(5))"
    SERVICE = "qualified-service", "Qualified service organization (2.12(c)(4))"
    PUBLIC_HEALTH = "public-health", "De-identified, to a public health authority (2.54)"


class Channel(models.TextChoices):
    PDF = "pdf", "PDF"
    ZIP = "zip", "ZIP packet"
    CSV = "csv", "Table (CSV)"
    PAPER = "paper", "On paper"
    MAIL = "mail", "E-mail"
    CALENDAR = "calendar", "Calendar file"
    FHIR = "fhir", "FHIR"
    FAX = "fax", "Fax"
    SPOKEN = "spoken", "Spoken"
    REFERRAL = "referral", "Referral packet"


class Disclosure(models.Model):
    """One disclosure. Appended and never changed: a correction is another row that names it."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="disclosures")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=20, choices=Basis)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="disclosures")
    request = models.ForeignKey(ReleaseRequest, models.PROTECT, null=True, related_name="disclosures")
    recipient_name = models.CharField(max_length=200)
    recipient_affiliation = models.CharField(max_length=200, blank=True)
    recipient_address = models.CharField(max_length=300, blank=True)
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose)
    purpose_words = models.CharField(max_length=300, blank=True)
    data_classes = ArrayField(models.CharField(max_length=20, choices=DataClass))
    description = models.TextField(help_text="What was disclosed, in words.")
    channel = models.CharField(max_length=10, choices=Channel)
    notice = models.TextField(blank=True, help_text="The notice prohibiting redisclosure, as it went along (2.32).")
    packet = models.ForeignKey(Document, models.PROTECT, null=True, related_name="disclosures")
    packet_sha256 = models.CharField(max_length=64, blank=True)
    emergency = models.TextField(blank=True, help_text="The nature of the emergency (2.51(c)).")
    authority = models.CharField(
        max_length=300, blank=True, help_text="The agreement, order or law that another exception rests on."
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    sent = models.BooleanField(default=True, help_text="False in a correction that says it never left.")

    # A row is one fact, appended once and refused any change by trigger, so it has no history of its own.
    phi_fields = (
        "recipient_name",
        "recipient_affiliation",
        "recipient_address",
        "purpose",
        "purpose_words",
        "data_classes",
        "description",
        "emergency",
        "authority",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="consent") | (Q(consent__isnull=False) & ~Q(notice="")),
                name="disclosure_with_consent_carries_notice",
            ),
            models.CheckConstraint(
                condition=~Q(basis="medical-emergency") | (~Q(emergency="") & Q(by__isnull=False)),
                name="disclosure_emergency_says_its_nature",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["consent", "medical-emergency", "court-order"]) | ~Q(authority=""),
                name="disclosure_exception_names_authority",
            ),
            models.CheckConstraint(
                condition=~Q(recipient_name="") & ~Q(description="") & Q(data_classes__len__gt=0),
                name="disclosure_says_what_to_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-at"]),
            models.Index(fields=["facility", "-at"]),
            models.Index(fields=["packet_sha256"], condition=~Q(packet_sha256=""), name="disclosure_by_packet"),
        ]

    def __str__(self) -> str:
        return f"disclosure {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("records:disclosure_detail", args=[self.patient.uuid, self.uuid])
