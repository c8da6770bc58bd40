"""Consent to disclose (42 CFR 2.31), the facility's forms of it, and the link by which it is signed from afar."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import DataClass
from core.models import Record
from patients.models import Patient
from records.models.documents import Document, Signature
from staff.models import PartnerOrganization


class Purpose(models.TextChoices):
    """Why something leaves the house. The first three are TPO, which one consent may serve together."""

    TREATMENT = "treatment", "Treatment"
    PAYMENT = "payment", "Payment"
    OPERATIONS = "operations", "Health care operations"
    PATIENT_REQUEST = "patient-request", "At the patient's request"
    LEGAL = "legal", "Civil, criminal, administrative or legislative proceedings"
    EMPLOYMENT = "employment", "Employment or school"
    HOUSING = "housing", "Housing or benefits"
    FAMILY = "family", "Support by family or friends"
    RESEARCH = "research", "Research"
    OTHER = "other", "Another purpose"


TPO = (Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS)


class ConsentCategory(models.TextChoices):
    """What kinds of consent the law keeps apart: the last two are never combined with another (2.31(b), (d))."""

    TPO = "tpo", "Treatment, payment and operations"
    DISCLOSURE = "disclosure", "Disclosure to named recipients"
    COUNSELING_NOTES = "counseling-notes", "SUD counseling notes"
    LEGAL = "legal", "Legal proceedings"


# A consent that nobody signed may lack anything.
UNSIGNED = ("draft", "rejected", "entered-in-error")


class ConsentForm(Record):
    """One version of the facility's wording for a category. Never changed: a new version takes its place."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="consent_forms")
    category = models.CharField(max_length=20, choices=ConsentCategory)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    introduction = models.TextField(blank=True, help_text="Shown above the patient's choices.")
    revocation = models.TextField(help_text="The right to revoke in writing, and how to do it.")
    redisclosure = models.TextField(blank=True, help_text="What may happen to the records once disclosed.")
    consequences = models.TextField(blank=True, help_text="What refusing to sign means for care and payment.")
    effective_from = models.DateField(default=timezone.localdate)
    retired_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "category", "language", "number"], name="consent_form_number_once"
            ),
            models.UniqueConstraint(
                fields=["facility", "category", "language"],
                condition=Q(retired_at__isnull=True),
                name="consent_form_one_in_use",
            ),
            models.CheckConstraint(
                condition=~Q(category="tpo") | (~Q(redisclosure="") & ~Q(consequences="")),
                name="consent_form_tpo_has_statements",
            ),
            models.CheckConstraint(condition=~Q(revocation=""), name="consent_form_tells_how_to_revoke"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class Consent(Record):
    """FHIR Consent: permission to disclose, with the elements of 42 CFR 2.31(a). It bites only while it is active."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        REJECTED = "rejected", "Declined"
        INACTIVE = "inactive", "Revoked or expired"
        ENTERED_IN_ERROR = "entered-in-error", "Entered in error"

    class Expiry(models.TextChoices):
        DATE = "date", "On a date"
        EVENT = "event", "Upon an event"
        NONE = "none", "None"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, choices=ConsentCategory)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    form = models.ForeignKey(ConsentForm, models.PROTECT, null=True, blank=True, related_name="consents")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en", help_text="As it is read.")
    discloser = models.CharField(max_length=300, blank=True, help_text="Who may disclose.")
    data_classes = ArrayField(models.CharField(max_length=20, choices=DataClass), default=list, blank=True)
    description = models.TextField(blank=True, help_text="What may be disclosed, in words.")
    covers_from = models.DateField(null=True, blank=True, help_text="Records written from this day.")
    covers_until = models.DateField(null=True, blank=True, help_text="Records written until this day.")
    purposes = ArrayField(models.CharField(max_length=16, choices=Purpose), default=list, blank=True)
    purpose_words = models.CharField(max_length=300, blank=True, help_text="The purpose, if it is another.")
    expiry = models.CharField(max_length=5, choices=Expiry, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The last day.")
    expiry_event = models.CharField(max_length=200, blank=True, help_text="Such as the end of treatment here.")
    ends_with_care = models.BooleanField(default=False, help_text="The event is the end of care here.")
    event_happened_at = models.DateTimeField(null=True, blank=True, help_text="When that event came about.")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="consents")
    signature = models.OneToOneField(Signature, models.PROTECT, null=True, blank=True, related_name="consent")
    activated_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_via = models.CharField(max_length=40, blank=True)
    revocation = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = (
        "discloser",
        "data_classes",
        "description",
        "covers_from",
        "covers_until",
        "purposes",
        "purpose_words",
        "expiry_event",
    )

    class Meta:
        constraints = [
            # 42 CFR 2.31(a): without each of these it stays a draft.
            models.CheckConstraint(
                condition=~Q(status="active")
                | (
                    Q(form__isnull=False, document__isnull=False, signature__isnull=False, activated_at__isnull=False)
                    & Q(data_classes__len__gt=0, purposes__len__gt=0)
                    & ~Q(discloser="")
                    & ~Q(description="")
                    & ~Q(expiry="")
                ),
                name="consent_active_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSIGNED) | ~Q(expiry="date") | Q(expires_on__isnull=False),
                name="consent_date_is_given",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSIGNED) | ~Q(expiry="event") | ~Q(expiry_event=""),
                name="consent_event_is_given",
            ),
            # "None" is for treatment, payment and operations alone (2.31(a)(7)).
            models.CheckConstraint(
                condition=~Q(expiry="none") | Q(category="tpo"), name="consent_without_end_is_for_tpo"
            ),
            models.CheckConstraint(
                condition=~Q(category="tpo") | Q(purposes__contained_by=[str(purpose) for purpose in TPO]),
                name="consent_tpo_serves_tpo",
            ),
            models.CheckConstraint(
                condition=~Q(category="counseling-notes") | Q(data_classes__contained_by=["counseling"]),
                name="consent_notes_not_combined",
            ),
            models.CheckConstraint(
                condition=Q(category="counseling-notes") | ~Q(data_classes__contains=["counseling"]),
                name="consent_notes_have_their_own",
            ),
            models.CheckConstraint(
                condition=~Q(category="legal") | Q(purposes__contained_by=["legal"]), name="consent_legal_not_combined"
            ),
            models.CheckConstraint(
                condition=Q(category="legal") | ~Q(purposes__contains=["legal"]), name="consent_legal_has_its_own"
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(revoked_at__isnull=True), name="consent_revoked_is_not_active"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "status"]),
            models.Index(fields=["facility", "status"]),
            models.Index(
                fields=["facility", "expires_on"],
                condition=Q(status="active", expires_on__isnull=False),
                name="consent_ends_by_day",
            ),
            models.Index(
                fields=["facility", "event_happened_at"],
                condition=Q(event_happened_at__isnull=False),
                name="consent_ended_by_event",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("records:consent_detail", args=[self.patient.uuid, self.uuid])


class ConsentRecipient(Record):
    """Who may receive: a person or entity by name, or a class of them where the law allows a class."""

    class Kind(models.TextChoices):
        PERSON = "person", "A person"
        PROVIDER = "provider", "A treating provider"
        PAYER = "payer", "A health plan or payer"
        ENTITY = "entity", "Another organization"
        CLASS = "class", "My treating providers, health plans, third-party payers and those who help run this program"
        INTERMEDIARY = "intermediary", "An intermediary, such as a health information exchange"
        COURT = "court", "A court or agency"

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="recipients")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200)
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)

    phi_fields = ("name", "address")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["consent", "kind", "name"], name="consent_recipient_once"),
            models.CheckConstraint(condition=~Q(name=""), name="consent_recipient_has_name"),
        ]


class ConsentLink(models.Model):
    """A single-use link by which a consent is read and signed away from the desk. The link itself is not kept."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's random part.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often a wrong birth date was given.")

    phi_fields = ()

    def __str__(self) -> str:
        return f"consent link {self.pk}"
