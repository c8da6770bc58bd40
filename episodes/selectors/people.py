"""Who can be asked, and what hangs on whom."""

from collections.abc import Iterable

from accounts.models import Facility, Membership, User
from accounts.roles import GRANTS, Perm, Role, Scope
from episodes.models import EpisodeOfCare, Handoff, Task
from patients.access import belongs_to, permissions
from patients.models import Patient


def colleagues(facility: Facility, *, roles: Iterable[str], but: User) -> dict[str, list[User]]:
    """Role → the people who hold it at the facility now, by name. One query."""
    rows = Membership.objects.live().filter(facility=facility, role__in=roles).exclude(user=but)
    found: dict[str, list[User]] = {role: [] for role in Role.values if role in set(roles)}
    for row in rows.select_related("user").order_by("user__family_name", "user__given_name"):
        found[row.role].append(row.user)
    return found


def roles_with(perm: Perm) -> list[str]:
    """The roles that hold a permission about some patients at least, in the order of the path."""
    standing = (Scope.FACILITY, Scope.ASSIGNED)
    return [role.value for role in Role if any(perm in GRANTS[role].get(scope, ()) for scope in standing)]


def can_be_asked(patient: Patient, facility: Facility, *, role: str, owner: User | None) -> bool:
    """Whether a task about the patient would show to anybody: to that person, or to somebody at that desk."""
    if owner:
        return Perm.HANDOFF_VIEW in permissions(owner, patient)
    if Perm.HANDOFF_VIEW in GRANTS[Role(role)].get(Scope.FACILITY, ()):
        return patient_belongs(patient, facility)
    desk = patient.desk_grants.filter(facility=facility, role=role)
    team = patient.care_team.filter(facility=facility, role=role, ends_at__isnull=True)
    return desk.exists() or team.exists()


def patient_belongs(patient: Patient, facility: Facility) -> bool:
    return Patient.objects.filter(belongs_to(facility), pk=patient.pk).exists()


def current_episode(patient: Patient) -> EpisodeOfCare | None:
    """The open episode with its owner, None when there is none. One query."""
    return patient.episodes.open().select_related("owner", "facility").first()


def unfinished(membership: Membership) -> dict[str, int]:
    """What would be left without its person if the role ended: batons, tasks and hand-offs in their name."""
    who = {"owner": membership.user, "owner_role": membership.role, "facility": membership.facility}
    addressed = {"to_user": membership.user, "to_role": membership.role, "facility": membership.facility}
    waiting = Handoff.objects.filter(status=Handoff.Status.REQUESTED, **addressed)
    return {
        "next step": EpisodeOfCare.objects.open().filter(**who).count(),
        "task": Task.objects.open().filter(**who).count(),
        "hand-off": waiting.count(),
    }


def may_still_see(user: User, patient: Patient) -> bool:
    """Whether the patient's page opens for the person now."""
    return Perm.NAME_VIEW in permissions(user, patient)
