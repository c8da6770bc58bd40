"""The page of a person: what is next, and one timeline of everything that the viewer may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Perm, Role
from chart.selectors.overview import overview
from chart.selectors.timeline import PAGE, sources, timeline
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeStep
from patients import services
from patients.access import get_patient
from patients.models import Encounter, OutsideCareTeamMember
from records.choices import Named
from records.disclosing import Recipient
from records.models import Document
from records.services.preflight import preflight
from tests import factories, world
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return world.build()


def seen_by(stage, role):
    return get_patient(stage.people[role], stage.patient.uuid, Perm.NAME_VIEW)


def write_notes(stage, count):
    author = stage.people[Role.CLINICIAN]
    for number in range(count):
        note = services.draft_note(patient=stage.patient, text=f"Secret note {number}", by=author)
        services.sign_note(note=note, by=author)


def add_document(stage, author, title):
    row = Document(patient=stage.patient, facility=stage.facility, kind="other", title=title, text="x", author=author)
    return audit.save(row, by=author)


def page_of(stage, role, sign_in, name="patient_detail", **query):
    address = reverse(f"chart:{name}", args=[stage.patient.uuid])
    return sign_in(stage.people[role]).get(address, query)


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.CLINICIAN, True), (Role.PATIENT_CARE, True), (Role.CLINICAL_COORDINATOR, True)]
    + [(Role.INTAKE, False), (Role.TREATMENT, False), (Role.ACTIVITIES, False)],
)
def test_a_class_that_the_viewer_may_not_see_is_not_fetched(stage, role, sees, sign_in):
    write_notes(stage, 1)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = page_of(stage, role, sign_in).content.decode()
    assert ("Secret note 0" in page) is sees
    assert any('FROM "patients_note"' in query["sql"] for query in captured) is sees


def test_every_class_shown_is_in_the_read_log(stage, sign_in):
    page_of(stage, Role.CLINICIAN, sign_in)
    logged = set(
        AccessEvent.objects.filter(user_id=stage.people[Role.CLINICIAN].pk).values_list("data_class", flat=True)
    )
    assert {Perm.NAME_VIEW, Perm.ASSESSMENT_VIEW, Perm.PLAN_VIEW, Perm.CONTACT_VIEW, Perm.SAFETY_VIEW} <= logged
    assert Perm.COVERAGE_VIEW not in logged


def test_who_may_see_only_his_own_papers_sees_no_others(stage):
    mine, others = stage.people[Role.TREATMENT], stage.people[Role.CLINICIAN]
    add_document(stage, mine, "Mine")
    add_document(stage, others, "Theirs")
    patient = seen_by(stage, Role.TREATMENT)
    titles = {event["title"] for event in timeline(mine, patient).events}
    assert "Mine" in titles
    assert "Theirs" not in titles


def test_a_signed_consent_is_in_the_timeline_of_who_may_read_consents(stage):
    rows.active(stage.patient, stage.facility, stage.people[Role.INTAKE])
    for role, sees in ((Role.CLINICIAN, True), (Role.TREATMENT, False), (Role.ACTIVITIES, False)):
        found = timeline(stage.people[role], seen_by(stage, role), kind="consent").events
        assert [event["badge"] for event in found] == ["Active"] * sees, role


def test_what_left_is_in_the_timeline_of_who_may_see_disclosures(stage):
    rows.active(
        stage.patient, stage.facility, stage.people[Role.INTAKE], data_classes=("plan",), purposes=("treatment",),
        recipients=(Named("provider", "Lakeside Clinic"),),
    )  # fmt: skip
    preflight(
        patient=stage.patient, facility=stage.facility, purpose="treatment", data_classes=["plan"], channel="paper",
        recipient=Recipient("Lakeside Clinic", kind="provider", address="4 Lake Street"), by=stage.people[Role.INTAKE],
        description="Edition three",
    )  # fmt: skip
    for role, sees in DISCLOSURES_SEEN.items():
        events = timeline(stage.people[role], seen_by(stage, role), kind="disclosure").events
        found = [event for event in events if event["title"] == "Disclosed to Lakeside Clinic"]
        assert bool(found) is sees, role
        assert "Lake Street" not in str(found)
        assert "Edition three" not in str(found)


DISCLOSURES_SEEN = {
    Role.INTAKE: True, Role.CLINICAL_COORDINATOR: True, Role.CLERK: True,  # the first made it
    Role.PATIENT_CARE: False, Role.CLINICIAN: False, Role.TREATMENT: False, Role.ACTIVITIES: False,
}  # fmt: skip


def test_a_colleagues_draft_is_not_in_the_timeline(stage):
    services.draft_note(patient=stage.patient, text="Mine alone", by=stage.people[Role.CLINICIAN])
    for role, count in ((Role.CLINICIAN, 1), (Role.PATIENT_CARE, 0)):
        patient = seen_by(stage, role)
        assert len(timeline(stage.people[role], patient, kind="note").events) == count


def test_pages_follow_each_other_without_gap_or_repetition(stage):
    write_notes(stage, 30)
    for kind in list(EpisodeStep.Kind)[:12]:
        episodes.reach_step(episode=stage.episode, kind=kind, by=stage.people[Role.INTAKE])
    EpisodeStep.objects.update(reached_at=timezone.now() - timedelta(hours=1))  # all at one moment: a tie
    user, patient = stage.people[Role.CLINICIAN], seen_by(stage, Role.CLINICIAN)
    seen, before = [], ""
    for _ in range(5):
        page = timeline(user, patient, before=before)
        seen += [event.get("text") or event["title"] for event in page.events]
        if not page.older:
            break
        before = page.older
    assert len(seen) == len(set(seen)) == 42
    assert seen[0] == "Secret note 29"


def test_the_number_of_queries_does_not_grow_with_the_record(stage, sign_in):
    client = sign_in(stage.people[Role.CLINICIAN])
    address = reverse("chart:patient_detail", args=[stage.patient.uuid])
    counts = []
    for wanted in (10, 190):  # 10 rows, then 200
        write_notes(stage, wanted)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts == [QUERIES, QUERIES]


# Transaction 2; user, memberships, patient, standing, read log, strip 6; header 2; overview 12; timeline 2.
QUERIES = 24


def test_the_timeline_takes_one_query_and_one_for_each_kind_on_the_page(stage, django_assert_num_queries):
    write_notes(stage, 25)
    user, patient = stage.people[Role.CLINICIAN], seen_by(stage, Role.CLINICIAN)
    memberships = 1  # which a request has read before
    with django_assert_num_queries(2 + memberships):
        page = timeline(user, patient)
    assert len(page.events) == PAGE
    with django_assert_num_queries(3 + memberships):  # and one for where to go on
        timeline(user, patient, before=page.older)
    with django_assert_num_queries(2):
        timeline(user, patient, kind="note")


@pytest.mark.parametrize("before", ["", "nonsense", "note.", "note.abc", "note.999999999999999999999", "handoff.1"])
def test_a_cursor_that_leads_nowhere_starts_at_the_newest(stage, before):
    write_notes(stage, 1)
    user, patient = stage.people[Role.CLINICIAN], seen_by(stage, Role.CLINICIAN)
    assert timeline(user, patient, before=before, kind="unknown").events[0]["text"] == "Secret note 0"


def test_with_htmx_the_list_or_its_continuation_comes_alone(stage, sign_in):
    write_notes(stage, 25)
    client = sign_in(stage.people[Role.CLINICIAN])
    address = reverse("chart:patient_timeline", args=[stage.patient.uuid])
    first = client.get(address, {"kind": "note"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in first
    assert 'id="timeline"' in first
    older = first[first.index(f'href="{address}?kind=note&amp;before=') + 6 :]
    older = older[: older.index('"')].replace("&amp;", "&")
    rest = client.get(older, headers={"HX-Request": "true"}).content.decode()
    assert "Secret note 0" in rest
    assert 'id="timeline"' not in rest
    assert "<html" in client.get(older).content.decode()


@pytest.mark.parametrize(
    ("role", "reached", "label"),
    [
        (Role.INTAKE, [], "Continue intake"),
        (Role.INTAKE, ["handed-over"], "See the intake"),
        (Role.PATIENT_CARE, ["handed-over"], "Write care plan"),
        (Role.CLINICIAN, [], "Write assessment"),
        (Role.TREATMENT, ["assessed"], "Build options"),
        (Role.TREATMENT, ["assessed", "options-presented", "option-accepted"], "Book physician"),
        (Role.ACTIVITIES, [], "Enroll in a program"),
        (Role.CLINICAL_COORDINATOR, [], "Set the next step"),
    ],
)
def test_the_main_button_is_the_next_step_of_the_path(stage, role, reached, label):
    for kind in reached:
        episodes.reach_step(episode=stage.episode, kind=EpisodeStep.Kind(kind), by=stage.people[Role.INTAKE])
    shown = overview(stage.people[role], seen_by(stage, role))
    assert shown["actions"][0]["label"] == label


def test_who_holds_the_baton_may_hand_over_and_the_receiver_may_accept(stage, sign_in):
    episodes.send_handoff(
        episode=stage.episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, next_step="Write the care plan",
        by=stage.people[Role.INTAKE],
    )  # fmt: skip
    labels = [button["label"] for button in overview(stage.people[Role.INTAKE], seen_by(stage, Role.INTAKE))["actions"]]
    assert "Hand over" in labels
    receiver = overview(stage.people[Role.PATIENT_CARE], seen_by(stage, Role.PATIENT_CARE))["handoffs"][0]
    bystander = overview(stage.people[Role.CLINICIAN], seen_by(stage, Role.CLINICIAN))["handoffs"][0]
    assert receiver["accept_url"]
    assert bystander["accept_url"] is None


def test_a_task_leads_to_its_thing_for_whom_it_is_meant(stage):
    episodes.ask(
        facility=stage.facility, patient=stage.patient, kind="call", text="Call the sister", owner_role=Role.TREATMENT,
        due_at=timezone.now(), by=stage.people[Role.INTAKE],
    )  # fmt: skip
    for role, meant in ((Role.TREATMENT, True), (Role.CLINICIAN, False)):
        task = overview(stage.people[role], seen_by(stage, role))["tasks"][0]
        assert (task["text"], task["url"] is not None) == ("Call the sister", meant)


def test_the_path_says_what_was_reached_and_what_is_missing(stage):
    episodes.reach_step(episode=stage.episode, kind=EpisodeStep.Kind.REFERRAL_ACCEPTED, by=stage.people[Role.INTAKE])
    stages = overview(stage.people[Role.INTAKE], seen_by(stage, Role.INTAKE))["stages"]
    assert [step["state"] for step in stages[0]["steps"][:3]] == ["done", "current", "todo"]
    assert sum(len(stage["steps"]) for stage in stages) == len(EpisodeStep.Kind)


def test_no_name_stands_in_the_title(stage, sign_in):
    page = page_of(stage, Role.INTAKE, sign_in).content.decode()
    assert "Rivera" not in page[page.index("<title>") : page.index("</title>")]
    assert "Rivera" in page


def test_what_another_system_tells_stands_where_it_is_looked_for(stage, sign_in):
    Encounter.objects.create(
        patient=stage.patient, class_code="EMER", type_display="Overdose", starts_at=timezone.now()
    )
    Encounter.objects.create(patient=stage.patient, type_display="Detoxification")
    elsewhere = factories.practitioner(stage.facility, given_name="Nia", family_name="Brown")
    OutsideCareTeamMember.objects.create(patient=stage.patient, practitioner=elsewhere, title="Family doctor")
    page = timeline(stage.people[Role.CLINICIAN], seen_by(stage, Role.CLINICIAN), kind="encounter")
    assert [(event["title"], event["badge"]) for event in page.events] == [
        ("Detoxification", ""),
        ("Overdose", "Emergency"),
    ]
    assert page.events[0]["text"] == "Day not known."
    assert "encounter" not in {source.kind for source in sources(seen_by(stage, Role.ACTIVITIES))}
    team = sign_in(stage.people[Role.ACTIVITIES]).get(reverse("patients:care_team", args=[stage.patient.uuid]))
    assert "Family doctor" in team.content.decode()
