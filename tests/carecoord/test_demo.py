"""The demo gives every desk something to do, at whatever hour it is made."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from carecoord.demo.house import main_house
from carecoord.demo.people import Inventor
from carecoord.demo.seed import ask_desks
from episodes.models import Task
from episodes.selectors import due_today_rows, overdue_rows, strip_counts, waiting_rows

pytestmark = pytest.mark.django_db


LISTS = {"overdue": overdue_rows, "due_today": due_today_rows, "waiting": waiting_rows}


@pytest.mark.parametrize("clock", ["00:05", "12:00", "23:50"])
def test_everybody_has_something_overdue_due_today_and_waiting(clock):
    moment = datetime.fromisoformat(f"2026-11-23 {clock}").replace(tzinfo=ZoneInfo("America/New_York"))
    with time_machine.travel(moment, tick=False):
        house = main_house(Inventor(seed=42), moment.date())
        ask_desks(house, timezone.now())
        everybody = [(role, user) for role in Role for user in house.staff[role]]
        counts = {user.email: strip_counts(user, house.facility) for _, user in everybody}
        listed = {
            user.email: {key: len(rows(user, house.facility)) for key, rows in LISTS.items()} for _, user in everybody
        }
    assert {role for role, _ in everybody} == set(Role)
    assert [email for email, numbers in counts.items() if not all(numbers.values())] == []
    assert listed == counts
    assert Task.objects.filter(status=Task.Status.IN_PROGRESS).exists()
