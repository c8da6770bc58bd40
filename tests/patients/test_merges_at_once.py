"""Two merges at once, and a booking while a merge is under way: real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.roles import Role
from core.errors import DomainError
from patients import services
from patients.models import Merge, Patient
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works):
    """Each in a thread and a transaction of its own, all begun together; what each came to."""
    start = Barrier(len(works))

    def run(work):
        start.wait()
        try:
            return work()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


@pytest.fixture
def pair(facility):
    return factories.patient(facility), factories.patient(facility)


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


def test_of_two_merges_of_one_pair_one_stands(pair, intake):
    one, two = pair
    found = at_once(
        lambda: services.merge(survivor=one, duplicate=two, reason="Same card", by=intake),
        lambda: services.merge(survivor=two, duplicate=one, reason="Same card", by=intake),
    )
    assert sorted(isinstance(row, Merge) for row in found) == [False, True]
    assert "merge.meanwhile" in found
    assert Patient.objects.filter(merged_into__isnull=True).count() == 1


def test_what_is_added_while_a_merge_is_under_way_moves_or_is_refused(pair, intake):
    survivor, duplicate = pair

    def add():
        with transaction.atomic():
            row = services.locked_patient(duplicate)
            return services.add_flag(patient=row, category="safety", text="Falls", by=intake)

    found = at_once(add, lambda: services.merge(survivor=survivor, duplicate=duplicate, reason="Same card", by=intake))
    moved = 0 if found[0] == "merged" else 1
    assert survivor.flags.count() == moved
    assert duplicate.flags.count() == 0
