"""What people looked at, or tried to."""

from django.db import models
from django.utils import timezone


class AccessEvent(models.Model):
    """One line of the read log: who did what to which record, when, and whether it was allowed.

    Ids without foreign keys, so that a line outlives what it speaks of. Field names at most, never values.
    """

    class Action(models.TextChoices):
        VIEW = "view", "Viewed"
        LIST = "list", "Listed"
        SEARCH = "search", "Searched"
        PRINT = "print", "Printed"
        EXPORT = "export", "Exported"
        DISCLOSE = "disclose", "Disclosed"
        EMERGENCY = "emergency", "Emergency access"
        MERGE = "merge", "Merged"
        SIGN_IN = "sign-in", "Signed in"
        SIGN_OUT = "sign-out", "Signed out"
        SIGN_IN_FAILED = "sign-in-failed", "Sign-in failed"
        PERMISSION = "permission", "Permission changed"

    class Outcome(models.TextChoices):
        ALLOWED = "allowed", "Allowed"
        DENIED = "denied", "Denied"

    at = models.DateTimeField(default=timezone.now)
    user_id = models.BigIntegerField(null=True)
    facility_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=16, choices=Action)
    data_class = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.ALLOWED)
    code = models.CharField(max_length=40, blank=True)

    phi_fields = ()

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "-at"]),
            models.Index(fields=["user_id", "-at"]),
            models.Index(fields=["facility_id", "-at"]),
            # What is rare among millions of lines, and asked for: refusals, prints, exports, disclosures.
            models.Index(fields=["facility_id", "-at"], condition=models.Q(outcome="denied"), name="access_denied"),
            models.Index(
                fields=["facility_id", "action", "-at"],
                condition=~models.Q(action__in=["view", "list"]),
                name="access_seldom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target or self.data_class} {self.outcome}"
