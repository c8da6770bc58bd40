"""The shared record, and the rows its door reads."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from accounts.models import Facility
from accounts.roles import Perm, Role
from core.models import Record
from staff.models import Practitioner


class Relation(models.TextChoices):
    """Why a person may see a patient: one django-guardian permission on Patient each."""

    CARE_TEAM = "on_care_team", "On the care team"
    HANDOFF = "open_handoff", "An open hand-off"
    BOOKING = "booked", "A booking"
    PLAN = "shared_plan", "A plan shared for acknowledgement"
    ENROLMENT = "enrolled", "Enrolled in a program"
    REQUEST = "request_in_hand", "A request in hand"


class Patient(Record):
    """FHIR Patient. An applicant is already a patient (42 CFR 2.11)."""

    class Gender(models.TextChoices):
        """FHIR AdministrativeGender."""

        MALE = "male", "Male"
        FEMALE = "female", "Female"
        OTHER = "other", "Other"
        UNKNOWN = "unknown", "Unknown"

    record_number = models.CharField(max_length=80, unique=True)
    prefix = models.CharField(max_length=40, blank=True)
    given_name = models.CharField("legal given name", max_length=200, blank=True)
    family_name = models.CharField("legal family name", max_length=200)
    suffix = models.CharField(max_length=40, blank=True)
    preferred_name = models.CharField(max_length=200, blank=True, help_text="The name the person goes by.")
    pronouns = models.CharField(max_length=40, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField("administrative gender", max_length=8, choices=Gender, default=Gender.UNKNOWN)
    gender_identity = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=20, default="en", help_text="BCP 47, such as en or es.")
    interpreter_needed = models.BooleanField(default=False)
    deceased = models.BooleanField(default=False)
    deceased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    # Written by services.save_patient; collation C so that index and ORDER BY agree.
    sort_key = models.CharField(max_length=420, db_collation="C", editable=False, default="")

    # Set by the door, `access.get_patient`: everything the person asking may do for this patient.
    held: frozenset[Perm]

    phi_fields = (
        "record_number",
        "prefix",
        "given_name",
        "family_name",
        "suffix",
        "preferred_name",
        "pronouns",
        "birth_date",
        "gender",
        "gender_identity",
        "language",
        "deceased_at",
        "sort_key",
    )

    class Meta:
        default_permissions = ()
        permissions = [(relation.value, relation.label) for relation in Relation]
        indexes = [
            models.Index(fields=["sort_key", "id"]),
            models.Index(fields=["birth_date"]),
        ]

    def get_absolute_url(self) -> str:
        return reverse("chart:patient_detail", args=[self.uuid])

    @property
    def legal_name(self) -> str:
        return " ".join(part for part in (self.given_name, self.family_name, self.suffix) if part)

    @property
    def name_used(self) -> str:
        """What to call the person: the preferred name with the family name, else the legal name."""
        return f"{self.preferred_name} {self.family_name}".strip() if self.preferred_name else self.legal_name

    @property
    def list_name(self) -> str:
        """Family name first, for lists."""
        given = self.preferred_name or self.given_name
        return f"{self.family_name}, {given}" if given else self.family_name

    def age_on(self, day: date) -> int | None:
        """Completed years on a day; None without a birth date."""
        if not self.birth_date:
            return None
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)


class PatientFacility(Record):
    """Where a person belongs, in which period. Every facility-wide right goes through it."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="facilities")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="patient_facilities")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    # A copy of the patient's, kept by trigger: the list of a facility is then one index scan.
    sort_key = models.CharField(max_length=420, db_collation="C", editable=False, default="")

    phi_fields = ("sort_key",)

    class Meta:
        verbose_name_plural = "patient facilities"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "facility"], condition=Q(ends_at__isnull=True), name="patient_once_per_facility"
            )
        ]
        indexes = [models.Index(fields=["facility", "sort_key", "patient"], name="patient_facility_list")]


class PatientGrant(UserObjectPermissionBase):
    """django-guardian's row, in our own table: this person has this relation to this patient.

    It opens nothing by itself: the door asks for a live membership at `facility` and checks `until`.
    """

    content_object = models.ForeignKey(Patient, models.CASCADE, related_name="grants")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    sort_key = models.CharField(max_length=420, db_collation="C", editable=False, default="")

    phi_fields = ("sort_key",)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [
            models.Index(fields=["user", "facility", "sort_key", "content_object"], name="patient_grant_caseload")
        ]


class DeskGrant(models.Model):
    """The same for a whole desk: every live member of the role at the facility has the relation."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="desk_grants")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    relation = models.CharField(max_length=20, choices=Relation)
    until = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "facility", "role", "relation"], name="desk_grant_once")
        ]
        indexes = [models.Index(fields=["facility", "role", "patient"])]

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"


class SearchKey(models.Model):
    """One way to find a person: a name part, its sound, a birth date, a telephone number, a record number.

    Rewritten whole by `services.reindex` whenever one of these changes; searched by prefix.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="search_keys")
    key = models.CharField(max_length=254, db_collation="C")

    phi_fields = ("key",)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "patient"], name="search_key_once")]

    def __str__(self) -> str:
        return f"search key {self.pk}"


class Identifier(Record):
    """FHIR Identifier: a number another system knows the person by."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    type_code = models.CharField(max_length=20, blank=True)

    phi_fields = ("system", "value")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "system", "value"], name="identifier_once")]
        indexes = [models.Index(fields=["value"])]


class Address(Record):
    """FHIR Address."""

    class Use(models.TextChoices):
        HOME = "home", "Home"
        WORK = "work", "Work"
        TEMP = "temp", "Temporary"
        OLD = "old", "Former"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="addresses")
    use = models.CharField(max_length=8, choices=Use, default=Use.HOME)
    line = models.CharField("street", max_length=300, blank=True)
    city = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=40, blank=True)

    phi_fields = ("line", "city", "state", "postal_code", "country")

    class Meta:
        verbose_name_plural = "addresses"


class ContactPoint(Record):
    """FHIR ContactPoint: a telephone number or e-mail address, kept as received beside its search key."""

    class System(models.TextChoices):
        PHONE = "phone", "Telephone"
        SMS = "sms", "Text message"
        EMAIL = "email", "E-mail"

    class Use(models.TextChoices):
        HOME = "home", "Home"
        WORK = "work", "Work"
        MOBILE = "mobile", "Mobile"
        OLD = "old", "Former"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="telecoms")
    system = models.CharField(max_length=8, choices=System)
    use = models.CharField(max_length=8, choices=Use, blank=True)
    value = models.CharField(max_length=254)
    rank = models.PositiveSmallIntegerField(default=1, help_text="1 is tried first.")
    # Digits of a telephone number (last ten), an e-mail address in lower case.
    search_key = models.CharField(max_length=254, db_collation="C", editable=False)
    leave_no_message = models.BooleanField(default=False)
    safe_from = models.TimeField(null=True, blank=True, help_text="Safe to call from.")
    safe_until = models.TimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=40, blank=True, editable=False, help_text="Set by a bounce.")

    phi_fields = ("value", "search_key", "safe_from", "safe_until")

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "system", "value"], name="contact_point_once_per_patient")
        ]
        indexes = [models.Index(fields=["search_key"])]


class RelatedPerson(Record):
    """FHIR RelatedPerson: family, a sponsor, an emergency contact. Being on this list permits nothing."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="related_people")
    name = models.CharField(max_length=200)
    relationship = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    is_emergency_contact = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    phi_fields = ("name", "relationship", "phone", "email")

    class Meta:
        verbose_name_plural = "related people"


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


class CareTeamMember(Record):
    """FHIR CareTeam.participant. Its service writes and ends the care-team grant."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="care_team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="care_teams")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "user", "facility", "role"],
                condition=Q(ends_at__isnull=True),
                name="care_team_member_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="care_team_ends_after_start"
            ),
        ]


class OutsideCareTeamMember(Record):
    """A participant of a CareTeam in another system: known by name, without account, so it permits nothing."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="outside_care_team")
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ("title",)
