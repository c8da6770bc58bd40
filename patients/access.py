"""The one door to patients: role gate AND live membership AND relation AND facility.

`get_patient` is the only way a view or an admin class gets a patient, `visible_patients` the only list.
It reads rows of `patients` and `accounts` alone; higher apps write grants through `patients.services`.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import GRANTS, Perm, Role, Scope
from patients.models import DeskGrant, Patient, PatientFacility, PatientGrant, Relation

# An open hand-off lets the receiving desk read the packet and answer it, and no more.
HANDOFF_WRITES = {Perm.HANDOFF_EDIT}


def get_patient(user: User, pk: UUID, perm: Perm) -> Patient:
    """The patient, if the person may do this for this patient; one line in the read log either way.

    Raises Http404 for a stranger (and for a patient that is not there), PermissionDenied for a colleague who
    may see the patient but whose role may not do this. `patient.held` carries all permissions held, so that a
    page need not ask again. Call it outside a transaction: a denial has to stay in the log.
    """
    patient = Patient.objects.filter(uuid=pk).first()
    if patient is None:
        raise Http404
    patient.held = permissions(user, patient)
    if perm in patient.held:
        access.log(user=user, data_class=perm, patient_id=patient.pk)
        _keep_in_hand(user, patient)
        return patient
    _deny(user, patient, perm)
    raise PermissionDenied(f"role: {perm}") if patient.held else Http404


def in_hand(user: User, pk: UUID) -> Patient | None:
    """The patient this request has been let through the door to, with `held`: for the header of the page.

    No query and no second line in the read log. None if the door has not opened for this patient.
    """
    patient: Patient | None = getattr(user, "patient_in_hand", None)
    return patient if patient and patient.uuid == pk else None


def log_classes(user: User, patient: Patient, perms: Iterable[Perm]) -> None:
    """One line of the read log for each data class that a page of many classes shows; one query."""
    lines = [
        AccessEvent(user_id=user.pk, patient_id=patient.pk, action=AccessEvent.Action.VIEW, data_class=perm)
        for perm in sorted(perms)
    ]
    AccessEvent.objects.bulk_create(lines)


def may_change_team(patient: Patient) -> bool:
    """Whether who holds `patient.held` may do more here than read and answer an open hand-off.

    Otherwise the receiver of a hand-off could get onto the care team without accepting it.
    """
    return Perm.HANDOFF_EDIT in patient.held and any(
        perm.writes and perm not in HANDOFF_WRITES for perm in patient.held
    )


def require_standing(user: User, patient: Patient) -> None:
    """Let pass only who may change the care team. Raises PermissionDenied (403), noted in the read log."""
    if not may_change_team(patient):
        _deny(user, patient, Perm.HANDOFF_EDIT)
        raise PermissionDenied("role: care team")


def permissions(user: User, patient: Patient) -> frozenset[Perm]:
    """Everything the person may do for this patient now, by any of the roles held. Writes no log."""
    belongs = set(patient.facilities.filter(ends_at__isnull=True).values_list("facility_id", flat=True))
    here = [row for row in access.live_memberships(user) if row.facility_id in belongs]
    if not here:
        return frozenset()
    relations = _relations(user, patient)
    held: set[Perm] = set()
    for row in here:
        mine = relations.get((row.facility_id, ""), set()) | relations.get((row.facility_id, row.role), set())
        held |= _held_by(row.role, mine)
    return frozenset(held)


def visible_patients(user: User, perm: Perm, facility: Facility | None = None) -> QuerySet[Patient]:
    """The patients of the current facility for whom the person holds the permission, by name.

    A facility-wide right drops the grant filter, never the facility's.
    """
    facility = facility or access.current_facility(user)
    scopes = access.scopes(user, perm).get(facility.pk, set())
    everyone = Patient.objects.filter(facilities__facility=facility, facilities__ends_at__isnull=True)
    if Scope.FACILITY in scopes:
        return everyone.order_by("facilities__sort_key", "facilities__patient")
    if not scopes:
        return Patient.objects.none()
    return everyone.filter(related(user, perm, facility)).order_by("facilities__sort_key", "facilities__patient")


def related(user: User, perm: Perm, facility: Facility) -> Q:
    """A filter on Patient: a relation that carries the permission, of the person or of a desk held there.

    One list of ids and not an OR of several: PostgreSQL reads the OR as “most patients” and looks at all of them.
    """
    in_force = Q(until__isnull=True) | Q(until__gt=timezone.now())
    found: list[QuerySet[Any, Any]] = []
    for role in access.roles_at(user, facility):
        wanted = _relations_for(role, perm)
        if wanted:
            mine = PatientGrant.objects.filter(in_force, user=user, facility=facility, permission__codename__in=wanted)
            desk = DeskGrant.objects.filter(in_force, facility=facility, role=role, relation__in=wanted)
            found += [mine.values("content_object_id"), desk.values("patient_id")]
    return Q(pk__in=found[0].union(*found[1:], all=True)) if found else Q(pk__in=[])


def belongs_to(facility: Facility, patient_column: str = "pk") -> Exists:
    """A filter for any query: the patient of the row belongs to the facility now."""
    return Exists(
        PatientFacility.objects.filter(patient=OuterRef(patient_column), facility=facility, ends_at__isnull=True)
    )


def _held_by(role: str, relations: set[str]) -> set[Perm]:
    rows = GRANTS[Role(role)]
    held = {perm for perm in rows.get(Scope.FACILITY, ()) if perm.about_patients}
    if Relation.REQUEST in relations:
        held |= rows.get(Scope.REQUEST, set())
    standing = relations - {Relation.REQUEST}
    if standing == {Relation.HANDOFF}:
        held |= {perm for perm in rows.get(Scope.ASSIGNED, ()) if not perm.writes or perm in HANDOFF_WRITES}
    elif standing:
        held |= rows.get(Scope.ASSIGNED, set())
    return held


def _relations_for(role: str, perm: Perm) -> list[str]:
    return [relation for relation in Relation.values if perm in _held_by(role, {relation}) - _held_by(role, set())]


def _relations(user: User, patient: Patient) -> dict[tuple[int, str], set[str]]:
    """(facility, role) → relations; role "" for what the person holds whatever the role."""
    found: dict[tuple[int, str], set[str]] = {}
    in_force = Q(until__isnull=True) | Q(until__gt=timezone.now())
    mine = patient.grants.filter(in_force, user=user).values_list("facility_id", "permission__codename")
    for facility_id, relation in mine:
        found.setdefault((facility_id, ""), set()).add(relation)
    for facility_id, role, relation in patient.desk_grants.filter(in_force).values_list(
        "facility_id", "role", "relation"
    ):
        found.setdefault((facility_id, role), set()).add(relation)
    return found


def _keep_in_hand(user: User, patient: Patient) -> None:
    """A copy, so that a form which fills the patient in before it is valid does not change the header."""
    user.patient_in_hand = copy(patient)  # type: ignore[attr-defined]  # for `in_hand` alone


def _deny(user: User, patient: Patient, perm: Perm) -> None:
    access.log(
        user=user,
        data_class=perm,
        patient_id=patient.pk,
        outcome=AccessEvent.Outcome.DENIED,
        code="role" if patient.held else "relation",
    )
