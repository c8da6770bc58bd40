"""Import bookkeeping: which resource of which facility's sources became which row."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.models import Facility


class ImportedResource(models.Model):
    """One resource as last imported: twice is the same as once, because its digest is the same."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    resource_type = models.CharField(max_length=40)
    resource_id = models.CharField(max_length=200)
    identifiers = ArrayField(models.CharField(max_length=400), default=list, help_text="As system|value.")
    sha256 = models.CharField(max_length=64)
    row_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    row_id = models.BigIntegerField()
    imported_at = models.DateTimeField(auto_now=True)

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "resource_type", "resource_id"], name="imported_resource_once")
        ]
        indexes = [
            models.Index(fields=["row_type", "row_id"]),
            GinIndex(fields=["identifiers"], name="imported_resource_identifiers"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_type} {self.pk}"
