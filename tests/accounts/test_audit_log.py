"""What the read log holds: a line for each look, also for the look that was refused."""

import pytest
from django.db import transaction

from accounts import access
from accounts.models import AccessEvent
from tests import factories

DENIED = AccessEvent.Outcome.DENIED


class Undone(Exception):
    """The request fails after its refusal was noted."""


def refuse_and_fail(user) -> None:
    with transaction.atomic():
        access.log(user=user, data_class="identity.view", patient_id=7, outcome=DENIED, code="relation")
        access.log(user=user, data_class="identity.view", patient_id=8)
        raise Undone


@pytest.mark.django_db(transaction=True)
def test_a_denial_survives_the_rollback_of_its_request_and_a_look_that_was_undone_does_not(facility):
    user = factories.person("intake", facility)
    with pytest.raises(Undone), access.denials_kept():
        refuse_and_fail(user)
    line = AccessEvent.objects.get(user_id=user.pk)
    assert (line.patient_id, line.outcome, line.code, line.facility_id) == (7, "denied", "relation", facility.pk)


@pytest.mark.django_db
def test_a_denial_that_was_not_undone_is_there_once(facility):
    user = factories.person("intake", facility)
    with access.denials_kept(), transaction.atomic():
        access.log(user=user, patient_id=7, outcome=DENIED, code="relation")
    assert AccessEvent.objects.filter(user_id=user.pk).count() == 1


@pytest.mark.django_db
def test_every_request_keeps_its_denials(facility, sign_in, monkeypatch, settings):
    settings.ROOT_URLCONF = "tests.accounts.refusing_urls"
    user = factories.person("intake", facility)
    browser = sign_in(user)
    browser.raise_request_exception = False
    assert browser.get("/refuse/").status_code == 500
    assert AccessEvent.objects.filter(user_id=user.pk, outcome=DENIED).count() == 1


@pytest.mark.django_db
def test_a_line_says_where_the_person_is(facility, other_facility):
    user = factories.person("intake", facility)
    access.log(user=user, action="list", target="desks:patient_list")
    access.log(user=user, action="list", target="desks:patient_list", facility_id=other_facility.pk)
    access.log_each(user=user, patient_id=7, data_classes=["plan.view", "identity.view"])
    access.log(user=None, action="sign-in-failed")
    places = list(AccessEvent.objects.order_by("pk").values_list("facility_id", "data_class"))
    here = facility.pk
    assert places == [(here, ""), (other_facility.pk, ""), (here, "identity.view"), (here, "plan.view"), (None, "")]
