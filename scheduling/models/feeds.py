"""A practitioner's own calendar in another calendar."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.models import Record
from staff.models import Practitioner


class Feed(Record):
    """A private iCalendar address of a practitioner. The secret is only in the address; here is its digest.

    Says when the practitioner is busy, or besides what kind of appointment it is: never with whom.
    """

    class Detail(models.TextChoices):
        BUSY = "busy", "Busy times only"
        TYPE = "type", "Kind of appointment and room"

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="feeds")
    detail = models.CharField(max_length=4, choices=Detail, default=Detail.BUSY)
    label = models.CharField(max_length=60, blank=True, help_text="Where it is used, such as “my phone”.")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When a calendar last asked for it.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    phi_fields = ()
