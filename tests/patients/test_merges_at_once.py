"""Two merges at once, and a booking while a merge is under way: real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from core import audit
from core.errors import MERGED_AWAY, DomainError, constraint_name
from patients import services
from patients.mergeguard import guarded_columns
from patients.models import AllergyIntolerance, Flag, Merge, Patient
from scheduling.models import Appointment
from tests import factories
from tests.scheduling import stage

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


def while_merging(pair, intake, write):
    """`write` in a transaction that has read before the merge and writes before the merge is committed: its outcome."""
    survivor, duplicate = pair
    has_read, is_merged = Event(), Event()

    def late():
        try:
            with transaction.atomic():
                read = write()
                next(read)
                has_read.set()
                is_merged.wait(20)
                next(read, None)
        except (DomainError, IntegrityError) as error:
            return getattr(error, "code", None) or constraint_name(error)
        finally:
            has_read.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(late)
        has_read.wait(20)
        with transaction.atomic():
            services.merge(survivor=survivor, duplicate=duplicate, reason="Same card", by=intake)
            is_merged.set()
        return outcome.result()


def test_a_booking_that_a_merge_overtakes_is_refused(pair, intake, facility):
    physician, kind = factories.practitioner(facility), stage.visit_type(facility)
    stage.hours(physician, facility)

    def book():
        patient = Patient.objects.get(pk=pair[1].pk)
        yield
        stage.visit(patient, physician, kind, by=intake, starts_at=stage.at(2, facility=facility))

    assert while_merging(pair, intake, book) == "merged"
    assert Appointment.objects.count() == 0


def test_what_locks_nobody_is_refused_by_postgresql(pair, intake):
    def add():
        patient = Patient.objects.get(pk=pair[1].pk)
        yield
        services.add_flag(patient=patient, category="safety", text="Falls", by=intake)

    assert while_merging(pair, intake, add) == "merged"
    assert pair[1].flags.count() == pair[0].flags.count() == 0


def test_an_old_copy_of_a_row_does_not_take_it_back_to_the_duplicate(pair, intake):
    services.add_allergy(patient=pair[1], substance="Penicillin", by=intake)

    def change():
        row = AllergyIntolerance.objects.get(patient=pair[1])
        yield
        row.reaction = "Rash"
        audit.save(row, by=intake)

    assert while_merging(pair, intake, change) == "merged"
    assert pair[0].allergies.get().reaction == ""


def test_many_rows_at_once_are_refused_too(pair, intake):
    def add():
        patient = Patient.objects.get(pk=pair[1].pk)
        yield
        Flag.objects.bulk_create([Flag(patient=patient, category="safety", text="Falls")])

    assert while_merging(pair, intake, add) == MERGED_AWAY


def test_every_table_that_names_a_patient_is_guarded():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname LIKE 'patient\\_not\\_merged\\_%' AND tgenabled = 'O'"
        )
        there = {name for (name,) in cursor.fetchall()}
    assert there == {table for table, _ in guarded_columns()}
