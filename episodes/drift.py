"""Grants against what they stand for: care-team membership and open hand-offs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from episodes.models import Handoff
from patients.models import CareTeamMember, DeskGrant, PatientGrant, Relation

# patient id, facility id, then a user id or a role
Key = tuple[int, int, int | str]


@dataclass(frozen=True)
class Drift:
    """One difference, in ids only."""

    relation: str
    missing: bool
    key: Key

    def __str__(self) -> str:
        patient, facility, whom = self.key
        holder = f"user {whom}" if isinstance(whom, int) else f"desk {whom}"
        state = "has no grant" if self.missing else "has a grant without its reason"
        return f"{self.relation}: {holder} at facility {facility} {state} for patient {patient}"


def grant_drift() -> list[Drift]:
    """Every grant that is missing or left over. Six queries, whatever the size of the installation."""
    team = CareTeamMember.objects.filter(ends_at__isnull=True).values_list("patient_id", "facility_id", "user_id")
    waiting = Handoff.objects.filter(status=Handoff.Status.REQUESTED)
    named = waiting.filter(to_user__isnull=False).values_list("patient_id", "facility_id", "to_user_id")
    desks = waiting.filter(to_user__isnull=True).values_list("patient_id", "facility_id", "to_role")
    granted = DeskGrant.objects.filter(relation=Relation.HANDOFF)
    desk_rows = granted.values_list("patient_id", "facility_id", "role")
    return [
        *_compare(Relation.CARE_TEAM, team, _grants(Relation.CARE_TEAM)),
        *_compare(Relation.HANDOFF, named, _grants(Relation.HANDOFF)),
        *_compare(Relation.HANDOFF, desks, desk_rows),
    ]


def _grants(relation: Relation) -> QuerySet[PatientGrant, Key]:
    """What an ended `until` closes may stay: the door does not open for it."""
    rows = PatientGrant.objects.filter(permission__codename=relation).exclude(until__lt=timezone.now())
    return rows.values_list("content_object_id", "facility_id", "user_id")


def _compare(relation: Relation, wanted: Iterable[Key], there: Iterable[Key]) -> list[Drift]:
    reasons, rows = set(wanted), set(there)
    missing = [Drift(relation, True, key) for key in sorted(reasons - rows)]
    return missing + [Drift(relation, False, key) for key in sorted(rows - reasons)]
