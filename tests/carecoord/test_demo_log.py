"""The demo's read log: believable lines in the order of time, for the pages that watch over it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.looking import look_around
from patients.models import CareTeamMember, Patient
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings, tmp_path):
    stage = world.build()
    long_ago = timezone.now() - timedelta(days=60)
    Patient.objects.update(created_at=long_ago)
    CareTeamMember.objects.update(starts_at=long_ago)
    found = House(stage.facility, inventor=None)
    for role in (Role.INTAKE, Role.CLINICIAN, Role.PRIVACY_OFFICER):
        found.staff[role].append(stage.people[role])
    return found, stage


def test_the_lines_are_in_the_order_of_time_and_of_the_past(house):
    now = timezone.now()
    look_around(house[0], now)
    times = list(AccessEvent.objects.filter(at__lt=now - timedelta(days=1)).order_by("pk").values_list("at", flat=True))
    assert len(times) > 60
    assert times == sorted(times)
    assert not AccessEvent.objects.filter(at__gte=timezone.now()).exists()
