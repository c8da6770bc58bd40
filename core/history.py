"""django-simple-history, with the two indexes that its readers need."""

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
