"""The hand-off and the baton."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.roles import Perm, Role
from core.errors import DomainError
from episodes import services
from episodes.models import EpisodeOfCare, Task
from patients.access import get_patient
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def care(facility):
    return factories.person(Role.PATIENT_CARE, facility)


@pytest.fixture
def episode(facility, intake):
    return factories.episode(factories.patient(facility), facility, by=intake)


@pytest.fixture
def handoff(episode, intake):
    return services.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Write the care plan", by=intake
    )


def test_the_sender_keeps_the_baton_until_it_is_accepted(handoff, episode, intake, care):
    episode.refresh_from_db()
    assert episode.owner == intake
    services.accept_handoff(handoff=handoff, by=care)
    episode.refresh_from_db()
    assert (episode.owner, episode.owner_role, episode.next_step) == (care, Role.PATIENT_CARE, "Write the care plan")


def test_an_open_handoff_lets_the_desk_read_and_acceptance_lets_it_write(handoff, care):
    patient = handoff.patient
    assert get_patient(care, patient.uuid, Perm.INTAKE_VIEW) == patient
    with pytest.raises(Exception, match="role"):
        get_patient(care, patient.uuid, Perm.PLAN_EDIT)
    services.accept_handoff(handoff=handoff, by=care)
    assert get_patient(care, patient.uuid, Perm.PLAN_EDIT) == patient


def test_a_returned_handoff_closes_the_packet_and_asks_the_sender(handoff, episode, intake, care):
    services.return_handoff(handoff=handoff, reason="The consent is missing.", by=care)
    with pytest.raises(Http404):
        get_patient(care, handoff.patient.uuid, Perm.INTAKE_VIEW)
    episode.refresh_from_db()
    assert episode.owner == intake
    assert Task.objects.open().get(owner=intake).kind == "handoff-returned"


def test_only_one_person_accepts(handoff, facility, care):
    other = factories.person(Role.PATIENT_CARE, facility)
    services.accept_handoff(handoff=handoff, by=care)
    with pytest.raises(DomainError, match="answered"):
        services.accept_handoff(handoff=handoff, by=other)


def test_a_desk_has_one_open_handoff_per_patient(handoff, episode, intake):
    with pytest.raises(DomainError, match="open hand-off"):
        services.send_handoff(
            episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Again", by=intake
        )


def test_the_database_refuses_an_open_episode_without_owner(episode):
    with pytest.raises(IntegrityError, match="episode_open_has_baton"), transaction.atomic():
        EpisodeOfCare.objects.filter(pk=episode.pk).update(owner=None)
