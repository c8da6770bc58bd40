"""Two records of one person put together, in a way that can be undone; and two that are not one person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.models import Record
from patients.models.person import Patient


class Merge(Record):
    """The rows of `duplicate` now belong to `survivor`; `moved` says which, so that it can be undone.

    `moved` holds ids, versions and former values of what the merge changed, and so is as telling as the rows.
    """

    survivor = models.ForeignKey(Patient, models.PROTECT, related_name="merges")
    duplicate = models.ForeignKey(Patient, models.PROTECT, related_name="merges_away")
    merged_at = models.DateTimeField(default=timezone.now)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    phi_fields = ("moved", "reason")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("duplicate")), name="merge_of_two"),
            models.UniqueConstraint(fields=["duplicate"], condition=Q(undone_at__isnull=True), name="merged_away_once"),
        ]


class NotSamePerson(Record):
    """Somebody compared these two and found two people. They are not offered as duplicates again."""

    first = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    phi_fields = ("reason",)

    class Meta:
        verbose_name_plural = "not the same person"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_same_person_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_person_in_order"),
        ]
