"""Workers, beat, Redis and PostgreSQL killed at random points of a run: nothing is lost, nothing goes twice."""

import random

import pytest

from tests.scheduling.chaos import house

NUMBER = 2000
KILLS = ["worker"] * 5 + ["beat"] * 2 + ["redis"] + ["database"] * 2
LANES = 2 * 2  # messages that may be between the mail server and the record when all stops


@pytest.mark.slow
@pytest.mark.django_db
def test_two_thousand_reminders_survive_everything_that_is_killed():
    """Two workers and two beats. A message that nobody can vouch for is in doubt, and listed."""
    chance = random.Random()
    points = sorted(chance.sample(range(1, NUMBER - 200), len(KILLS)))
    plan = list(zip(points, chance.sample(KILLS, len(KILLS)), strict=True))
    with house() as running:
        running.start()
        running.owe(NUMBER)
        for point, kind in plan:
            running.until(lambda point=point: running.taker.taken.total() >= point)
            running.kill(kind, chance.randrange(2))
        running.until(running.is_done)
        states, taken = running.states(), running.taker.taken
        listed = {uuid for (uuid,) in running.ask(IN_DOUBT)}
    sent = {uuid for uuid, status in states.items() if status == "sent"}
    assert len(states) == NUMBER, plan
    assert sent | listed == states.keys(), plan
    assert set(taken.values()) == {1}, plan
    assert sent <= taken.keys() <= sent | listed, plan
    assert len(listed) <= LANES * len(KILLS), plan


# What the desk lists as dead letters: the condition of scheduling.selectors.dead_letters.
IN_DOUBT = """
    SELECT r.uuid::text FROM scheduling_reminder r JOIN scheduling_appointment a ON a.id = r.appointment_id
    WHERE r.status = 'in-doubt' AND r.resolved_at IS NULL AND a.starts_at > now()
"""
