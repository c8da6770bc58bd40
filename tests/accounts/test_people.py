"""Roles begun and ended, and the pages about oneself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import access, services
from accounts.models import AccessEvent, User
from core.errors import DomainError
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_role_begins_and_ends_with_author_and_log(person, facility):
    boss = factories.person("clinical", facility)
    row = services.begin_membership(user=person, facility=facility, role="clerk", by=boss)
    assert sorted(access.roles_at(person, facility)) == ["clerk", "intake"]
    services.end_membership(membership=row, by=boss)
    assert access.roles_at(person, facility) == ["intake"]
    assert {line.history_user for line in row.history.all()} == {boss}
    lines = AccessEvent.objects.filter(action="permission", target=f"membership:{row.pk}").order_by("pk")
    assert [(line.user_id, line.code) for line in lines] == [(boss.pk, "begun"), (boss.pk, "ended")]


def test_the_same_role_is_not_given_twice(person, facility):
    with pytest.raises(DomainError, match="already"):
        services.begin_membership(user=person, facility=facility, role="intake", by=person)


def test_ending_a_role_twice_is_harmless(person):
    row = person.memberships.get()
    first = services.end_membership(membership=row, by=person)
    assert services.end_membership(membership=row, by=person).ends_at == first.ends_at


def test_a_role_that_has_not_begun_can_be_called_off(person, facility):
    soon = timezone.now() + timedelta(days=3)
    row = services.begin_membership(user=person, facility=facility, role="clerk", by=person, starts_at=soon)
    services.end_membership(membership=row, by=person)
    assert access.roles_at(person, facility) == ["intake"]


def test_addresses_belong_to_one_person_whatever_the_case(person, facility):
    other = User(email="ZOE@example.org", given_name="Zoe", family_name="Other")
    with pytest.raises(DomainError, match="Somebody else"):
        services.save_user(user=other, by=person)


def test_a_change_of_a_person_has_its_author(person, facility):
    boss = factories.person("clinical", facility)
    person.suffix = "RN"
    services.save_user(user=person, by=boss, reason="corrected")
    line = person.history.first()
    assert (line.suffix, line.history_user, line.history_change_reason) == ("RN", boss, "corrected")


def test_the_profile_tells_where_and_as_what_one_works(person, sign_in, facility, other_facility):
    row = services.begin_membership(user=person, facility=other_facility, role="clerk", by=person)
    services.end_membership(membership=row, by=person)
    page = sign_in(person).get(reverse("accounts:profile")).content.decode()
    for words in (facility.name, "Intake coordinator", other_facility.name, "Health information clerk", "Ended"):
        assert words in page
    for name in ("account_change_password", "mfa_index", "usersessions_list"):
        assert reverse(name) in page


def test_my_access_shows_my_own_lines_and_names_nobody(person, sign_in, facility):
    patient = factories.patient(facility, family_name="Quillfeather")
    access.log(user=person, data_class="intake.view", patient_id=patient.pk)
    access.log(user=person, data_class="plan.edit", patient_id=patient.pk, outcome="denied", code="role")
    access.log(user=person, action="list", target="intake:referral_list", facility_id=facility.pk)
    access.log(user=factories.person("clerk", facility), data_class="consent.view")
    page = sign_in(person).get(reverse("accounts:my_access")).content.decode().split("<main")[1]
    for words in ("Intake", "Denied", "Your role may not do this", "Referral list", "One patient’s record"):
        assert words in page
    assert "Consent" not in page
    assert "Quillfeather" not in page
    assert patient.record_number not in page


def test_my_access_shows_two_hundred_lines_in_pages(person, sign_in):
    for _ in range(205):
        access.log(user=person, data_class="intake.view")
    browser = sign_in(person)
    assert "1 to 50 of 200" in browser.get(reverse("accounts:my_access")).content.decode()
    last = browser.get(reverse("accounts:my_access"), {"page": 4}).content.decode()
    assert "151 to 200 of 200" in last
    assert 'rel="next"' not in last
