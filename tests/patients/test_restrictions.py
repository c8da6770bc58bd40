"""What a patient asks us not to disclose: asked, answered, ended."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from patients import services
from patients.models import Restriction
from patients.selectors.restrictions import active_restrictions, restrictions_asked
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(facility):
    return factories.person(Role.CLERK, facility)


@pytest.fixture
def ask(facility, clerk):
    patient = factories.patient(facility)

    def _ask(kind="disclosure", **fields):
        fields = {"words": "Nothing to my brother.", "recipient_name": "Luis Rivera", **fields}
        return services.ask_restriction(patient=patient, facility=facility, kind=kind, by=clerk, **fields)

    _ask.patient = patient
    return _ask


def test_it_holds_once_it_is_agreed_to(ask, facility, clerk):
    asked = ask(data_classes=["plan", "plan"])
    assert active_restrictions(ask.patient, facility) == []
    agreed = services.agree_restriction(restriction=asked, by=clerk)
    assert (agreed.answered_by, agreed.data_classes) == (clerk, ["plan"])
    assert active_restrictions(ask.patient, facility) == [agreed]
    with pytest.raises(DomainError, match="answered this request already"):
        services.refuse_restriction(restriction=asked, answer="No.", by=clerk)
    ended = services.end_restriction(restriction=agreed, by=clerk)
    assert services.end_restriction(restriction=agreed, by=clerk).ends_at == ended.ends_at
    assert active_restrictions(ask.patient, facility) == []


def test_a_refusal_says_why(ask, clerk):
    asked = ask()
    with pytest.raises(DomainError, match="Say why"):
        services.refuse_restriction(restriction=asked, answer=" ", by=clerk)
    assert services.refuse_restriction(restriction=asked, answer="The law asks us to.", by=clerk).status == "rejected"


def test_what_was_paid_in_full_is_kept_from_the_health_plan(ask, facility, clerk):
    with pytest.raises(DomainError, match="paid in full"):
        ask("health-plan")
    honored = ask("health-plan", paid_in_full=True)
    assert active_restrictions(ask.patient, facility) == [honored]
    with pytest.raises(IntegrityError, match="restriction_of_plan_is_honored"), transaction.atomic():
        Restriction.objects.filter(pk=honored.pk).update(status="rejected", answer="No.")
    assert services.end_restriction(restriction=honored, by=clerk).status == "ended"


def test_it_ends_by_itself(ask, facility, clerk):
    until = timezone.now() + timedelta(days=2)
    services.agree_restriction(restriction=ask(), ends_at=until, by=clerk)
    with time_machine.travel(until + timedelta(seconds=1)):
        assert active_restrictions(ask.patient, facility) == []
    with pytest.raises(DomainError, match="lie ahead"):
        services.agree_restriction(restriction=ask(), ends_at=timezone.now(), by=clerk)


def test_those_to_answer_and_in_force_stand_first(ask, facility, clerk):
    refused = services.refuse_restriction(restriction=ask(), answer="No.", by=clerk)
    asked = ask(words="Nothing to the county.")
    assert restrictions_asked(ask.patient, facility) == [asked, refused]
    with pytest.raises(DomainError, match="Write down"):
        ask(words=" ")
