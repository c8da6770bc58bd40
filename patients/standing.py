"""What a person may do for a patient now, and by which rule: what the door asks."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts import access
from accounts.models import User
from accounts.roles import BREAK_GLASS, GRANTS, Perm, Role, Scope
from patients.models import EmergencyAccess, Patient, Relation, Restriction

# An open hand-off lets the receiving desk read the packet and answer it, and no more.
HANDOFF_WRITES = {Perm.HANDOFF_EDIT}
# Who may set the restriction and take it off need not break the glass for that.
KEEPERS = {Perm.RESTRICTED_VIEW, Perm.RESTRICTED_EDIT}


@dataclass(frozen=True)
class Standing:
    """What a person may do for a patient now, and by which rule.

    `held` counts. `whole` is what would be held without the restriction of the chart; `glass` the emergency access in
    force; `asks` says that the chart opens to the person only with a reason.
    """

    held: frozenset[Perm] = frozenset()
    whole: frozenset[Perm] = frozenset()
    glass: EmergencyAccess | None = None
    asks: bool = False
    relations: frozenset[str] = field(default=frozenset())


def permissions(user: User, patient: Patient) -> frozenset[Perm]:
    """Everything the person may do for this patient now, by any of the roles held. Writes no log."""
    return standing(user, patient).held


def standing(user: User, patient: Patient) -> Standing:
    """Everything the person may do for this patient now, and by which rule. Writes no log; three queries."""
    places = _places(user, patient)
    here = [row for row in access.live_memberships(user) if row.facility_id in places]
    if not here:
        return Standing()
    relations = _relations(user, patient)
    roles = {(row.facility_id, row.role) for row in here}
    glasses = _glasses(places, roles)
    held: set[Perm] = set()
    whole: set[Perm] = set()
    for facility_id, role in roles:
        mine = relations.get((facility_id, ""), set()) | relations.get((facility_id, role), set())
        own, glass = held_by(role, mine), glasses.get(facility_id)
        restricted = places[facility_id][0] and glass is None
        whole |= own
        held |= own & KEEPERS if restricted else own
        held |= BREAK_GLASS.get(Role(role), set()) if glass and glass.role == role else set()
    return Standing(
        held=frozenset(held),
        whole=frozenset(whole | held),
        glass=next(iter(glasses.values()), None),
        asks=bool(whole - held),
        relations=frozenset(relation for row in relations.values() for relation in row),
    )


def restricted_charts() -> QuerySet[Restriction]:
    return Restriction.objects.filter(kind=Restriction.Kind.CHART, status=Restriction.Status.ACTIVE)


def in_force(user: User) -> QuerySet[EmergencyAccess]:
    return EmergencyAccess.objects.filter(user=user, ended_at__isnull=True, until__gt=timezone.now())


def _places(user: User, patient: Patient) -> dict[int, tuple[bool, int | None]]:
    """Where the patient belongs: facility → whether the chart is restricted there, and the emergency access."""
    chart = restricted_charts().filter(patient=OuterRef("patient"), facility=OuterRef("facility"))
    glass = in_force(user).filter(patient=OuterRef("patient"), facility=OuterRef("facility")).order_by("-until")
    rows = patient.facilities.filter(ends_at__isnull=True).values_list(
        "facility_id", Exists(chart), Subquery(glass.values("pk")[:1])
    )
    return {facility_id: (restricted, glass_id) for facility_id, restricted, glass_id in rows}


def _glasses(places: dict[int, tuple[bool, int | None]], roles: set[tuple[int, str]]) -> dict[int, EmergencyAccess]:
    """Facility → the emergency access in force there, if its role is still held. A query only if there is one."""
    wanted = [glass_id for _, glass_id in places.values() if glass_id]
    if not wanted:
        return {}
    rows = EmergencyAccess.objects.filter(pk__in=wanted)
    return {row.facility_id: row for row in rows if (row.facility_id, row.role) in roles}


def held_by(role: str, relations: set[str]) -> set[Perm]:
    """What a role holds for a patient to whom the person has these relations."""
    rows = GRANTS[Role(role)]
    held = {perm for perm in rows.get(Scope.FACILITY, ()) if perm.about_patients}
    if Relation.REQUEST in relations:
        held |= rows.get(Scope.REQUEST, set())
    others = relations - {Relation.REQUEST}
    if others == {Relation.HANDOFF}:
        held |= {perm for perm in rows.get(Scope.ASSIGNED, ()) if not perm.writes or perm in HANDOFF_WRITES}
    elif others:
        held |= rows.get(Scope.ASSIGNED, set())
    return held


def _relations(user: User, patient: Patient) -> dict[tuple[int, str], set[str]]:
    """(facility, role) → relations; role "" for what the person holds whatever the role."""
    found: dict[tuple[int, str], set[str]] = {}
    lasting = Q(until__isnull=True) | Q(until__gt=timezone.now())
    mine = patient.grants.filter(lasting, user=user).values_list("facility_id", "permission__codename")
    for facility_id, relation in mine:
        found.setdefault((facility_id, ""), set()).add(relation)
    for facility_id, role, relation in patient.desk_grants.filter(lasting).values_list(
        "facility_id", "role", "relation"
    ):
        found.setdefault((facility_id, role), set()).add(relation)
    return found
