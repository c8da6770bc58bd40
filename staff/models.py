"""The workforce and its partners. No patient is named here."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Facility
from core.files.places import storage
from core.models import Record


class Practitioner(Record):
    """FHIR Practitioner: someone who sees patients; an interpreter is one too."""

    class Kind(models.TextChoices):
        PHYSICIAN = "physician", "Physician"
        NURSE_PRACTITIONER = "nurse-practitioner", "Nurse practitioner"
        NURSE = "nurse", "Nurse"
        COUNSELOR = "counselor", "Counselor"
        THERAPIST = "therapist", "Activity therapist"
        PEER = "peer", "Peer support specialist"
        INTERPRETER = "interpreter", "Interpreter"
        OTHER = "other", "Other"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="practitioner"
    )
    prefix = models.CharField(max_length=40, blank=True)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120)
    suffix = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    specialty = models.CharField(max_length=120, blank=True)
    npi = models.CharField(
        "NPI", max_length=20, blank=True, validators=[RegexValidator(r"^\d{10}$", "An NPI has ten digits.")]
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        ordering = ["family_name", "given_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["npi"],
                condition=~Q(npi=""),
                name="practitioner_npi_once",
                violation_error_message="Another practitioner has this NPI; look there first.",
            )
        ]

    def __str__(self) -> str:
        name = " ".join(part for part in (self.prefix, self.given_name, self.family_name) if part)
        return f"{name}, {self.suffix}" if self.suffix else name

    def get_absolute_url(self) -> str:
        return reverse("staff:practitioner_detail", args=[self.uuid])


class PractitionerRole(Record):
    """FHIR PractitionerRole: where a practitioner works, as what, in which period."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="roles")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="practitioner_roles")
    title = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practitioner", "facility"],
                condition=Q(ends_on__isnull=True),
                name="practitioner_role_once",
                violation_error_message="This person works here already, without an end.",
            )
        ]


class Credential(Record):
    """FHIR Practitioner.qualification: a license, certificate or coverage that can lapse."""

    class Kind(models.TextChoices):
        LICENSE = "license", "State license"
        DEA = "dea", "DEA registration"
        BOARD = "board", "Board certification"
        MALPRACTICE = "malpractice", "Malpractice coverage"
        EDUCATION = "education", "Education"
        BLS = "bls", "Basic life support"

    class Status(models.TextChoices):
        """FHIR VerificationResult.status."""

        ATTESTED = "attested", "Attested"
        VALIDATED = "validated", "Verified at source"
        IN_PROCESS = "in-process", "Verification under way"
        REVALIDATION = "req-revalid", "To be verified again"
        FAILED = "val-fail", "Verification failed"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=12, choices=Kind)
    number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ATTESTED)
    verified_on = models.DateField(null=True, blank=True)
    verified_source = models.CharField(max_length=120, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    renewal_requested_at = models.DateTimeField(null=True, blank=True)
    superseded = models.BooleanField(default=False, help_text="A later credential has taken its place.")

    phi_fields = ()

    class Meta:
        ordering = ["expires_on"]
        indexes = [models.Index(fields=["expires_on"], condition=Q(superseded=False), name="credential_by_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(expires_on__gt=models.F("issued_on")),
                name="credential_ends_after_issue",
                violation_error_message="It ends before it was issued; check the two dates.",
            )
        ]


class CredentialFile(Record):
    """A copy of the paper behind a credential, as it was uploaded. Its content never changes."""

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        ENTERED_IN_ERROR = "entered-in-error", "Entered in error"

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="files")
    file = models.FileField(storage=storage, max_length=120, editable=False)
    content_type = models.CharField(max_length=100, editable=False, help_text="Found in its content.")
    size = models.PositiveIntegerField(editable=False, help_text="Bytes of the file.")
    pages = models.PositiveSmallIntegerField(default=1, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.CURRENT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", help_text="The version before."
    )

    phi_fields = ()

    class Meta:
        indexes = [models.Index(fields=["credential", "-created_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(file=""), name="credential_file_is_there"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=models.F("id")),
                name="credential_file_not_its_own_version",
            ),
        ]


class PartnerOrganization(Record):
    """FHIR Organization: a hospital, clinic, court or other that refers to us or takes referrals."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", "Hospital"
        CLINIC = "clinic", "Clinic"
        COURT = "court", "Court"
        EMPLOYER = "employer", "Employer"
        SELF_HELP = "self-help", "Self-help group"
        HOUSING = "housing", "Housing"
        PAYER = "payer", "Payer"
        OTHER = "other", "Other"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OTHER)
    phone = models.CharField(max_length=40, blank=True)
    line = models.CharField("street", max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
