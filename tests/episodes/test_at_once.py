"""Two people at the same moment, with real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from episodes import services
from episodes.models import EpisodeOfCare, Handoff, Task
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Run the calls together, each in its own connection; "done" or the sentence of the refusal."""
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        try:
            start.wait(timeout=20)
            call()
        except DomainError as error:
            return error.message
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_all_who_accept_one_handoff_exactly_one_gets_it(facility, intake, handoff):
    desk = [factories.person(Role.PATIENT_CARE, facility) for _ in range(6)]
    answers = at_once(*[lambda who=who: services.accept_handoff(handoff=handoff, by=who) for who in desk])
    assert sorted(answers) == ["Somebody has answered this hand-off already."] * 5 + ["done"]
    winner = desk[answers.index("done")]
    assert EpisodeOfCare.objects.get().owner == winner
    assert Handoff.objects.get().answered_by == winner
    assert [member.user for member in handoff.patient.care_team.all()] == [winner]


def test_of_two_episodes_opened_at_once_one_stays(facility, intake, patient):
    def begin():
        return services.open_episode(
            patient=patient, facility=facility, owner_role=Role.INTAKE, next_step="Interview", due_at=timezone.now(),
            by=intake,
        )  # fmt: skip

    answers = at_once(*[begin] * 4)
    assert sorted(answers) == ["This person already has an open episode of care."] * 3 + ["done"]
    assert EpisodeOfCare.objects.count() == 1


def test_accepting_and_withdrawing_at_once_leave_one_answer(facility, intake, care, handoff):
    answers = at_once(
        lambda: services.accept_handoff(handoff=handoff, by=care),
        lambda: services.withdraw_handoff(handoff=handoff, by=intake),
    )
    assert answers.count("done") == 1
    status = Handoff.objects.get().status
    assert (EpisodeOfCare.objects.get().owner == care) == (status == Handoff.Status.ACCEPTED)


def test_one_desk_is_handed_a_person_once(facility, intake, episode):
    def hand():
        return services.send_handoff(
            episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Plan", by=intake
        )

    assert at_once(*[hand] * 4).count("done") == 1
    assert Handoff.objects.count() == 1


def test_of_all_who_take_one_task_exactly_one_has_it(facility, intake):
    desk = [factories.person(Role.CLERK, facility) for _ in range(6)]
    task = services.ask(
        facility=facility, kind="call", text="Call", owner_role=Role.CLERK, due_at=timezone.now(), by=intake
    )
    answers = at_once(*[lambda who=who: services.take_task(task=task, by=who) for who in desk])
    winner = desk[answers.index("done")]
    assert sorted(answers) == sorted([f"{winner} took this task before you. It is off your list."] * 5 + ["done"])
    task.refresh_from_db()
    assert (task.owner, task.status, task.history.count()) == (winner, Task.Status.IN_PROGRESS, 2)


def test_taking_and_closing_at_once_leave_a_closed_task(facility, intake):
    clerk, other = (factories.person(Role.CLERK, facility) for _ in range(2))
    task = services.ask(
        facility=facility, kind="call", text="Call", owner_role=Role.CLERK, due_at=timezone.now(), by=intake
    )
    at_once(
        lambda: services.take_task(task=task, by=clerk),
        lambda: services.close_task(task=task, by=other),
    )
    task.refresh_from_db()
    assert (task.status, task.closed_by) == (Task.Status.COMPLETED, other)


def test_next_step_and_acceptance_at_once_lose_neither(facility, intake, care, handoff, episode):
    at_once(
        lambda: services.accept_handoff(handoff=handoff, by=care),
        lambda: services.reach_step(episode=episode, kind="screened", by=intake),
    )
    episode.refresh_from_db()
    assert episode.owner == care
    assert episode.steps.filter(kind="screened").count() == 1
