"""The seals over what is append-only, and what PostgreSQL itself saw being written."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class AuditBlock(models.Model):
    """A seal over a stretch of lines: their digest, chained to the block before, signed by the sealer's key.

    It covers every id from `first_id` to `last_id`, those that no line has included. `format` says which columns
    were read, so that a new column changes no digest. Written by `carecoord.audit.sealing` alone; never changed.
    """

    stream = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    rows_digest = models.CharField(max_length=64, help_text="SHA-256 of the lines.")
    ids_digest = models.CharField(max_length=64, help_text="SHA-256 of their ids: tells an edit from a deletion.")
    previous = models.CharField(max_length=64, blank=True, help_text="Digest of the block before.")
    sealed_at = models.DateTimeField(default=timezone.now)
    format = models.PositiveSmallIntegerField(default=1)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128, help_text="Ed25519, of the block's digest.")

    phi_fields = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="audit_block_once"),
            models.CheckConstraint(
                condition=models.Q(last_id__gte=models.F("first_id")), name="audit_block_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} block {self.number}"


class RowVersion(models.Model):
    """The second witness: a trigger's line for each row written, whatever wrote it. Column names, never values."""

    class Op(models.TextChoices):
        INSERT = "I", "Inserted"
        UPDATE = "U", "Updated"
        DELETE = "D", "Deleted"
        TRUNCATE = "T", "Emptied"

    at = models.DateTimeField()
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField(null=True)
    op = models.CharField(max_length=1, choices=Op)
    version = models.IntegerField(null=True)
    columns = ArrayField(models.CharField(max_length=63), default=list)
    author_id = models.BigIntegerField(null=True)

    phi_fields = ()

    class Meta:
        indexes = [models.Index(fields=["table", "row_id"])]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id} {self.op}"
