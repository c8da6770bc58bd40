"""What a person may ask of the record: to have it (164.524), to have it amended (164.526)."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import DataClass
from core.models import Record
from patients.models import Patient
from records.models.consents import Consent, ConsentRecipient, Purpose
from records.models.documents import Document
from staff.models import PartnerOrganization


class ReleaseRequest(Record):
    """A request for copies of the record: by the person (45 CFR 164.524, 30 days) or for somebody else."""

    class Kind(models.TextChoices):
        ACCESS = "access", "The patient's own right of access"
        REPRESENTATIVE = "representative", "Personal representative"
        AUTHORIZED = "authorized", "Somebody the patient consented to"
        LEGAL = "legal", "Court order or subpoena"

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        ZIP = "zip", "ZIP with each paper by itself"
        PAPER = "paper", "Printed"

    class Status(models.TextChoices):
        """FHIR Task.status."""

        REQUESTED = "requested", "Received"
        IN_PROGRESS = "in-progress", "In progress"
        COMPLETED = "completed", "Released"
        REJECTED = "rejected", "Denied"
        CANCELLED = "cancelled", "Withdrawn"

    OPEN = (Status.REQUESTED, Status.IN_PROGRESS)

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="release_requests")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    requester_name = models.CharField(max_length=200)
    requester_contact = models.CharField(max_length=300, blank=True)
    recipient_name = models.CharField(max_length=200)
    recipient_address = models.CharField(max_length=300, blank=True)
    recipient_kind = models.CharField(
        max_length=12, choices=ConsentRecipient.Kind, default=ConsentRecipient.Kind.ENTITY
    )
    partner = models.ForeignKey(PartnerOrganization, models.PROTECT, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose)
    purpose_words = models.CharField(max_length=300, blank=True)
    data_classes = ArrayField(models.CharField(max_length=20, choices=DataClass))
    covers_from = models.DateField(null=True, blank=True)
    covers_until = models.DateField(null=True, blank=True)
    papers = models.ManyToManyField(
        Document, blank=True, related_name="+", help_text="Single papers, where not all documents are asked for."
    )
    form = models.CharField(max_length=5, choices=Form, default=Form.PDF)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="release_requests")
    received_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField()
    extended_on = models.DateField(null=True, blank=True, help_text="Once, by 30 days, with the reason in writing.")
    extension_reason = models.CharField(max_length=300, blank=True)
    fee_cents = models.PositiveIntegerField(default=0, help_text="A reasonable, cost-based fee.")
    fee_paid_on = models.DateField(null=True, blank=True)
    court_order = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    subpoena = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    denial_reason = models.TextField(blank=True)
    packet = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    # By these a recipient can ask whether a packet is ours: of the file, and as printed in the packet.
    packet_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    phi_fields = (
        "requester_name",
        "requester_contact",
        "recipient_name",
        "recipient_address",
        "purpose",
        "purpose_words",
        "data_classes",
        "covers_from",
        "covers_until",
        "extension_reason",
        "denial_reason",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(denial_reason=""), name="release_denial_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(packet__isnull=False, answered_at__isnull=False),
                name="release_done_has_packet",
            ),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True) | ~Q(extension_reason=""), name="release_extension_has_reason"
            ),
            # 42 CFR 2.61 ff.: order and subpoena both on file, and the privacy officer's approval.
            models.CheckConstraint(
                condition=~Q(kind="legal", status="completed")
                | Q(consent__isnull=False)
                | Q(court_order__isnull=False, subpoena__isnull=False, approved_at__isnull=False),
                name="release_legal_has_order_subpoena_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "status", "due_on"]),
            models.Index(fields=["packet_sha256"], condition=~Q(packet_sha256=""), name="release_by_packet"),
            models.Index(fields=["content_sha256"], condition=~Q(content_sha256=""), name="release_by_content"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("chart:release_detail", args=[self.patient.uuid, self.uuid])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def is_to_patient(self) -> bool:
        """To the person, or to who stands in the person's place."""
        return self.kind in (self.Kind.ACCESS, self.Kind.REPRESENTATIVE)

    @property
    def last_day(self) -> date:
        """By when it has to be answered, the extension included."""
        return self.extended_on or self.due_on


class AmendmentRequest(Record):
    """A request to amend the record (45 CFR 164.526, 60 days). The answer is appended; nothing is overwritten."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Received"
        ACCEPTED = "accepted", "Accepted, amendment appended"
        REJECTED = "rejected", "Denied"
        CANCELLED = "cancelled", "Withdrawn"

    class DenialBasis(models.TextChoices):
        """164.526(a)(2)."""

        NOT_OURS = "not-ours", "Not created by this facility"
        NOT_PART = "not-part", "Not part of the record"
        NOT_ACCESSIBLE = "not-accessible", "Not open to the person's own access"
        ACCURATE = "accurate", "Accurate and complete as it is"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="amendment_requests")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="amendment_requests")
    subject = models.CharField(max_length=200, help_text="Which entry, by kind and date.")
    wanted = models.TextField(help_text="What the record should say instead, in the person's words.")
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.REQUESTED)
    received_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField()
    extended_on = models.DateField(null=True, blank=True, help_text="Once, by 30 days, with the reason in writing.")
    extension_reason = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    denial_basis = models.CharField(max_length=16, choices=DenialBasis, blank=True)
    disagreement = models.TextField(blank=True, help_text="The person's statement; it travels with the record.")
    rebuttal = models.TextField(blank=True)
    appended = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("subject", "wanted", "reason", "extension_reason", "answer", "disagreement", "rebuttal")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="rejected") | (~Q(denial_basis="") & ~Q(answer="")),
                name="amendment_denial_has_basis",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(appended__isnull=False), name="amendment_accepted_is_appended"
            ),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True) | Q(extended_on__gt=F("received_on")) & ~Q(extension_reason=""),
                name="amendment_extension_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["facility", "status", "due_on"])]

    def get_absolute_url(self) -> str:
        return reverse("records:amendment_detail", args=[self.patient.uuid, self.uuid])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.REQUESTED

    @property
    def last_day(self) -> date:
        """By when it has to be answered, the extension included."""
        return self.extended_on or self.due_on
