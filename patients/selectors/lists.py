"""The rows of one patient, each list in one query; and one row of them, looked up within the patient."""

from typing import TypeVar
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility, Membership, User
from accounts.roles import GRANTS, Role, Scope
from core.models import Record
from patients.models import (
    Address,
    AllergyIntolerance,
    CareTeamMember,
    ContactPoint,
    Flag,
    Note,
    OutsideCareTeamMember,
    Patient,
    RelatedPerson,
)

RecordT = TypeVar("RecordT", bound=Record)

# The roles whose work is done on a care team: those who hold something for the people assigned to them.
TEAM_ROLES = [role for role in Role if GRANTS[role].get(Scope.ASSIGNED)]


def allergies(patient: Patient) -> QuerySet[AllergyIntolerance]:
    """What the person must not be given, high risk first; what was entered in error is left out."""
    active = patient.allergies.filter(entered_in_error=False, clinical_status=AllergyIntolerance.ClinicalStatus.ACTIVE)
    return active.order_by(F("criticality").asc(), "substance")


def allergy_of(patient: Patient, pk: UUID) -> AllergyIntolerance:
    """Raises Http404 unless it is this patient's."""
    return _of(patient.allergies.all(), pk)


def flags(patient: Patient) -> QuerySet[Flag]:
    """The warnings in force now, newest first."""
    now = timezone.now()
    return patient.flags.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now).order_by("-starts_at")


def flag_of(patient: Patient, pk: UUID) -> Flag:
    """Raises Http404 unless it is this patient's."""
    return _of(patient.flags.all(), pk)


def contact_points(patient: Patient) -> QuerySet[ContactPoint]:
    """Numbers and addresses in the order in which they are tried; former ones are left out."""
    return patient.telecoms.exclude(use=ContactPoint.Use.OLD)


def contact_point_of(patient: Patient, pk: UUID) -> ContactPoint:
    """Raises Http404 unless it is this patient's."""
    return _of(patient.telecoms.all(), pk)


def addresses(patient: Patient) -> QuerySet[Address]:
    """Where the person lives, home first; former addresses are left out."""
    return patient.addresses.exclude(use=Address.Use.OLD).order_by("use", "-id")


def address_of(patient: Patient, pk: UUID) -> Address:
    """Raises Http404 unless it is this patient's."""
    return _of(patient.addresses.all(), pk)


def current_address(patient: Patient) -> Address | None:
    """The home address, else the newest in use, None without any."""
    return addresses(patient).first()


def related_people(patient: Patient) -> QuerySet[RelatedPerson]:
    """Family, sponsors and emergency contacts, emergency contacts first."""
    return patient.related_people.filter(is_active=True).order_by("-is_emergency_contact", "name")


def notes(patient: Patient, reader: User) -> QuerySet[Note]:
    """The signed notes and the reader's own drafts, newest first, each with its addenda: two queries."""
    addenda = Note.objects.select_related("author").order_by("created_at")
    return (
        patient.notes.filter(Q(signed_at__isnull=False) | Q(author=reader), addendum_to__isnull=True)
        .select_related("author")
        .prefetch_related(Prefetch("addenda", addenda))
        .order_by("-created_at", "-id")
    )


def note_of(patient: Patient, pk: UUID, reader: User) -> Note:
    """Raises Http404 unless it is this patient's, and signed or the reader's own draft."""
    return _of(patient.notes.filter(Q(signed_at__isnull=False) | Q(author=reader)), pk)


def care_team(patient: Patient) -> QuerySet[CareTeamMember]:
    """Everyone who is or was on the team: who is on it now first, then by the end of their time."""
    return patient.care_team.select_related("user", "facility").order_by(
        F("ends_at").desc(nulls_first=True), "starts_at"
    )


def outside_care_team(patient: Patient) -> QuerySet[OutsideCareTeamMember]:
    """Who works with the person elsewhere, as another system told: now first, then by the end of their time."""
    rows = patient.outside_care_team.select_related("practitioner")
    return rows.order_by(F("ends_at").desc(nulls_first=True), F("starts_at").asc(nulls_first=True), "pk")


def care_team_member_of(patient: Patient, pk: UUID) -> CareTeamMember:
    """Raises Http404 unless it is of this patient's team."""
    return _of(patient.care_team.select_related("user"), pk)


def colleagues(facility: Facility, patient: Patient) -> QuerySet[Membership]:
    """Who could join the team: live members of the facility in a role that works on one, and not on it in that role."""
    there = patient.care_team.filter(facility=facility, ends_at__isnull=True).values_list("user_id", "role")
    candidates = Membership.objects.live().filter(facility=facility, role__in=TEAM_ROLES).select_related("user")
    for user_id, role in there:
        candidates = candidates.exclude(user_id=user_id, role=role)
    return candidates.order_by("user__family_name", "user__given_name", "role")


def _of(rows: QuerySet[RecordT], pk: UUID) -> RecordT:
    row = rows.filter(uuid=pk).first()
    if row is None:
        raise Http404
    return row
