"""Who holds how much, where everybody is on the path, what has just happened, what is about to lapse."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import Facility, Membership
from accounts.roles import Role
from core.labels import when_label
from core.times import today
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.access import belongs_to
from staff.models import Credential

ROWS = 8
OWNERS = 12


def load_by_owner(facility: Facility) -> list[dict[str, Any]]:
    """How many batons each person holds, how many of them overdue, the most first."""
    overdue = Count("pk", filter=Q(due_at__lt=timezone.now()))
    rows = (
        EpisodeOfCare.objects.open()
        .filter(facility=facility)
        .values("owner_role", given=F("owner__given_name"), family=F("owner__family_name"))
        .annotate(held=Count("pk"), overdue=overdue, oldest=Min("due_at"))
        .order_by("-overdue", "-held")[:OWNERS]
    )
    return [row | {"name": f"{row['given']} {row['family']}", "role": Role(row["owner_role"]).label} for row in rows]


def steps_reached(facility: Facility) -> list[tuple[str, int]]:
    """How many open episodes have reached each step of the path."""
    steps = EpisodeStep.objects.filter(
        episode__facility=facility, episode__status__in=EpisodeOfCare.OPEN, withdrawn_at__isnull=True
    )
    reached = dict(steps.values_list("kind").annotate(Count("pk")))
    return [(str(label), reached.get(kind, 0)) for kind, label in EpisodeStep.Kind.choices]


def latest_steps(facility: Facility) -> list[dict[str, Any]]:
    """What has just happened on anybody's path, newest first."""
    steps = EpisodeStep.objects.filter(
        belongs_to(facility, "episode__patient_id"), episode__facility=facility, withdrawn_at__isnull=True
    )
    return [
        {
            "what": step.get_kind_display(),
            "name": step.episode.patient.list_name,
            "url": step.episode.patient.get_absolute_url(),
            "who": str(step.by) if step.by else "The patient",
            "when": when_label(step.reached_at, facility.tz),
        }
        for step in steps.select_related("episode__patient", "by").order_by("-reached_at")[:ROWS]
    ]


def lapsing_credentials(facility: Facility) -> list[dict[str, Any]]:
    """Credentials of people who work here that have ended or end within 30 days."""
    day = today(facility.tz)
    rows = Credential.objects.filter(
        superseded=False,
        expires_on__lte=day + timedelta(days=30),
        practitioner__is_active=True,
        practitioner__roles__facility=facility,
        practitioner__roles__ends_on__isnull=True,
    ).select_related("practitioner")
    return [
        {
            "who": str(row.practitioner),
            "what": row.get_kind_display(),
            "ends": f"{row.expires_on:%a %-d %b %Y}",
            "tone": "danger" if row.expires_on < day else "warning",
            "status": "Ended" if row.expires_on < day else "Ends soon",
            "url": row.practitioner.get_absolute_url(),
        }
        for row in rows.distinct().order_by("expires_on")[:ROWS]
    ]


def colleagues(facility: Facility) -> QuerySet[Membership]:
    """Live memberships that can own a baton."""
    roles = [Role.INTAKE, Role.PATIENT_CARE, Role.TREATMENT, Role.ACTIVITIES, Role.CLINICIAN, Role.CLINICAL_COORDINATOR]
    rows = Membership.objects.live().filter(facility=facility, role__in=roles)
    return rows.select_related("user").order_by("role", "user__family_name", "user__given_name")
