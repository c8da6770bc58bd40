"""What a person may do for a patient now, and by which rule: what the door asks."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.utils import timezone

from accounts import access
from accounts.models import User
from accounts.roles import BREAK_GLASS, GRANTS, Perm, Role, Scope
from patients.models import EmergencyAccess, Patient, Relation, Restriction

# An open hand-off lets the receiving desk read the packet and answer it, and no more.
HANDOFF_WRITES = {Perm.HANDOFF_EDIT}
# Who may set the restriction and take it off need not break the glass for that.
KEEPERS = {Perm.RESTRICTED_VIEW, Perm.RESTRICTED_EDIT}
NOTHING = Value("")


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
    """Everything the person may do for this patient now, and by which rule. Writes no log; one query, or two."""
    facts = _facts_of(user, patient)
    here = [row for row in access.live_memberships(user) if row.facility_id in facts.places]
    if not here:
        return Standing()
    relations = facts.relations
    roles = {(row.facility_id, row.role) for row in here}
    glasses = _glasses(user, patient, roles) if facts.glassed else {}
    held: set[Perm] = set()
    whole: set[Perm] = set()
    for facility_id, role in roles:
        mine = relations.get((facility_id, ""), set()) | relations.get((facility_id, role), set())
        own, glass = held_by(role, mine), glasses.get(facility_id)
        restricted = facility_id in facts.restricted and glass is None
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


@dataclass
class Facts:
    """What is there of a patient and for a person, by facility."""

    places: set[int] = field(default_factory=set)
    restricted: set[int] = field(default_factory=set)
    glassed: set[int] = field(default_factory=set)
    relations: dict[tuple[int, str], set[str]] = field(default_factory=dict)

    def add(self, what: str, facility_id: int, role: str, relation: str) -> None:
        """A row of `_facts_of`; the role is "" for what the person holds whatever the role."""
        if what == "relation":
            self.relations.setdefault((facility_id, role), set()).add(relation)
        else:
            getattr(self, what).add(facility_id)


def _facts_of(user: User, patient: Patient) -> Facts:
    """Where the patient belongs, what is restricted there, what was broken, which relations there are: one query."""
    lasting = Q(until__isnull=True) | Q(until__gt=timezone.now())
    parts = [
        _part("places", patient.facilities.filter(ends_at__isnull=True)),
        _part("restricted", restricted_charts().filter(patient=patient)),
        _part("glassed", in_force(user).filter(patient=patient)),
        _part("relation", patient.grants.filter(lasting, user=user), relation=F("permission__codename")),
        _part("relation", patient.desk_grants.filter(lasting), role=F("role"), relation=F("relation")),
    ]
    facts = Facts()
    for row in parts[0].union(*parts[1:], all=True):
        facts.add(*row)
    return facts


def _part(what: str, rows: QuerySet[Any], role: Any = NOTHING, relation: Any = NOTHING) -> QuerySet[Any, Any]:
    rows = rows.order_by().annotate(of_what=Value(what), of_role=role, of_relation=relation)
    return rows.values_list("of_what", "facility_id", "of_role", "of_relation")


def _glasses(user: User, patient: Patient, roles: set[tuple[int, str]]) -> dict[int, EmergencyAccess]:
    """Facility → the emergency access in force there whose role is still held, the last to end."""
    rows = in_force(user).filter(patient=patient).order_by("until")
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
