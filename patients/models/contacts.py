"""Addresses, telephone numbers and e-mail addresses."""

from django.db import models

from core.models import Record
from patients.models.person import Patient


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
