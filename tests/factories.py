"""Rows for tests, written the way the house writes them. Everybody is invented."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from accounts.models import Facility, Location, Membership, User
from accounts.roles import Role
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeOfCare
from patients import services as patients
from patients.models import ContactPoint, Patient
from staff.models import Credential, Practitioner, PractitionerRole


class RecordFactory(factory.django.DjangoModelFactory):
    """Saves through `core.audit`, by `by` if given."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type, *args: Any, by: User | None = None, **kwargs: Any) -> Any:
        return audit.save(model_class(*args, **kwargs), by=by, reason="" if by else "test")


class FacilityFactory(RecordFactory):
    class Meta:
        model = Facility

    code = factory.Sequence(lambda n: f"house-{n}")
    name = factory.Sequence(lambda n: f"House {n}")
    time_zone = "America/New_York"
    neutral_phone = "+1 555 0100"


class LocationFactory(RecordFactory):
    class Meta:
        model = Location

    facility = factory.SubFactory(FacilityFactory)
    kind = Location.Kind.ROOM
    name = factory.Sequence(lambda n: f"Room {n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    password = factory.django.Password("correct horse battery staple")


class MembershipFactory(RecordFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    facility = factory.SubFactory(FacilityFactory)
    role = Role.INTAKE


def person(role: str, facility: Facility, **fields: Any) -> User:
    """Somebody who works at the facility in this role."""
    return MembershipFactory(user=UserFactory(**fields), facility=facility, role=role).user


def practitioner(facility: Facility, *, user: User | None = None, **fields: Any) -> Practitioner:
    """A physician cleared to be booked: a role here and a licence that lasts two years."""
    fields = {"family_name": "Okafor", "given_name": "Daniel", "kind": Practitioner.Kind.PHYSICIAN, **fields}
    row = audit.save(Practitioner(user=user, **fields), by=None, reason="test")
    audit.save(PractitionerRole(practitioner=row, facility=facility), by=None, reason="test")
    expires = timezone.localdate() + timedelta(days=730)
    audit.save(
        Credential(practitioner=row, kind=Credential.Kind.LICENSE, state="NY", expires_on=expires, status="validated"),
        by=None,
        reason="test",
    )
    return row


def patient(facility: Facility, **fields: Any) -> Patient:
    """Somebody who belongs to the facility."""
    fields = {"given_name": "Marisol", "family_name": "Rivera", "birth_date": date(1990, 5, 17), **fields}
    return patients.register_patient(facility=facility, by=None, reason="test", **fields)


def email_address(of: Patient, value: str = "marisol@example.net") -> ContactPoint:
    return patients.add_contact_point(patient=of, system="email", value=value, by=None, reason="test")


def episode(of: Patient, facility: Facility, *, by: User, role: str = Role.INTAKE) -> EpisodeOfCare:
    """An open episode whose baton `by` holds, due tomorrow."""
    due = timezone.now() + timedelta(days=1)
    return episodes.open_episode(
        patient=of, facility=facility, owner_role=role, next_step="Interview", due_at=due, by=by
    )
