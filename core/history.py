"""django-simple-history, with the two indexes that its readers need."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords


class History(HistoricalRecords):
    """History rows found by record and by author, newest first."""

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        options["indexes"] = [
            models.Index(fields=["id", "-history_date"]),
            models.Index(fields=["history_user", "-history_date"]),
        ]
        return options


def as_of(model: Any, moment: datetime, owner: str, owners: Collection[int]) -> list[Any]:
    """The rows of these owners as they were at a moment, as lines of their history; what was deleted by then is not.

    `owner` is the column that names the owner, such as `patient_id`. Two looks into indexes of the history, by owner
    and by (id, date): never the whole table.
    """
    if not owners:
        return []
    lines = model.history.filter(history_date__lte=moment)
    ids = lines.filter(**{f"{owner}__in": list(owners)}).order_by().values("id")
    latest = lines.filter(id__in=ids).order_by("id", "-history_date", "-history_id").distinct("id")
    return [row for row in latest if row.history_type != "-" and getattr(row, owner) in owners]
