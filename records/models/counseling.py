"""SUD counseling notes (42 CFR 2.11): their author's alone, and never part of the chart."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Facility
from core.fields import EncryptedTextField
from core.models import Record
from patients.models import Patient


class CounselingNote(Record):
    """What was said in a counseling session. Unreadable at rest; in no list, search, export, plan or timeline."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="counseling_notes")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    session_at = models.DateTimeField(default=timezone.now)
    text = EncryptedTextField()
    signed_at = models.DateTimeField(null=True, blank=True)
    entered_in_error = models.BooleanField(default=False)

    phi_fields = ("session_at", "text")

    class Meta:
        indexes = [models.Index(fields=["author", "patient", "-session_at"])]
