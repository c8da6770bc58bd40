"""Two at once, on real connections: one is done whole, the other is told, and no visit is left half-way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.roles import Role
from core.errors import DomainError
from scheduling import services
from scheduling.models import Appointment, AppointmentParticipant, Series
from scheduling.selectors.seriesplan import change_plan, terms_of
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(facility):
    """Eight weekly visits from next week on."""
    counselor = factories.practitioner(facility)
    stage.hours(counselor, facility)
    start = stage.at(7, 10, facility=facility)
    return {
        "type": stage.visit_type(facility), "practitioner": counselor, "location": None, "interval": 1, "count": 8,
        "weekdays": [start.weekday()], "starts_on": start.date(), "wall_time": time(10),
        "by": factories.person(Role.TREATMENT, facility),
    }  # fmt: skip


def at_once(*acts):
    """Each in a thread with its own connection, let go together; answers "done" or the code of the refusal."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=60)
            act()
            return "done"
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_one_of_two_series_at_the_same_time_is_booked_and_the_other_is_not_booked_by_halves(asked, facility):
    people = [factories.patient(facility) for _ in range(3)]
    outcome = at_once(*(lambda person=person: services.book_series(patient=person, **asked) for person in people))
    assert outcome == ["done", "series.days", "series.days"]
    assert Series.objects.count() == 1
    assert Appointment.objects.count() == 8
    assert AppointmentParticipant.objects.filter(active=True).count() == 16


def test_the_second_of_two_editors_is_told_and_nothing_of_hers_is_done(asked, facility):
    series = services.book_series(patient=factories.patient(facility), **asked)
    now = terms_of(series)
    wanted = [replace(now, pattern=replace(now.pattern, wall_time=time(hour))) for hour in (13, 15)]
    seen = [change_plan(series, terms, None).signature for terms in wanted]
    change = {"series": series, "by": asked["by"]}
    outcome = at_once(
        lambda: services.change_series(terms=wanted[0], seen=seen[0], **change),
        lambda: services.change_series(terms=wanted[1], seen=seen[1], **change),
    )
    assert outcome == ["changed", "done"]
    assert len(set(series.appointments.values_list("wall_time", flat=True))) == 1
    assert set(series.appointments.values_list("schedule_version", flat=True)) == {2}


def test_a_visit_moved_by_itself_while_the_whole_moves_is_there_once_either_way(asked, facility):
    series = services.book_series(patient=factories.patient(facility), **asked)
    now, visit = terms_of(series), series.appointments.order_by("occurrence_on")[3]
    later = replace(now, pattern=replace(now.pattern, wall_time=time(15)))
    elsewhere = visit.starts_at + timedelta(days=1)
    outcome = at_once(
        lambda: services.change_series(series=series, terms=later, by=asked["by"]),
        lambda: services.move_appointment(appointment=visit, starts_at=elsewhere, by=asked["by"]),
    )
    assert outcome == ["done", "done"]
    rows = {row.pk: row for row in series.appointments.all()}
    assert len(rows) == 8
    assert (rows.pop(visit.pk).starts_at, {row.wall_time for row in rows.values()}) == (elsewhere, {time(15)})


def test_a_series_and_a_single_visit_want_the_same_time(asked, facility):
    start = stage.at(14, 10, facility=facility)
    single = {name: asked[name] for name in ("type", "practitioner", "location", "by")}
    outcome = at_once(
        lambda: services.book_series(patient=factories.patient(facility), **asked),
        lambda: services.book_appointment(patient=factories.patient(facility), starts_at=start, **single),
    )
    assert outcome in (["done", "series.days"], ["done", "practitioner-overlap"])
    assert Appointment.objects.filter(starts_at=start).count() == 1
    assert Appointment.objects.count() in {1, 8}
