"""The care team, which is what lets a person see a chart."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from patients.models import CareTeamMember, Patient, Relation
from patients.services.grants import grant, revoke


@transaction.atomic
def add_care_team_member(
    *, patient: Patient, user: User, facility: Facility, role: str, by: User | None, reason: str = ""
) -> CareTeamMember:
    """Put a person on the care team, which is what lets that person see the chart. Harmless twice.

    Raises DomainError if the person has no such role at the facility now.
    """
    if not user.memberships.live().filter(facility=facility, role=role).exists():
        raise DomainError(f"{user} does not work as {Role(role).label.lower()} at {facility}.", code="membership")
    member = patient.care_team.filter(user=user, facility=facility, role=role, ends_at__isnull=True).first()
    if member is None:
        member = CareTeamMember(patient=patient, user=user, facility=facility, role=role)
        audit.save(member, by=by, reason=reason)
    grant(patient=patient, user=user, facility=facility, relation=Relation.CARE_TEAM)
    return member


@transaction.atomic
def end_care_team_member(*, member: CareTeamMember, by: User | None, reason: str = "") -> None:
    """Take a person off the care team; the chart closes with the last role held on it. Harmless twice."""
    member = CareTeamMember.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    if member.ends_at:
        return
    member.ends_at = timezone.now()
    audit.save(member, by=by, reason=reason)
    others = member.patient.care_team.filter(user=member.user, facility=member.facility, ends_at__isnull=True)
    if not others.exists():
        revoke(patient=member.patient, user=member.user, relation=Relation.CARE_TEAM)
