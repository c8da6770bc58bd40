"""What a patient asked us not to disclose."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility
from patients.models import Patient, Restriction

Kind = Restriction.Kind
OF_DISCLOSURE = (Kind.DISCLOSURE, Kind.HEALTH_PLAN)


def active_restrictions(patient: Patient, facility: Facility) -> list[Restriction]:
    """The restrictions of disclosure in force here now. One query; read it at the moment of disclosure."""
    rows = _in_force(Restriction.objects.filter(patient=patient, facility=facility))
    return list(rows.select_related("partner").order_by("requested_at", "pk"))


def restrictions_to_warn_of(patient: Patient) -> QuerySet[Restriction]:
    """Those in force at any facility, for the header."""
    return _in_force(Restriction.objects.filter(patient=patient))


def restrictions_asked(patient: Patient, facility: Facility) -> list[Restriction]:
    """Every restriction of disclosure asked for here, open ones first, then newest first. One query."""
    rows = Restriction.objects.filter(patient=patient, facility=facility, kind__in=OF_DISCLOSURE)
    found = list(rows.select_related("partner", "answered_by").order_by("-requested_at", "-pk"))
    return sorted(found, key=lambda row: row.status not in (Restriction.Status.REQUESTED, Restriction.Status.ACTIVE))


def restriction_of(patient: Patient, pk: UUID) -> Restriction:
    """One restriction of disclosure of the patient. Raises Http404."""
    rows = Restriction.objects.filter(patient=patient, uuid=pk, kind__in=OF_DISCLOSURE)
    found = rows.select_related("facility", "partner", "answered_by").first()
    if found is None:
        raise Http404
    return found


def _in_force(rows: QuerySet[Restriction]) -> QuerySet[Restriction]:
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=timezone.now())
    return rows.filter(lasting, kind__in=OF_DISCLOSURE, status=Restriction.Status.ACTIVE)
