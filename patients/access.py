"""The one door to patients: role gate AND live membership AND relation AND facility AND NOT restricted chart.

`get_patient` is the only way a view or an admin class gets a patient, `visible_patients` the only list.
An emergency access (break-glass) replaces the relation, for the classes of `accounts.roles.BREAK_GLASS`, and opens a
restricted chart to whom it would be open anyway. It reads rows of `patients` and `accounts` alone; higher apps write
grants through `patients.services`.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm, Scope
from patients.models import DeskGrant, Patient, PatientFacility, PatientGrant, Relation
from patients.standing import (
    HANDOFF_WRITES,
    KEEPERS,
    Standing,
    held_by,
    in_force,
    restricted_charts,
    standing,
)
from patients.standing import (
    permissions as permissions,  # this is where everybody looks for it
)

# What a restricted chart keeps from nobody: lists go on naming the person, and that work is owed, and when.
# What the work is they keep back: see `read_of`.
LISTED = {Perm.NAME_VIEW, Perm.HANDOFF_VIEW, Perm.APPOINTMENT_STATUS, Perm.APPOINTMENT_VIEW, Perm.APPOINTMENT_EDIT}
UNREAD = "Open the chart to read it"  # what a list says instead of any word about the care
GLASS = "break-glass"  # the code of every line of the read log that an emergency access made possible


class NotPermitted(PermissionDenied):
    """A refusal towards somebody who may know that the patient is here. The 403 page names its rule.

    `rule` is `role` or `restricted`; `perm` what was asked for.
    """

    def __init__(self, rule: str, perm: Perm, patient: Patient) -> None:
        super().__init__(f"{rule}: {perm}")
        self.rule, self.perm, self.patient = rule, perm, patient


class MergedAway(Exception):
    """This record was merged: `survivor` is the patient to go to, and the person may."""

    def __init__(self, duplicate: Patient, survivor: Patient) -> None:
        super().__init__("merged")
        self.duplicate, self.survivor = duplicate, survivor


def no_more(patient: Patient) -> Iterable[Perm]:
    """A page of one data class."""
    return ()


def get_patient(user: User, pk: UUID, perm: Perm, shows: Callable[[Patient], Iterable[Perm]] = no_more) -> Patient:
    """The patient, if the person may do this for this patient; one line in the read log either way.

    `shows` says which data classes the page shows besides: a line for each, by the same query.

    Raises Http404 for a stranger (and for a patient that is not there), PermissionDenied for a colleague who
    may see the patient but whose role may not do this. `patient.held` carries all permissions held, so that a
    page need not ask again. A denial stays in the log although the transaction around it is undone.
    """
    patient = Patient.objects.filter(uuid=pk).first()
    if patient is None:
        raise Http404
    if patient.merged_into:
        _lead_on(user, patient, patient.merged_into)
    standing = _stand(user, patient)
    if perm in standing.held:
        log_classes(user, patient, {perm, *shows(patient)})
        _keep_in_hand(user, patient)
        return patient
    rule = "restricted" if standing.asks and perm in standing.whole else "role" if standing.whole else "relation"
    _deny(user, patient, perm, rule)
    raise NotPermitted(rule, perm, patient) if standing.whole else Http404


def get_patient_behind_glass(user: User, pk: UUID) -> Patient:
    """The patient, for who may ask for or end an emergency access: somebody with a relation, or who has broken it.

    Nothing of the chart may be shown on the strength of it. Raises Http404 for a stranger.
    """
    patient = Patient.objects.filter(uuid=pk, merged_into__isnull=True).first()
    if patient is None:
        raise Http404
    if not _stand(user, patient).whole:
        _deny(user, patient, Perm.NAME_VIEW, "relation")
        raise Http404
    return patient


def in_hand(user: User, pk: UUID) -> Patient | None:
    """The patient this request has been let through the door to, with `held`: for the header of the page.

    No query and no second line in the read log. None if the door has not opened for this patient.
    """
    patient: Patient | None = getattr(user, "patient_in_hand", None)
    return patient if patient and patient.uuid == pk else None


def log_classes(user: User, patient: Patient, perms: Iterable[Perm]) -> None:
    """One line of the read log for each data class that a page of many classes shows; one query."""
    access.log_each(user=user, patient_id=patient.pk, data_classes=perms, code=_code(patient))


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
        _deny(user, patient, Perm.HANDOFF_EDIT, "role")
        raise NotPermitted("role", Perm.HANDOFF_EDIT, patient)


def visible_patients(user: User, perm: Perm, facility: Facility | None = None) -> QuerySet[Patient]:
    """The patients of the current facility for whom the person holds the permission, by name.

    A facility-wide right drops the grant filter, never the facility's. Restricted charts are left out, but for what
    lists may name (`LISTED`). An emergency access adds nobody to a list.
    """
    facility = facility or access.current_facility(user)
    scopes = access.scopes(user, perm).get(facility.pk, set())
    everyone = Patient.objects.filter(facilities__facility=facility, facilities__ends_at__isnull=True)
    if perm not in LISTED | KEEPERS:
        everyone = everyone.exclude(asks_reason(user, facility))
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


def asks_reason(user: User | None, facility: Facility, patient_column: str = "pk") -> Exists:
    """A filter for any query: the patient's chart is restricted, and the person has not broken the glass.

    Without a person: it is restricted, whoever asks.

    One look into the few restricted charts of a facility (`chart_restricted_once` is a partial index), and never an OR
    with the row filter: the list of a facility stays one index scan.
    """
    chart = restricted_charts().filter(patient=OuterRef(patient_column), facility=facility)
    if user is None:
        return Exists(chart)
    return Exists(chart.filter(~Exists(in_force(user).filter(patient=OuterRef("patient"), facility=facility))))


def with_asking(
    rows: QuerySet[Any], facility: Facility, *, user: User | None = None, patient_column: str = "patient"
) -> QuerySet[Any]:
    """Rows of a list, each with `asks_reason`: its patient's chart opens only with a reason that `user` has not given.

    A list that does not know who reads it keeps back from everybody.
    """
    return rows.annotate(asks_reason=asks_reason(user, facility, patient_column))


def read_of(row: Any, words: str, instead: str = UNREAD) -> str:
    """What a list says of a row of `with_asking`; of a chart that asks for a reason it says nothing about the care."""
    return instead if getattr(row, "asks_reason", False) else words


def belongs_to(facility: Facility, patient_column: str = "pk") -> Exists:
    """A filter for any query: the patient of the row belongs to the facility now."""
    return Exists(
        PatientFacility.objects.filter(patient=OuterRef(patient_column), facility=facility, ends_at__isnull=True)
    )


def _relations_for(role: str, perm: Perm) -> list[str]:
    return [relation for relation in Relation.values if perm in held_by(role, {relation}) - held_by(role, set())]


def _keep_in_hand(user: User, patient: Patient) -> None:
    """A copy, so that a form which fills the patient in before it is valid does not change the header."""
    user.patient_in_hand = copy(patient)  # type: ignore[attr-defined]  # for `in_hand` alone


def _stand(user: User, patient: Patient) -> Standing:
    """Note on the patient what the person holds, and by which emergency access."""
    found = standing(user, patient)
    patient.held, patient.glass = found.held, found.glass
    return found


def _lead_on(user: User, duplicate: Patient, survivor: Patient) -> None:
    """A merged record leads to the one that holds its rows, whoever may see that. Raises Http404 for a stranger."""
    raise MergedAway(duplicate, survivor) if standing(user, survivor).whole else Http404


def _code(patient: Patient) -> str:
    return GLASS if patient.glass else ""


def _deny(user: User, patient: Patient, perm: Perm, code: str) -> None:
    access.log(
        user=user,
        data_class=perm,
        patient_id=patient.pk,
        outcome=AccessEvent.Outcome.DENIED,
        code=code,
    )
