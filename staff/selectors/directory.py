"""The directory: practitioners, their credentials, partners. No patient is named here."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Facility
from staff.codes import STATES
from staff.models import Credential, CredentialFile, PartnerOrganization, Practitioner, PractitionerRole
from staff.selectors.clearance import roles_on


def practitioners(
    facility: Facility, *, words: str = "", kind: str = "", inactive: bool = False, with_credentials: bool = False
) -> QuerySet[Practitioner]:
    """The directory of the facility, by name. Credentials are fetched only if asked for."""
    today = timezone.localdate(timezone=facility.tz)
    rows = Practitioner.objects.filter(is_active=not inactive)
    works_here = Exists(roles_on(facility, today).filter(practitioner=OuterRef("pk")))
    rows = rows.filter(works_here) if not inactive else rows.filter(roles__facility=facility).distinct()
    if kind:
        rows = rows.filter(kind=kind)
    for word in words.split():
        rows = rows.filter(
            Q(family_name__icontains=word) | Q(given_name__icontains=word) | Q(specialty__icontains=word)
        )
    roles = PractitionerRole.objects.filter(facility=facility).order_by(F("ends_on").desc(nulls_first=True))
    rows = rows.prefetch_related(Prefetch("roles", roles, to_attr="roles_here"))
    if with_credentials:
        kept = Credential.objects.filter(superseded=False)
        rows = rows.prefetch_related(Prefetch("credentials", kept, to_attr="kept_credentials"))
    return rows.order_by("family_name", "given_name", "pk")


def practitioner_rows(
    facility: Facility, *, words: str = "", kind: str = "", inactive: bool = False, with_credentials: bool = False
) -> list[dict]:
    """The directory ready to print; `standing` tells the worst of the credentials, for who may know."""
    today = timezone.localdate(timezone=facility.tz)
    people: list[Any] = list(
        practitioners(facility, words=words, kind=kind, inactive=inactive, with_credentials=with_credentials)
    )
    return [
        {
            "url": person.get_absolute_url(),
            "name": str(person),
            "kind": person.get_kind_display(),
            "specialty": person.specialty,
            "title": person.roles_here[0].title if person.roles_here else "",
            "phone": person.phone,
            "email": person.email,
            "standing": _worst(person.kept_credentials, today) if with_credentials else None,
        }
        for person in people
    ]


def practitioner_of(facility: Facility, pk: UUID) -> Practitioner:
    """A practitioner who works or worked at the facility. Raises Http404."""
    rows = Practitioner.objects.filter(roles__facility=facility, uuid=pk).distinct()
    person = rows.select_related("user").first()
    if person is None:
        raise Http404
    return person


def role_of(practitioner: Practitioner, facility: Facility) -> PractitionerRole | None:
    """The latest role of the practitioner at the facility."""
    return practitioner.roles.filter(facility=facility).order_by(F("ends_on").desc(nulls_first=True), "-pk").first()


def credential_of(facility: Facility, pk: UUID) -> Credential:
    """A credential of somebody who works or worked at the facility. Raises Http404."""
    rows = Credential.objects.filter(practitioner__roles__facility=facility, uuid=pk).distinct()
    row = rows.select_related("practitioner").first()
    if row is None:
        raise Http404
    return row


def credentials_of(practitioner: Practitioner, facility: Facility) -> list[dict]:
    """The practitioner's credentials as rows ready to print, those in use first."""
    today = timezone.localdate(timezone=facility.tz)
    copies = Count("files", filter=Q(files__status=CredentialFile.Status.CURRENT))
    rows = practitioner.credentials.select_related("verified_by").annotate(copies=copies)
    rows = rows.order_by("superseded", "kind", "-expires_on")
    return [credential_row(row, today) for row in rows]


def credential_row(row: Credential, today: date) -> dict:
    """One credential with the words and tone of its state."""
    label, tone = standing(row, today)
    return {"credential": row, "label": label, "tone": tone, "state": STATES.get(row.state, row.state)}


def standing(row: Credential, today: date) -> tuple[str, str]:
    """A credential's state in words, with its tone."""
    if row.superseded:
        return "Replaced", "neutral"
    if row.status == Credential.Status.FAILED:
        return "Verification failed", "danger"
    if row.expires_on and row.expires_on < today:
        return "Expired", "danger"
    if row.expires_on and row.expires_on <= today + timedelta(days=90):
        return f"Expires in {(row.expires_on - today).days} days", "warning"
    if row.status == Credential.Status.VALIDATED:
        return "Verified", "success"
    return row.get_status_display(), "info"


def partners(*, words: str = "", inactive: bool = False) -> QuerySet[PartnerOrganization]:
    """Partner organizations by name."""
    rows = PartnerOrganization.objects.filter(is_active=not inactive)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(city__icontains=word))
    return rows.order_by("name", "pk")


def partner_of(pk: UUID) -> PartnerOrganization:
    """One partner. Raises Http404."""
    row = PartnerOrganization.objects.filter(uuid=pk).first()
    if row is None:
        raise Http404
    return row


def _worst(held: list[Credential], today: date) -> tuple[str, str]:
    """The state to show for a person: the gravest of the credentials held."""
    if not held:
        return "None on record", "neutral"
    states = [standing(row, today) for row in held]
    gravity = ["danger", "warning", "info", "success", "neutral"]
    return min(states, key=lambda state: gravity.index(state[1]))
