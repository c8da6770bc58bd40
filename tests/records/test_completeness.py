"""Whether charts are complete: by the facility's rules, in one statement, however many people there are."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Perm, Role
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep, Task
from patients import services as patients
from records import selectors, services
from records.models import ChartRule, Document
from records.selectors import completeness
from tests import factories
from tests.records.bring import upload

pytestmark = pytest.mark.django_db

Kind, Step = Document.Kind, EpisodeStep.Kind


@pytest.fixture
def began(episode):
    """The stay began three days ago."""

    def _began(days=3, of=episode):
        EpisodeOfCare.objects.filter(pk=of.pk).update(starts_at=timezone.now() - timedelta(days=days))

    _began()
    return _began


@pytest.fixture
def rule(facility, intake):
    def _rule(kind="", step="", hours=24, owed_by=Role.INTAKE):
        row = ChartRule(facility=facility, document_kind=kind, step=step, within_hours=hours, owed_by=owed_by)
        return services.save_chart_rule(rule=row, by=intake)

    return _rule


def found(user, facility, **options):
    return [row["what"] for row in selectors.missing_page(user, facility, **options).rows]


def test_what_is_overdue_and_not_there_is_missing(facility, clerk, began, rule, write, intake, episode):
    rule(kind=Kind.CARE_PLAN)
    rule(kind=Kind.INTAKE_PACKET)
    rule(step=Step.NOTICE_GIVEN)
    rule(step=Step.SCREENED, hours=100)
    assert found(clerk, facility) == ["Care plan", "Intake packet", "Notice of privacy practices given"]
    write(intake)
    episodes.reach_step(episode=episode, kind=Step.NOTICE_GIVEN, by=intake)
    assert found(clerk, facility) == ["Care plan"]
    began(days=5)
    assert found(clerk, facility) == ["Care plan", "Screened"]


def test_a_superseded_paper_or_one_of_an_earlier_stay_does_not_count(facility, clerk, began, rule, write, intake):
    rule(kind=Kind.INTAKE_PACKET)
    rule(kind=Kind.IDENTIFICATION)
    old = write(intake)
    services.supersede(document=old, by=intake)
    earlier, lasting = write(intake), write(intake, kind=Kind.IDENTIFICATION, title="Identification")
    assert found(clerk, facility) == []
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        began(days=3)  # another stay began after both were written
        assert found(clerk, facility) == ["Intake packet"]
    assert earlier.pk != lasting.pk


def test_a_paper_of_a_record_merged_into_this_one_counts(facility, clerk, began, rule, write, intake, patient):
    rule(kind=Kind.INTAKE_PACKET)
    other = factories.patient(facility)
    services.create_document(
        patient=other, facility=facility, kind=Kind.INTAKE_PACKET, title="Intake packet", text="Dear", by=intake
    )
    assert found(clerk, facility) == ["Intake packet"]
    patients.merge(survivor=patient, duplicate=other, reason="Same card", by=intake)
    assert found(clerk, facility) == []


def test_a_closed_stay_another_facility_and_a_retired_rule_ask_for_nothing(
    facility, other_facility, clerk, began, rule, intake, episode
):
    row = rule(kind=Kind.CARE_PLAN)
    elsewhere = factories.person(Role.CLERK, other_facility)
    assert found(elsewhere, other_facility) == []
    services.retire_chart_rule(rule=row, by=intake)
    assert found(clerk, facility) == []
    rule(kind=Kind.CARE_PLAN)
    EpisodeOfCare.objects.filter(pk=episode.pk).update(status="finished", ends_at=timezone.now())
    assert found(clerk, facility) == []


def test_a_rule_names_one_thing_and_stands_once(rule):
    with pytest.raises(DomainError, match="one of the two"):
        rule(kind=Kind.CARE_PLAN, step=Step.SCREENED)
    with pytest.raises(DomainError, match="one of the two"):
        rule()
    rule(kind=Kind.CARE_PLAN)
    with pytest.raises(DomainError, match="a rule for this already"):
        rule(kind=Kind.CARE_PLAN, hours=5)


def test_the_owing_desk_is_asked_once(facility, clerk, began, rule, patient, sign_in, write, intake):
    row = rule(kind=Kind.CARE_PLAN, owed_by=Role.PATIENT_CARE)
    client, ask = sign_in(clerk), reverse("records:chart_ask", args=[patient.uuid, row.uuid])
    for _ in range(2):
        assert client.post(ask).status_code == 302
    task = Task.objects.get(kind="missing-care-plan")
    assert (task.owner_role, task.patient, task.text) == (Role.PATIENT_CARE, patient, "Complete the chart: care plan")
    assert "Asked" in client.get(reverse("records:chart_list")).content.decode()
    write(intake, kind=Kind.CARE_PLAN, title="Care plan")
    with pytest.raises(DomainError, match="in the chart now"):
        services.ask_for_missing(patient=patient, rule=row, by=clerk)
    task.refresh_from_db()
    assert (task.status, task.closed_by, task.outcome) == ("completed", intake, "It is in the chart now")


def test_an_upload_another_kind_said_of_it_or_a_step_answers_what_was_asked(
    facility, clerk, began, rule, patient, episode, intake
):
    rows = [rule(kind=Kind.COURT), rule(kind=Kind.LABORATORY), rule(kind=Kind.IMAGING), rule(step=Step.SCREENED)]
    for row in rows:
        services.ask_for_missing(patient=patient, rule=row, by=clerk)
    services.retire_chart_rule(rule=rows[0], by=clerk)
    assert Task.objects.get(kind="missing-court").status == "cancelled"
    asked = Task.objects.open().filter(kind__startswith=Task.MISSING)
    paper = upload(patient, facility, intake, kind=Kind.LABORATORY)
    assert {task.kind for task in asked} == {"missing-imaging", "missing-screened"}
    services.index_document(document=paper, index=services.Index(kind=Kind.IMAGING), by=intake)
    assert [task.kind for task in asked.all()] == ["missing-screened"]
    episodes.reach_step(episode=episode, kind=Step.SCREENED, by=intake)
    assert not asked.all().exists()


@pytest.mark.django_db(transaction=True)
def test_what_arrives_while_somebody_asks_is_waited_for(facility, clerk, began, rule, patient, episode, write, intake):
    rows, answers = [rule(kind=Kind.CARE_PLAN), rule(step=Step.SCREENED)], []

    def ask(row):
        try:
            services.ask_for_missing(patient=patient, rule=row, by=clerk)
        except DomainError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    asking = [threading.Thread(target=ask, args=[row]) for row in rows]
    with transaction.atomic():
        write(intake, kind=Kind.CARE_PLAN, title="Care plan")
        episodes.reach_step(episode=episode, kind=Step.SCREENED, by=intake)
        for thread in asking:
            thread.start()
        while locks_waited_for() + sum(not thread.is_alive() for thread in asking) < 2:
            asking[0].join(0.01)
    for thread in asking:
        thread.join()
    assert answers == ["chart.complete"] * 2


def locks_waited_for() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def test_one_sees_in_a_chart_what_ones_desk_owes_and_overseers_all(facility, began, rule, patient, intake, clerk):
    rule(kind=Kind.CARE_PLAN, owed_by=Role.PATIENT_CARE)
    rule(kind=Kind.IDENTIFICATION, owed_by=Role.INTAKE)
    patient.held = frozenset({Perm.DOCUMENT_OWN})
    assert [row["what"] for row in selectors.missing_of(intake, patient, facility)] == ["Identification"]
    patient.held = frozenset({Perm.DOCUMENT_FILE})
    assert len(selectors.missing_of(clerk, patient, facility)) == 2


def test_the_pages_show_filter_and_change_rules(facility, clerk, intake, began, rule, sign_in, patient):
    coordinator = sign_in(factories.person(Role.CLINICAL_COORDINATOR, facility))
    rules = reverse("records:rule_list")
    assert "Use the usual rules" in coordinator.get(rules).content.decode()
    assert "Nobody has said yet" in sign_in(clerk).get(reverse("records:chart_list")).content.decode()
    coordinator.post(reverse("records:rule_usual"))
    assert ChartRule.objects.filter(facility=facility).count() == 8
    sent = {"document_kind": "laboratory", "step": "", "within_hours": 1, "owed_by": "clinician"}
    assert coordinator.post(reverse("records:rule_add"), sent).status_code == 302
    assert coordinator.post(reverse("records:rule_add"), sent).status_code == 422
    added = ChartRule.objects.get(document_kind="laboratory")
    edit = reverse("records:rule_edit", args=[added.uuid])
    assert coordinator.post(edit, sent | {"within_hours": 2, "version": 1}).status_code == 302
    assert coordinator.post(edit, sent | {"within_hours": 3, "version": 1}).status_code == 409
    page = sign_in(clerk).get(reverse("records:chart_list") + "?owed_by=clinician").content.decode()
    assert "Laboratory report" in page
    assert "Identification" not in page
    assert sign_in(clerk).get(patient.get_absolute_url()).status_code == 200
    papers = sign_in(intake).get(reverse("records:document_list", args=[patient.uuid])).content.decode()
    assert "Missing from the chart" in papers


@pytest.fixture
def stays(facility, intake):
    """Add so many people, each with a stay that began days ago; two at a time began at the same moment."""

    def _stays(number):
        for n in range(number):
            stay = factories.episode(factories.patient(facility, given_name=f"Person {n}"), facility, by=intake)
            EpisodeOfCare.objects.filter(pk=stay.pk).update(starts_at=timezone.now() - timedelta(days=90 - n // 2))

    return _stays


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_asks_four_queries_however_many_rows(facility, number, django_assert_num_queries, rule, stays):
    clerk = factories.person(Role.CLERK, facility)
    for kind in (Kind.CARE_PLAN, Kind.LABORATORY, Kind.IMAGING, Kind.COURT, Kind.OTHER):
        rule(kind=kind)
    stays(number // 5)
    selectors.missing_page(clerk, facility)
    with django_assert_num_queries(4):  # memberships, how far, rows, names
        page = selectors.missing_page(clerk, facility)
    assert (len(page.rows), bool(page.after)) == (min(number, 50), number > 50)


def test_every_stay_is_on_one_page_and_on_no_two(facility, clerk, rule, stays, monkeypatch, sign_in, intake):
    monkeypatch.setattr(completeness, "STAYS", 4)
    for kind in (Kind.CARE_PLAN, Kind.LABORATORY):
        rule(kind=kind)
    stays(13)
    for stay in EpisodeOfCare.objects.order_by("starts_at", "pk")[4:12]:  # these lack nothing
        for kind in (Kind.CARE_PLAN, Kind.LABORATORY):
            services.create_document(
                patient=stay.patient, facility=facility, kind=kind, title="Paper", text="Words", by=intake
            )
    pages, after = [], None
    while not pages or after:
        page = selectors.missing_page(clerk, facility, after=after, size=5)
        pages.append(page)
        after = page.after
    assert [(len(page.rows), page.is_partial) for page in pages] == [(4, False), (4, True), (0, True), (2, False)]
    assert len({(row["patient"], row["record_number"], row["what"]) for page in pages for row in page.rows}) == 10
    client, there = sign_in(clerk), reverse("records:chart_list")
    answer = client.get(there, {"after": str(pages[1].after)})
    assert "These charts are complete" in answer.content.decode()
    assert f"after={pages[2].after}" in answer.content.decode()
    assert client.get(there, {"after": str(uuid4())}).status_code == 404
    assert client.get(there, {"after": "x"}).status_code == 200
