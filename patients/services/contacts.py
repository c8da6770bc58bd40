"""How to reach a person, where he or she lives, and who belongs to him or her."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from core.errors import DomainError, explain
from patients.keys import contact_key
from patients.models import Address, ContactPoint, Patient, RelatedPerson
from patients.services.record import reindex

ALREADY_THERE = "This number or address is already on the record."


@transaction.atomic
def add_contact_point(*, patient: Patient, by: User | None, reason: str = "", **fields: Any) -> ContactPoint:
    """Keep a telephone number or e-mail address as received, beside the key it is found by."""
    contact = ContactPoint(patient=patient, **fields)
    contact.search_key = contact_key(contact.system, contact.value)
    with explain(contact_point_once_per_patient=ALREADY_THERE):
        audit.save(contact, by=by, reason=reason)
    reindex(patient=patient)
    return contact


@transaction.atomic
def add_address(*, patient: Patient, by: User | None, reason: str = "", **fields: Any) -> Address:
    """Keep an address as received."""
    return audit.save(Address(patient=patient, **fields), by=by, reason=reason)


@transaction.atomic
def change_contact_point(*, contact: ContactPoint, expected_version: int, by: User, **fields: Any) -> ContactPoint:
    """Change a number or address. A changed value is a fresh start: the suspension by a bounce is lifted.

    Raises core.errors.Conflict, and DomainError if the value is on the record already.
    """
    if fields.get("value", contact.value) != contact.value:
        contact.suspended_reason = ""
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.search_key = contact_key(contact.system, contact.value)
    with explain(contact_point_once_per_patient=ALREADY_THERE):
        audit.save(contact, by=by, expected_version=expected_version)
    reindex(patient=contact.patient)
    return contact


@transaction.atomic
def retire_contact_point(*, contact: ContactPoint, by: User) -> ContactPoint:
    """Keep a number or address as a former one: it stays on the record and is not used any more."""
    row = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.pk)
    row.use = ContactPoint.Use.OLD
    return audit.save(row, by=by)


@transaction.atomic
def suspend_contact_point(*, contact: ContactPoint, reason: str, by: User | None = None) -> ContactPoint:
    """Nothing is sent there any more, because messages come back. `reason` is a code. Harmless twice."""
    row = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if row.suspended_reason:
        return row
    row.suspended_reason = reason
    return audit.save(row, by=by, reason="" if by else reason)


@transaction.atomic
def resume_contact_point(*, contact: ContactPoint, by: User) -> ContactPoint:
    """It may be written to again: the person has said that messages arrive there now. Harmless if it may already."""
    row = ContactPoint.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if not row.suspended_reason:
        return row
    row.suspended_reason = ""
    return audit.save(row, by=by)


@transaction.atomic
def change_address(*, address: Address, expected_version: int, by: User, **fields: Any) -> Address:
    """Change an address. Raises core.errors.Conflict."""
    for name, value in fields.items():
        setattr(address, name, value)
    return audit.save(address, by=by, expected_version=expected_version)


@transaction.atomic
def add_related_person(*, patient: Patient, by: User | None, reason: str = "", **fields: Any) -> RelatedPerson:
    """Note someone who belongs to the person. Being on this list permits nothing.

    Raises DomainError for an emergency contact whom nobody could reach.
    """
    row = RelatedPerson(patient=patient, **fields)
    if row.is_emergency_contact and not (row.phone or row.email):
        raise DomainError("An emergency contact needs a telephone number or an e-mail address.", field="phone")
    return audit.save(row, by=by, reason=reason)
