"""What changes the directory and its credentials, and the question whether someone may be booked."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError, explain
from staff import selectors
from staff.models import Credential, PartnerOrganization, Practitioner, PractitionerRole


def require_cleared(
    practitioner: Practitioner, *, facility: Facility, on: date, kind: str = Credential.Kind.LICENSE
) -> None:
    """Let through only someone who works at the facility that day with the credential in force.

    `kind` "" asks for the role alone. Raises DomainError with the reason, on the field "practitioner".
    """
    problem = selectors.clearance_problem([practitioner], facility, on, kind).get(practitioner.pk)
    if problem:
        raise DomainError(problem, code="staff.not_cleared", field="practitioner")


@transaction.atomic
def add_practitioner(
    *, facility: Facility, by: User, title: str = "", starts_on: date | None = None, **fields: Any
) -> Practitioner:
    """Put someone in the directory of the facility. Raises DomainError if the NPI is another's."""
    person = Practitioner(**fields)
    with explain(practitioner_npi_once="Another practitioner has this NPI; look there first."):
        audit.save(person, by=by)
    audit.save(PractitionerRole(practitioner=person, facility=facility, title=title, starts_on=starts_on), by=by)
    return person


@transaction.atomic
def edit_practitioner(*, practitioner: Practitioner, expected_version: int | None, by: User) -> Practitioner:
    """Save what the form changed. Raises DomainError if the NPI is another's, core.errors.Conflict."""
    with explain(practitioner_npi_once="Another practitioner has this NPI; look there first."):
        return audit.save(practitioner, by=by, expected_version=expected_version)


@transaction.atomic
def edit_role(*, role: PractitionerRole, expected_version: int | None, by: User) -> PractitionerRole:
    """Save where and until when someone works. Raises DomainError for a second open role, core.errors.Conflict."""
    with explain(practitioner_role_once="This person works here already, without an end."):
        return audit.save(role, by=by, expected_version=expected_version)


@transaction.atomic
def add_credential(*, practitioner: Practitioner, by: User, **fields: Any) -> Credential:
    """Record a credential; one of the same kind and state that ends earlier is replaced by it.

    One that begins only later replaces nothing yet: the earlier is what permits bookings until then.
    """
    credential = _save(Credential(practitioner=practitioner, **fields), by=by)
    begun = credential.issued_on is None or credential.issued_on <= timezone.localdate()
    if begun and credential.expires_on:
        earlier = practitioner.credentials.filter(kind=credential.kind, state=credential.state, superseded=False)
        for row in earlier.filter(expires_on__lt=credential.expires_on).select_for_update(no_key=True):
            row.superseded = True
            audit.save(row, by=by, reason="replaced")
    return credential


@transaction.atomic
def edit_credential(*, credential: Credential, expected_version: int | None, by: User) -> Credential:
    """Save a credential; what was verified is to be verified again. Raises DomainError, core.errors.Conflict."""
    if credential.status == Credential.Status.VALIDATED:
        credential.status = Credential.Status.REVALIDATION
    return _save(credential, by=by, expected_version=expected_version)


@transaction.atomic
def verify_credential(
    *, credential: Credential, source: str, verified_on: date, confirmed: bool, by: User
) -> Credential:
    """Record what the primary source said, when it was asked and by whom.

    Raises DomainError without a source, or for a day still to come.
    """
    if not source.strip():
        raise DomainError("Name the source you asked, such as the state board's site.", field="source")
    if verified_on > timezone.localdate():
        raise DomainError("The day you asked is still to come.", field="verified_on")
    credential = Credential.objects.select_for_update(no_key=True).get(pk=credential.pk)
    credential.status = Credential.Status.VALIDATED if confirmed else Credential.Status.FAILED
    credential.verified_source, credential.verified_on, credential.verified_by = source.strip(), verified_on, by
    return audit.save(credential, by=by)


@transaction.atomic
def request_renewal(*, credential: Credential, by: User) -> Credential:
    """Note that the practitioner was asked to renew it, now. Raises DomainError on one that was replaced."""
    credential = Credential.objects.select_for_update(no_key=True).get(pk=credential.pk)
    if credential.superseded:
        raise DomainError("A later credential has taken the place of this one; there is nothing to renew.")
    credential.renewal_requested_at = timezone.now()
    return audit.save(credential, by=by)


@transaction.atomic
def save_partner(*, partner: PartnerOrganization, by: User, expected_version: int | None = None) -> PartnerOrganization:
    """Add or change a partner organization. Raises core.errors.Conflict."""
    return audit.save(partner, by=by, expected_version=expected_version)


def _save(credential: Credential, *, by: User, expected_version: int | None = None) -> Credential:
    with explain(credential_ends_after_issue="It ends before it was issued; check the two dates."):
        return audit.save(credential, by=by, expected_version=expected_version)
