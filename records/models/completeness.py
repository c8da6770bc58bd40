"""What a complete chart holds, by the facility's own rules."""

from django.db import models
from django.db.models import Q

from accounts.models import Facility
from accounts.roles import Role
from core.models import Record
from episodes.models import EpisodeStep
from records.models.documents import Document


class ChartRule(Record):
    """A paper or a step of the path that each open episode has, so many hours after its start, and who owes it."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="chart_rules")
    document_kind = models.CharField(max_length=20, choices=Document.Kind, blank=True)
    step = models.CharField(max_length=20, choices=EpisodeStep.Kind, blank=True)
    within_hours = models.PositiveIntegerField(help_text="Counted from the start of the episode.")
    owed_by = models.CharField(max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)

    phi_fields = ()

    class Meta:
        ordering = ["within_hours", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(document_kind="") & ~Q(step="") | ~Q(document_kind="") & Q(step=""),
                name="chart_rule_names_paper_or_step",
            ),
            models.UniqueConstraint(
                fields=["facility", "document_kind", "step"],
                condition=Q(is_active=True),
                name="chart_rule_once_per_facility",
            ),
        ]
