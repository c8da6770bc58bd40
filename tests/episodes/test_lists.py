"""Overdue, due today, waiting: the counts of the strip are the rows of the lists."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import roles_at
from accounts.roles import Role
from episodes import selectors, services
from episodes.models import EpisodeOfCare, Task
from patients import services as patients
from tests import factories

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 17:00:00+00:00"  # noon in New York


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def hours(count: float):
    return timezone.now() + timedelta(hours=count)


def task(facility, due_at, **fields):
    fields = {"owner_role": Role.INTAKE, "text": "Call back", "kind": "call", "by": None} | fields
    return services.ask(facility=facility, due_at=due_at, **fields)


def titles(rows):
    return [row["title"] for row in rows]


def as_in_a_request(user):
    """ActorMiddleware keeps the memberships: they cost no query here."""
    user.kept_memberships = []
    roles_at(user, user.memberships.first().facility)
    return user


def test_each_row_stands_where_its_due_time_puts_it(facility, intake, episode):
    task(facility, hours(-1), text="Overdue")
    task(facility, hours(3), text="Today")
    task(facility, hours(11.9), text="Just before midnight")
    task(facility, hours(12.1), text="Tomorrow")
    assert titles(selectors.overdue_rows(intake, facility)) == ["Overdue"]
    assert titles(selectors.due_today_rows(intake, facility)) == ["Today", "Just before midnight"]


def test_tasks_batons_and_handoffs_stand_in_one_list_by_due_time(facility, intake, care, episode, handoff):
    services.accept_handoff(handoff=handoff, by=care, due_at=hours(-2))
    back = services.send_handoff(
        episode=episode, from_role=Role.PATIENT_CARE, to_role=Role.INTAKE, next_step="Ask again", by=care,
        due_at=hours(-3),
    )  # fmt: skip
    task(facility, hours(-1), owner_role=Role.PATIENT_CARE, text="Call back", patient=handoff.patient)
    assert titles(selectors.overdue_rows(care, facility)) == ["Write the care plan", "Call back"]
    assert titles(selectors.overdue_rows(intake, facility)) == ["Ask again"]
    assert selectors.waiting_rows(intake, facility)[0]["uuid"] == back.uuid


def test_a_desks_task_is_everybodys_until_somebody_has_it(facility, intake):
    other = factories.person(Role.INTAKE, facility)
    task(facility, hours(-1), text="For the desk")
    task(facility, hours(-1), text="For Ines", owner=intake, kind="mine")
    assert titles(selectors.overdue_rows(intake, facility)) == ["For the desk", "For Ines"]
    assert titles(selectors.overdue_rows(other, facility)) == ["For the desk"]


def test_a_task_about_somebody_one_may_not_see_is_not_listed(facility, patient):
    clinician = factories.person(Role.CLINICIAN, facility)
    task(facility, hours(-1), owner_role=Role.CLINICIAN, patient=patient)
    assert selectors.overdue_rows(clinician, facility) == []
    patients.add_care_team_member(patient=patient, user=clinician, facility=facility, role=Role.CLINICIAN, by=clinician)
    assert len(selectors.overdue_rows(clinician, facility)) == 1


def test_another_facility_is_another_list(facility, other_facility, intake):
    task(other_facility, hours(-1))
    assert selectors.overdue_rows(intake, facility) == []


def test_a_handoff_to_a_person_is_nobody_elses(facility, intake, care, episode):
    other = factories.person(Role.PATIENT_CARE, facility)
    services.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Plan", by=intake, to_user=care
    )
    assert len(selectors.waiting_rows(care, facility)) == 1
    assert selectors.waiting_rows(other, facility) == []


def test_the_counts_are_the_rows(facility, intake, care, episode, handoff):
    for count, due in enumerate((-3, -1, 2, 30)):
        task(facility, hours(due), kind=f"a-{count}")
        task(facility, hours(due), owner_role=Role.PATIENT_CARE, kind=f"b-{count}")
    for user in (intake, care):
        counts = selectors.strip_counts(user, facility)
        assert counts == {
            "overdue": len(selectors.overdue_rows(user, facility)),
            "due_today": len(selectors.due_today_rows(user, facility)),
            "waiting": len(selectors.waiting_rows(user, facility)),
        }
    assert selectors.strip_counts(care, facility) == {"overdue": 2, "due_today": 2, "waiting": 5}


def test_with_nothing_to_do_the_counts_are_nought(facility, boss):
    assert selectors.strip_counts(boss, facility) == {"overdue": 0, "due_today": 0, "waiting": 0}


def all_tasks(user, facility):
    return selectors.task_rows(user, facility, "all")


@pytest.mark.parametrize("number", [10, 200])
@pytest.mark.parametrize(
    ("ask", "queries"),
    [
        (selectors.strip_counts, 1),
        (selectors.overdue_rows, 3),
        (selectors.due_today_rows, 3),
        (selectors.waiting_rows, 2),
        (all_tasks, 1),
        (selectors.task_counts, 1),
    ],
)
def test_queries_do_not_grow_with_the_rows(ask, queries, number, facility, care, handoff, django_assert_num_queries):
    fields = {"facility": facility, "owner_role": Role.PATIENT_CARE, "due_at": hours(-1), "patient": handoff.patient}
    Task.objects.bulk_create(Task(kind=f"k-{count}", text="Call", **fields) for count in range(number))
    user = as_in_a_request(care)
    with django_assert_num_queries(queries):
        ask(user, facility)


def test_the_task_page_asks_the_same_number_of_questions_for_one_row_and_for_thirty(facility, intake, sign_in):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("episodes:task_list")).status_code == 200
        return len(queries)

    browser = sign_in(intake)
    task(facility, hours(1), patient=factories.patient(facility), focus=intake)
    browser.get(reverse("episodes:task_list"))
    few = cost()
    for count in range(29):
        task(facility, hours(1), kind=f"k-{count}", patient=factories.patient(facility), focus=intake)
    assert cost() == few


def test_the_filters_of_the_task_page(facility, intake, sign_in):
    task(facility, hours(-1), text="Long ago")
    task(facility, hours(30), text="Next week", kind="later")
    browser = sign_in(intake)
    assert "Next week" in browser.get(reverse("episodes:task_list")).content.decode()
    overdue = browser.get(reverse("episodes:task_list"), {"show": "overdue"}).content.decode()
    assert "Long ago" in overdue
    assert "Next week" not in overdue
    today = browser.get(reverse("episodes:task_list"), {"show": "today"}).content.decode()
    assert "No task is waiting" in today


def test_a_task_leads_to_what_it_is_about(facility, intake, patient, sign_in):
    browser = sign_in(intake)
    about = task(facility, hours(1), patient=patient, focus=patient)
    plain = task(facility, hours(1), kind="plain")
    answer = browser.get(reverse("episodes:task_open", args=[about.uuid]))
    assert answer["Location"] == patient.get_absolute_url()
    answer = browser.get(reverse("episodes:task_open", args=[plain.uuid]))
    assert answer["Location"] == reverse("episodes:task_list")


def test_done_takes_it_off_the_list(facility, intake, patient, sign_in):
    row = task(facility, hours(1), patient=patient)
    browser = sign_in(intake)
    browser.post(reverse("episodes:task_close", args=[row.uuid]))
    row.refresh_from_db()
    assert (row.status, row.closed_by) == (Task.Status.COMPLETED, intake)
    assert row.history.first().history_user == intake
    assert browser.post(reverse("episodes:task_close", args=[row.uuid])).status_code == 404


def test_a_baton_out_of_reach_is_not_named(facility, care, episode):
    """Rows that only SQL could make still show nobody's name to a stranger."""
    EpisodeOfCare.objects.filter(pk=episode.pk).update(owner=care, owner_role=Role.PATIENT_CARE, due_at=hours(-1))
    assert selectors.overdue_rows(care, facility) == []
    patients.add_care_team_member(
        patient=episode.patient, user=care, facility=facility, role=Role.PATIENT_CARE, by=care
    )
    assert titles(selectors.overdue_rows(care, facility)) == ["Interview"]


def test_a_task_list_tells_no_record_number_to_who_knows_only_the_name(facility):
    """Record numbers are part of the identity; the activities coordinator knows the name used."""
    by, reader = factories.person(Role.INTAKE, facility), factories.person(Role.ACTIVITIES, facility)
    patient = factories.patient(facility)
    patients.add_care_team_member(patient=patient, user=reader, facility=facility, role=Role.ACTIVITIES, by=by)
    task(facility, hours(1), patient=patient, owner_role=Role.ACTIVITIES, owner=reader, by=by)
    [row] = selectors.task_rows(reader, facility, "all")
    assert (row["name"], row["record_number"]) == (patient.list_name, "")
