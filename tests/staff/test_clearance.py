"""Who may be booked: role, activity, license."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core import audit
from core.errors import DomainError
from staff import selectors, services
from staff.models import Credential
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date.today()  # noqa: DTZ011  whole years away from any edge


@pytest.fixture
def doctor(facility):
    return factories.practitioner(facility, prefix="Dr.")


def change(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return audit.save(row, by=None, reason="test")


def refusal(doctor, facility, on=TODAY, kind="license"):
    with pytest.raises(DomainError) as caught:
        services.require_cleared(doctor, facility=facility, on=on, kind=kind)
    assert caught.value.field == "practitioner"
    return caught.value.message


def test_someone_with_a_role_and_a_license_is_cleared(doctor, facility):
    services.require_cleared(doctor, facility=facility, on=TODAY)
    assert selectors.clearance_problem([doctor], facility, TODAY) == {}


def test_a_license_counts_through_its_last_day(doctor, facility):
    license = change(doctor.credentials.get(), expires_on=date(2026, 5, 3))
    services.require_cleared(doctor, facility=facility, on=license.expires_on)
    said = refusal(doctor, facility, on=date(2026, 5, 4))
    assert said.startswith("Dr. Daniel Okafor's state license end")
    assert "3 May 2026" in said
    assert "ask physician services" in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"issued_on": date(2031, 1, 1), "expires_on": date(2033, 1, 1)}, "not in force before 1 January 2031"),
        ({"status": Credential.Status.FAILED}, "failed its verification"),
        ({"superseded": True}, "no state license on record"),
        ({"kind": Credential.Kind.BLS}, "no state license on record"),
    ],
)
def test_a_license_that_does_not_count(doctor, facility, fields, words):
    change(doctor.credentials.get(), **fields)
    assert words in refusal(doctor, facility)


def test_a_license_is_of_the_facilitys_state_where_both_are_known(doctor, facility):
    change(facility, state="NJ")
    assert "has a state license for NY, not for NJ" in refusal(doctor, facility)
    change(doctor.credentials.get(), state="")
    services.require_cleared(doctor, facility=facility, on=TODAY)


def test_a_second_license_in_force_is_enough(doctor, facility):
    change(doctor.credentials.get(), expires_on=TODAY - timedelta(days=1))
    refusal(doctor, facility)
    services.add_credential(
        practitioner=doctor, kind="license", state="NY", expires_on=TODAY + timedelta(days=365),
        by=factories.UserFactory(),
    )  # fmt: skip
    services.require_cleared(doctor, facility=facility, on=TODAY)


def test_who_has_left_or_works_elsewhere_is_refused(doctor, facility, other_facility):
    assert "does not work at Willow House" in refusal(doctor, other_facility)
    change(doctor.roles.get(), ends_on=TODAY - timedelta(days=1))
    assert "does not work at Harbor House" in refusal(doctor, facility)
    change(doctor, is_active=False)
    assert "no longer active" in refusal(doctor, facility)


def test_a_role_that_has_not_begun_does_not_count(doctor, facility):
    change(doctor.roles.get(), starts_on=TODAY + timedelta(days=10))
    assert "does not work" in refusal(doctor, facility)
    services.require_cleared(doctor, facility=facility, on=TODAY + timedelta(days=10))


def test_without_a_kind_the_role_is_enough(doctor, facility):
    doctor.credentials.all().delete()
    services.require_cleared(doctor, facility=facility, on=TODAY, kind="")
    assert "no DEA registration" in refusal(doctor, facility, kind="dea")


def test_many_are_asked_in_two_queries(facility, django_assert_num_queries):
    people = [factories.practitioner(facility) for _ in range(5)]
    change(people[0].credentials.get(), expires_on=date(2026, 1, 1))
    with django_assert_num_queries(2):
        problems = selectors.clearance_problem(people, facility, date(2027, 1, 1))
    assert set(problems) == {people[0].pk}


@pytest.mark.parametrize(
    ("left", "step"), [(-1, "expired"), (0, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "90"), (90, "90")]
)
def test_the_ladder(doctor, facility, left, step):
    today = timezone.localdate(timezone=facility.tz)
    change(doctor.credentials.get(), expires_on=today + timedelta(days=left))
    row = selectors.expiring_credentials(facility)[0]
    assert (row.step, row.practitioner_id) == (step, doctor.pk)


def test_the_ladder_leaves_out_later_replaced_and_former(doctor, facility, other_facility):
    today = timezone.localdate(timezone=facility.tz)
    license = change(doctor.credentials.get(), expires_on=today + timedelta(days=91))
    assert selectors.expiring_credentials(facility) == []
    change(license, expires_on=today)
    assert selectors.expiring_credentials(other_facility) == []
    change(license, superseded=True)
    assert selectors.expiring_credentials(facility) == []
    change(license, superseded=False)
    change(doctor, is_active=False)
    assert selectors.expiring_credentials(facility) == []


def test_the_ladder_is_one_query(facility, django_assert_num_queries):
    for _ in range(4):
        change(factories.practitioner(facility).credentials.get(), expires_on=TODAY)
    with django_assert_num_queries(1):
        assert len(selectors.expiring_credentials(facility)) == 4
