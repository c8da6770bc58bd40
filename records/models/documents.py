"""Papers of the record, as rendered or as uploaded, the photos among them, and the signatures under them."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from core.models import Record
from patients.models import Patient
from records.digests import digest_of, digest_of_file


def document_storage() -> Storage:
    """Where the bytes of uploads lie: never under the web root (settings.STORAGES["documents"])."""
    return storages["documents"]


class Document(Record):
    """FHIR DocumentReference: a paper of the record, as it was rendered or uploaded. What it says never changes.

    A rendered paper is its `text`. An upload has a `file`, whose `sha256` is over its bytes; `text` is then the text
    that the file itself carries, kept to be searched.
    """

    class Kind(models.TextChoices):
        INTAKE_PACKET = "intake-packet", "Intake packet"
        ASSESSMENT = "assessment", "Physician's assessment"
        CARE_PLAN = "care-plan", "Care plan"
        ACCEPTANCE = "acceptance", "Accepted treatment option"
        CHANNEL_CONSENT = "channel-consent", "Consent to reminders"
        ATTENDANCE = "attendance", "Attendance"
        CONSENT = "consent", "Consent"
        REVOCATION = "revocation", "Revocation of a consent"
        NOTICE = "notice", "Notice of privacy practices"
        RELEASE = "release", "Released packet"
        AMENDMENT = "amendment", "Amendment"
        IDENTIFICATION = "identification", "Identification"
        INSURANCE = "insurance", "Insurance card"
        REFERRAL = "referral", "Referral letter"
        LABORATORY = "laboratory", "Laboratory report"
        IMAGING = "imaging", "Imaging report"
        MEDICATION = "medication", "Medication list"
        DISCHARGE = "discharge", "Discharge summary"
        CORRESPONDENCE = "correspondence", "Correspondence"
        COURT = "court", "Court paper"
        PHOTO = "photo", "Clinical photo"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"
        ENTERED_IN_ERROR = "entered-in-error", "Entered in error"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="documents")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="Plain text with blank lines between sections.")
    file = models.FileField(storage=document_storage, max_length=120, blank=True, editable=False)
    thumbnail = models.FileField(storage=document_storage, max_length=120, blank=True, editable=False)
    content_type = models.CharField(max_length=100, blank=True, editable=False, help_text="Found in its content.")
    size = models.PositiveIntegerField(default=0, editable=False, help_text="Bytes of the file.")
    original_name = models.CharField(max_length=200, blank=True, editable=False)
    written_on = models.DateField(null=True, blank=True, help_text="The date on the paper itself.")
    source = models.CharField(max_length=200, blank=True, help_text="Who it comes from, if not from this facility.")
    location = models.CharField(max_length=120, blank=True, help_text="Where the original on paper is.")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", help_text="The version before."
    )
    pages = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.CURRENT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", help_text="None: imported."
    )

    phi_fields = ("title", "text", "file", "thumbnail", "original_name", "written_on", "source", "location")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text="") | ~Q(file=""), name="document_has_text_or_file"),
            models.CheckConstraint(
                condition=Q(file="", content_type="", size=0) | Q(size__gt=0) & ~Q(file="") & ~Q(content_type=""),
                name="document_file_has_type_and_size",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")), name="document_not_its_own_version"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"]),
            models.Index(fields=["patient", "kind"], condition=Q(status="current"), name="document_current_kinds"),
            GinIndex(SearchVector("title", "text", "source", config="simple"), name="document_words"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("records:document_detail", args=[self.patient.uuid, self.uuid])

    @property
    def written_by(self) -> str:
        """Who brought it into the chart."""
        return str(self.author) if self.author else "Imported"

    @property
    def is_upload(self) -> bool:
        return bool(self.file)

    @property
    def is_intact(self) -> bool:
        """What it says is, to the byte, what was written or uploaded. Reads the file of an upload."""
        if not self.is_upload:
            return digest_of(self.text) == self.sha256
        try:
            with self.file.open("rb") as file:
                return digest_of_file(file) == self.sha256
        except OSError:
            return False


class ClinicalPhoto(Record):
    """A photo of a body site, one of a series over time; the picture itself is its document."""

    class Laterality(models.TextChoices):
        LEFT = "left", "Left"
        RIGHT = "right", "Right"
        MIDLINE = "midline", "Middle"
        NONE = "none", "Not applicable"

    document = models.OneToOneField(Document, models.PROTECT, related_name="photo")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="photos")
    body_site = models.CharField(max_length=80, help_text="In words, such as forearm or lower leg.")
    laterality = models.CharField(max_length=8, choices=Laterality, default=Laterality.NONE)
    taken_at = models.DateTimeField()
    length_mm = models.PositiveSmallIntegerField("length in millimeters", null=True, blank=True)
    width_mm = models.PositiveSmallIntegerField("width in millimeters", null=True, blank=True)
    depth_mm = models.PositiveSmallIntegerField("depth in millimeters", null=True, blank=True)
    remark = models.CharField(max_length=300, blank=True)

    phi_fields = ("body_site", "laterality", "taken_at", "length_mm", "width_mm", "depth_mm", "remark")

    class Meta:
        indexes = [models.Index(fields=["patient", "body_site", "laterality", "taken_at"])]


class Signature(Record):
    """An E-SIGN signature: the text shown, its digest, who signed, how, before whom, when."""

    class SignerRole(models.TextChoices):
        PATIENT = "patient", "Patient"
        REPRESENTATIVE = "representative", "Representative"
        STAFF = "staff", "Staff"

    class Method(models.TextChoices):
        TYPED = "typed", "Typed name"
        DRAWN = "drawn", "Drawn on the screen"
        LINK = "link", "Typed name, by a single-use link"
        SIGN_IN = "sign-in", "Signed-in person"

    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    signer_name = models.CharField(max_length=200)
    signer_role = models.CharField(max_length=16, choices=SignerRole)
    basis = models.CharField(
        max_length=120, blank=True, help_text="By what right a representative signs, such as legal guardian."
    )
    drawing = models.TextField(
        blank=True, editable=False, help_text="The strokes of a drawn signature, as an SVG path."
    )
    method = models.CharField(max_length=10, choices=Method)
    sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(default=timezone.now)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("signer_name", "basis", "drawing")

    @property
    def is_intact(self) -> bool:
        """The signed text is still the text that was shown, to the byte."""
        return self.document.is_intact and self.sha256 == self.document.sha256
