"""What every row that people write has in common."""

from typing import ClassVar

from django.db import models

from core.history import History
from core.ids import uuid7


class Record(models.Model):
    """A row with a name for URLs, a version against silent overwrites, and its history.

    Write it with `core.audit.save`, never `save()`: history always has an author.
    `phi_fields` names the fields that tell something about a patient; every model declares them.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = History(inherit=True)
    # The author and the reason of the next line of history; django-simple-history reads them when the row is written.
    _history_user: models.Model | None
    _change_reason: str | None

    phi_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Names no person: this text reaches logs, admin messages and error pages."""
        return f"{self._meta.verbose_name} {self.pk}"
