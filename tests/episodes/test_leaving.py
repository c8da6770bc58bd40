"""Nobody's care is left without its person when a role ends."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from episodes import services
from patients import services as patients

pytestmark = pytest.mark.django_db


def role_of(user):
    return user.memberships.get()


def test_one_cannot_leave_with_a_baton(intake, care, boss, episode):
    with pytest.raises(DomainError, match="1 next step"):
        services.end_membership(membership=role_of(intake), by=boss)
    services.pass_baton(
        episode=episode, to=care, role=Role.PATIENT_CARE, next_step="Plan", due_at=episode.due_at, by=boss
    )
    assert services.end_membership(membership=role_of(intake), by=boss).ends_at


def test_nor_with_open_tasks_or_handoffs_in_ones_name(intake, care, boss, episode, facility):
    task = services.ask(
        facility=facility, kind="call", text="Call", owner_role=Role.PATIENT_CARE, owner=care, due_at=timezone.now(),
        by=intake,
    )  # fmt: skip
    handoff = services.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, to_user=care, next_step="Plan", by=intake
    )
    with pytest.raises(DomainError, match="1 task and 1 hand-off"):
        services.end_membership(membership=role_of(care), by=boss)
    services.close_task(task=task, by=care)
    services.withdraw_handoff(handoff=handoff, by=intake)
    services.end_membership(membership=role_of(care), by=boss)
    assert AccessEvent.objects.filter(action="permission", code="ended", user_id=boss.pk).exists()


def test_what_belongs_to_the_desk_does_not_hold_one_back(care, boss, facility):
    services.ask(
        facility=facility, kind="call", text="Call", owner_role=Role.PATIENT_CARE, due_at=timezone.now(), by=boss
    )
    assert services.end_membership(membership=role_of(care), by=boss).ends_at


def test_the_next_request_is_without_the_role(care, boss, patient, facility, sign_in):
    patients.add_care_team_member(patient=patient, user=care, facility=facility, role=Role.PATIENT_CARE, by=boss)
    browser = sign_in(care)
    address = reverse("episodes:task_add", args=[patient.uuid])
    assert browser.get(address).status_code == 200
    services.end_membership(membership=role_of(care), by=boss)
    assert browser.get(address).status_code == 404
    assert browser.get(reverse("episodes:task_list")).status_code == 403
