"""The person, where he or she belongs, and the ways to find him or her."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Perm
from core.models import Record
from patients.languages import language_name


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
    # And the emergency access that makes it so, None without one.
    glass: Any = None

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

    @property
    def same_person(self) -> models.QuerySet[Any, Any]:
        """This record and those merged into it, for a filter: what nobody may change stays with those.

        `Document.objects.filter(patient__in=patient.same_person)`
        """
        return Patient.objects.filter(Q(pk=self.pk) | Q(merged_into=self.pk)).values("pk")

    @property
    def survivor(self) -> "Patient":
        """Whose record goes on: the one that this was merged into, else this one. What is added names it."""
        return self.merged_into or self

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

    def get_language_display(self) -> str:
        """The language in English, named as Django names the display of a choice."""
        return language_name(self.language)

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
