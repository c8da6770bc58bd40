"""The record as of a moment, who could see it, and what changed, in words: under today's gate."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.roles import Perm, Role
from careplans.models import CarePlan, Goal, Problem
from chart.selectors import changes, past
from chart.selectors.kinds import KINDS, kinds
from core import audit
from core.labels import when_label
from core.models import Record
from episodes import services as episodes
from episodes.models import LevelOfCare, Placement
from intake.models import Coverage
from patients import services
from patients.access import get_patient
from patients.models import GrantPeriod
from tests import factories
from tests import world as stage
from tests.conftest import signed_in
from tests.markers import places

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """As it was five days ago."""
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        return stage.build()


@pytest.fixture
def before(world):
    """A moment after the world was made, before anything of a test."""
    return timezone.now() - timedelta(days=4)


def chart_of(world, role, perm=Perm.NAME_VIEW):
    return get_patient(world.people[role], world.patient.uuid, perm)


def test_each_part_is_as_it_was(world, before):
    intake, care = world.people[Role.INTAKE], world.people[Role.PATIENT_CARE]
    services.update_patient(
        patient=world.patient, expected_version=world.patient.version, family_name="Torres", by=intake
    )
    services.add_flag(patient=world.patient, category="safety", text="Falls", by=intake)
    due = timezone.now() + timedelta(days=1)
    episodes.set_next_step(
        episode=world.episode, next_step="Call", due_at=due, by=intake, expected_version=world.episode.version
    )
    services.end_care_team_member(member=world.patient.care_team.get(user=care), by=intake)
    then = past.past_chart(chart_of(world, Role.CLINICIAN), before, timezone.get_current_timezone())
    assert {"label": "Legal family name", "value": "Rivera"} in then["identity"]
    assert then["safety"] == []
    assert then["path"][0]["next_step"] == "Interview"
    assert str(care) in {row["who"] for row in then["team"]}
    now = past.past_chart(chart_of(world, Role.CLINICIAN), timezone.now(), timezone.get_current_timezone())
    assert {"label": "Legal family name", "value": "Torres"} in now["identity"]
    assert now["safety"] == ["Falls"]
    assert str(care) not in {row["who"] for row in now["team"]}


def plan_of(world):
    author = world.people[Role.PATIENT_CARE]
    plan = CarePlan(patient=world.patient, episode=world.episode, facility=world.facility, author=author)
    audit.save(plan, by=author)
    problem = audit.save(Problem(plan=plan, text="Sleeps badly"), by=author)
    return problem, audit.save(Goal(problem=problem, text="Sleep through the night"), by=author)


def test_the_plan_keeps_what_was_removed_since(world):
    author = world.people[Role.PATIENT_CARE]
    problem, goal = plan_of(world)
    then = timezone.now()
    goal._history_user = author
    goal.delete()
    audit.save(Problem(plan=problem.plan, text="Lives alone", position=2), by=author)
    zone, patient = timezone.get_current_timezone(), chart_of(world, Role.CLINICIAN)
    (row,) = past.past_chart(patient, then, zone)["plan"]["rows"]
    assert [goal["text"] for goal in row["rows"]] == ["Sleep through the night"]
    now = past.past_chart(patient, timezone.now(), zone)["plan"]["rows"]
    assert [(row["text"], row["rows"]) for row in now] == [("Sleeps badly", []), ("Lives alone", [])]


def test_what_the_role_does_not_see_today_it_does_not_see_of_the_past(world, before):
    then = past.past_chart(chart_of(world, Role.ACTIVITIES), before, timezone.get_current_timezone())
    assert (then["identity"], then["contact"], then["plan"], then["appointments"]) == (None, None, None, None)


def seers(world, moment):
    patient, zone = world.patient, timezone.get_current_timezone()
    return {row["who"]: row["by"] for row in past.who_could_see(patient, moment, zone, flag=True)["rows"]}


def test_who_could_see_it_then(world, before):
    care, intake, boss = (world.people[role] for role in (Role.PATIENT_CARE, Role.INTAKE, Role.CLINICAL_COORDINATOR))
    new = factories.person(Role.PATIENT_CARE, world.facility)
    services.add_care_team_member(
        patient=world.patient, user=new, facility=world.facility, role=Role.PATIENT_CARE, by=intake
    )
    services.end_care_team_member(member=world.patient.care_team.get(user=care), by=intake)
    accounts.end_membership(membership=boss.memberships.get(), by=None, reason="test")
    GrantPeriod.objects.filter(user=care).update(starts_at=before - timedelta(hours=1))  # the trigger's clock is real
    then, now = seers(world, before), seers(world, timezone.now())
    assert then[str(care)] == "On the care team"
    assert str(new) not in then
    assert then[str(boss)] == then[str(intake)] == past.EVERYBODY
    assert now[str(new)] == "On the care team"
    assert str(care) not in now
    assert str(boss) not in now
    assert not any(str(user) in then for user in world.strangers.values())


def test_an_emergency_access_and_a_restriction_are_told(world):
    clinician = factories.person(Role.CLINICIAN, world.facility)
    episodes.open_emergency_access(
        patient=world.patient,
        facility=world.facility,
        reason="covering",
        words="Covering for a colleague",
        by=clinician,
    )
    services.restrict_chart(patient=world.patient, facility=world.facility, words="Staff", by=world.people["clinical"])
    moment, zone = timezone.now(), timezone.get_current_timezone()
    assert seers(world, moment)[str(clinician)].startswith("Emergency access")
    assert past.who_could_see(world.patient, moment, zone, flag=True)["restricted"]
    assert not past.who_could_see(world.patient, moment, zone, flag=False)["restricted"]


def test_the_page_shows_the_banner_and_nothing_to_change(world, before):
    client = signed_in(world.people[Role.PATIENT_CARE])
    path = reverse("chart:patient_as_of", args=[world.patient.uuid])
    page = client.get(path, {"as_of": before.strftime("%Y-%m-%dT%H:%M")}).content.decode()
    assert "Nothing can be changed here" in page
    assert "Back to today" in page
    assert 'method="post"' not in page.split("<main")[1].split("</main>")[0]
    ahead = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert client.get(path, {"as_of": ahead}).status_code == 422
    assert client.get(path, {"as_of": "yesterday"}).status_code == 422
    led = client.get(world.patient.get_absolute_url(), {"as_of": "2026-01-01T10:00"})
    assert led["Location"].startswith(path)


def test_the_page_costs_the_same_however_long_the_history(world, django_assert_num_queries):
    patient, zone = chart_of(world, Role.PATIENT_CARE), timezone.get_current_timezone()
    plan_of(world)

    def read():
        past.past_chart(patient, timezone.now(), zone)

    with django_assert_num_queries(13):
        read()
    for number in range(30):
        services.add_flag(patient=patient, category="safety", text=f"Flag {number}", by=world.people[Role.INTAKE])
    with django_assert_num_queries(13):
        read()


def words(world, role, key):
    return [line for event in events(world, role, key) for line in event["lines"]]


def events(world, role, key):
    patient, user = chart_of(world, role), world.people[role]
    kind = next(kind for kind in kinds(patient) if kind.key == key)
    rows = changes.lines(user, patient, kind)[0 : changes.PAGE]
    return changes.in_words(rows, timezone.get_current_timezone())


def test_changes_are_said_in_words(world):
    intake, due = world.people[Role.INTAKE], world.episode.due_at
    episodes.set_next_step(
        episode=world.episode, next_step="Call", due_at=due, by=intake, expected_version=world.episode.version
    )
    world.patient.refresh_from_db()
    services.update_patient(
        patient=world.patient, expected_version=world.patient.version, pronouns="she/her", gender="female", by=intake
    )
    assert "Changed next step from “Interview” to “Call”" in words(world, Role.INTAKE, "path")
    said = words(world, Role.INTAKE, "person")
    assert "Set pronouns to “she/her”" in said
    assert "Changed administrative gender from Unknown to Female" in said
    assert f"Set owner to {intake}" in words(world, Role.INTAKE, "path")


def test_a_row_has_its_number_only_beside_others_of_its_kind(world):
    add = {"patient": world.patient, "category": "safety", "by": world.people[Role.INTAKE]}
    first = services.add_flag(text="First", **add)
    assert [event["title"] for event in events(world, Role.INTAKE, "safety")] == ["Added: flag"]
    second = services.add_flag(text="Second", **add)
    titles = [event["title"] for event in events(world, Role.INTAKE, "safety")]
    assert titles == [f"Added: flag {second.pk}", f"Added: flag {first.pk}"]


def test_a_period_is_said_as_two_moments_and_what_a_new_row_hangs_on_is_left_out(world):
    Placement.objects.create(
        episode=world.episode, facility=world.facility, level_of_care=LevelOfCare.objects.first(),
        during=(world.episode.due_at, None),
    )  # fmt: skip
    said = words(world, Role.INTAKE, "path")
    assert f"Set during to {when_label(world.episode.due_at, timezone.get_current_timezone())} – open" in said
    assert not any(line.startswith("Set episode to") for line in said)


def test_another_ones_draft_is_nobodys_business(world):
    author, reader = world.people[Role.CLINICIAN], Role.PATIENT_CARE
    note = services.draft_note(patient=world.patient, text="Secret", by=author)
    assert words(world, reader, "notes") == []
    assert any("Secret" in line for line in words(world, Role.CLINICIAN, "notes"))
    services.change_note(note=note, text="Slept well", kind="progress", expected_version=1, by=author)
    services.sign_note(note=note, by=author)
    said = words(world, reader, "notes")
    assert not any("Secret" in line for line in said)


def test_a_kind_that_the_role_does_not_see_is_not_offered(world):
    keys = {kind.key for kind in kinds(chart_of(world, Role.ACTIVITIES))}
    assert keys == {"path", "safety", "activities"}
    client = signed_in(world.people[Role.ACTIVITIES])
    page = client.get(reverse("chart:patient_changes", args=[world.patient.uuid]), {"kind": "person"})
    assert "Next steps" in page.content.decode()
    assert "Marisol</" not in page.content.decode().split("cc-timeline")[-1]


def test_the_list_of_changes_costs_the_same_at_10_and_at_200_rows(world, django_assert_num_queries):
    for number in range(5):
        services.add_flag(patient=world.patient, category="safety", text=f"{number}", by=world.people[Role.INTAKE])
    patient, user = chart_of(world, Role.INTAKE), world.people[Role.INTAKE]
    kind = next(kind for kind in kinds(patient) if kind.key == "safety")

    def read():
        changes.in_words(changes.lines(user, patient, kind)[0 : changes.PAGE], timezone.get_current_timezone())

    with django_assert_num_queries(2):  # lines, names
        read()
    for number in range(200):
        services.add_flag(patient=world.patient, category="safety", text=f"{number}", by=world.people[Role.INTAKE])
    with django_assert_num_queries(2):
        read()


LEFT_OUT = {
    "patients.Merge": "its page says what was moved",
    "patients.NotSamePerson": "of two records, and of no one person",
    "patients.EmergencyAccess": "what its review shows",
    "records.CounselingNote": "its author's alone, and never shown beside the chart",
    "activities.Session": "of a group",
    "scheduling.AppointmentParticipant": "a copy of the appointment's times",
}


def test_every_kind_of_record_has_its_history_on_the_page():
    told = {model._meta.label for model, _ in places() if issubclass(model, Record)}
    told -= {"patients.PatientFacility"}  # for its sort key alone
    assert told - {model._meta.label for kind in KINDS for model, _ in kind.models} == set(LEFT_OUT)


def test_a_restricted_chart_and_an_encrypted_number_are_not_told(world):
    intake, privacy = world.people[Role.INTAKE], world.people[Role.PRIVACY_OFFICER]
    services.restrict_chart(patient=world.patient, facility=world.facility, words="Staff", by=privacy)
    services.lift_restriction(patient=world.patient, facility=world.facility, answer="Left", by=privacy)
    audit.save(Coverage(patient=world.patient, payer_name="Acme", member_id="A-7731"), by=intake)
    assert "Staff" not in str(words(world, Role.INTAKE, "consents"))
    assert "Staff" in str(words(world, Role.CLINICAL_COORDINATOR, "consents"))
    assert "Acme" in str(words(world, Role.INTAKE, "coverage"))
    assert "7731" not in str(words(world, Role.INTAKE, "coverage"))
