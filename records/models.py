"""Documents, signatures, the consent to the reminder channel, and the clerk's envelope."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import ContactPoint, Patient
from records.digests import digest_of, digest_over


class Document(Record):
    """FHIR DocumentReference: a paper of the record, as it was rendered. Its text never changes."""

    class Kind(models.TextChoices):
        INTAKE_PACKET = "intake-packet", "Intake packet"
        ASSESSMENT = "assessment", "Physician's assessment"
        CARE_PLAN = "care-plan", "Care plan"
        ACCEPTANCE = "acceptance", "Accepted treatment option"
        CHANNEL_CONSENT = "channel-consent", "Consent to reminders"
        ATTENDANCE = "attendance", "Attendance"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        ENTERED_IN_ERROR = "entered-in-error", "Entered in error"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="documents")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="Plain text with blank lines between sections.")
    pages = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.CURRENT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    phi_fields = ("title", "text")

    class Meta:
        indexes = [models.Index(fields=["patient", "-created_at"])]

    def get_absolute_url(self) -> str:
        return reverse("records:document_detail", args=[self.patient.uuid, self.uuid])

    @property
    def is_intact(self) -> bool:
        """The text is, to the byte, the text that was written."""
        return digest_of(self.text) == self.sha256


class Signature(Record):
    """An E-SIGN signature: the text shown, its digest, who signed, how, before whom, when."""

    class SignerRole(models.TextChoices):
        PATIENT = "patient", "Patient"
        REPRESENTATIVE = "representative", "Representative"
        STAFF = "staff", "Staff"

    class Method(models.TextChoices):
        TYPED = "typed", "Typed name"
        SIGN_IN = "sign-in", "Signed-in person"

    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    signer_name = models.CharField(max_length=200)
    signer_role = models.CharField(max_length=16, choices=SignerRole)
    method = models.CharField(max_length=10, choices=Method)
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=timezone.now)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("signer_name",)

    @property
    def is_intact(self) -> bool:
        """The signed text is still the text that was shown, to the byte."""
        return self.document.is_intact and self.sha256 == self.document.sha256


class Consent(Record):
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

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
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
                fields=["patient", "facility", "category"], condition=Q(status="active"), name="consent_one_active"
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(contact_point__isnull=False, risk_notice_at__isnull=False),
                name="consent_active_has_address_and_notice",
            ),
        ]


class RecordSubmission(Record):
    """The clerk's envelope: a set of papers that a coordinator submits and the clerk files or returns."""

    class Status(models.TextChoices):
        """FHIR Task.status."""

        REQUESTED = "requested", "Submitted"
        ACCEPTED = "accepted", "Accepted by the clerk"
        COMPLETED = "completed", "Filed"
        REJECTED = "rejected", "Returned"

    OPEN = (Status.REQUESTED, Status.ACCEPTED)

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="submissions")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="submissions")
    documents = models.ManyToManyField(Document, related_name="submissions")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    page_count = models.PositiveSmallIntegerField()
    message = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    due_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    filed_location = models.CharField(max_length=120, blank=True, help_text="Shelf, box or folder.")
    digest = models.CharField(max_length=64, blank=True, editable=False, help_text="SHA-256 over the papers' digests.")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sent_again", help_text="The returned envelope."
    )

    phi_fields = ("message", "return_reason", "filed_location")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(return_reason=""), name="submission_return_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | ~Q(filed_location=""), name="submission_filed_has_location"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(replaces__isnull=False), name="submission_sent_again_once"
            ),
        ]
        indexes = [models.Index(fields=["facility", "status", "due_at"])]

    def get_absolute_url(self) -> str:
        return reverse("records:submission_detail", args=[self.patient.uuid, self.uuid])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_intact(self) -> bool:
        """The papers inside are, to the byte, those that were submitted."""
        papers = self.documents.all()
        return all(paper.is_intact for paper in papers) and self.digest == digest_over(p.sha256 for p in papers)
