"""Census and indicators, on small examples counted by hand."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.roles import Role
from core import audit
from core.times import today
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff
from intake.models import Referral
from oversight import selectors
from tests import factories
from tests.oversight import stage

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=NEW_YORK)


@pytest.fixture
def march(facility, intake):
    """Two people from the 2nd on, one of them until the 10th; a third on the 10th, late in the evening."""
    stage.stay(facility, by=intake, start=at(2), level="3.1")
    stage.stay(facility, by=intake, start=at(2), end=at(10))
    stage.stay(facility, by=intake, start=at(10, 23))


@pytest.mark.parametrize(("day", "total"), [(1, 0), (2, 2), (9, 2), (10, 2), (11, 2)])
def test_the_census_of_a_day_counts_who_is_there_when_it_ends(day, total, march, facility):
    found = selectors.census(facility, date(2026, 3, day))
    assert found.total == total
    assert found.over_time[-1] == (f"{day} Mar", total)
    assert sum(number for _, number in found.by_level) == total


def test_the_census_knows_level_arrivals_and_departures(march, facility):
    found = selectors.census(facility, date(2026, 3, 10))
    assert {label.split()[0]: number for label, number in found.by_level} == {"3.1": 1, "Not": 1}
    assert (found.arrivals, found.departures) == (1, 1)
    assert dict(found.over_time)["2 Mar"] == 2
    assert len(found.over_time) == 30


def test_who_is_only_planned_or_cancelled_is_not_in_the_census(facility, intake):
    stage.in_care(facility, by=intake)
    cancelled = stage.stay(facility, by=intake, start=at(2), end=at(3))
    EpisodeOfCare.objects.filter(pk=cancelled.pk).update(status=EpisodeOfCare.Status.CANCELLED)
    assert selectors.census(facility, today(facility.tz)).total == 0


def test_the_census_of_a_past_day_is_on_the_board(march, board):
    page = board.get("/admin/", {"day": "2026-03-09"})
    assert (page.context["census"].day, page.context["census"].total) == (date(2026, 3, 9), 2)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2999-01-01", "still to come"),
        ("0001-01-05", "from 2000 on"),
        ("yesterday", "Type a date"),
        ("", "This field is required"),
    ],
)
def test_a_day_that_cannot_be_shown_says_so_and_today_stands_there(day, sentence, board, facility):
    page = board.get("/admin/", {"day": day})
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert page.context["census"].day == today(facility.tz)


def figure(facility, label):
    return next(row for row in selectors.indicators(facility) if row.label.startswith(label))


def test_without_cases_a_figure_claims_nothing(facility):
    assert {(row.value, row.meets) for row in selectors.indicators(facility)} == {("–", None)}


def referral(episode: EpisodeOfCare, *, answered_after: int | None, days_ago: int = 2):
    received = timezone.now() - timedelta(days=days_ago)
    row = Referral(facility=episode.facility, patient=episode.patient, episode=episode, received_at=received)
    row.response_due_at = received + timedelta(minutes=30)
    row.first_response_at = received + timedelta(minutes=answered_after) if answered_after is not None else None
    return audit.save(row, by=None, reason="test")


def test_a_referral_nobody_answered_counts_as_missed(facility, intake):
    for minutes in (10, 30, 45, None):
        referral(stage.in_care(facility, by=intake), answered_after=minutes)
    referral(stage.in_care(facility, by=intake), answered_after=5, days_ago=40)
    found = figure(facility, "Referrals answered")
    assert (found.value, found.meets, found.basis) == ("50 %", False, "2 of 4 referrals")


def test_a_plan_within_a_day_counts_from_the_accepted_hand_off(facility, intake, care):
    now = timezone.now()
    for hours in (5, 30, None):
        episode = stage.in_care(facility, by=intake)
        handoff = Handoff(episode=episode, patient=episode.patient, facility=facility, from_user=intake)
        handoff.from_role, handoff.to_role, handoff.next_step = Role.INTAKE, Role.PATIENT_CARE, "Plan"
        handoff.status, handoff.due_at = Handoff.Status.ACCEPTED, now
        handoff.answered_at = now - timedelta(days=3)
        audit.save(handoff, by=intake)
        if hours:
            step = EpisodeStep(episode=episode, kind=EpisodeStep.Kind.PLAN_SHARED, by=care)
            step.reached_at = handoff.answered_at + timedelta(hours=hours)
            audit.save(step, by=care)
    found = figure(facility, "Care plan")
    assert (found.value, found.basis) == ("33 %", "1 of 3 people")


def test_referral_to_hand_over_is_the_median_of_days(facility, intake):
    now = timezone.now()
    for days in (1, 2, 6):
        episode = stage.in_care(facility, by=intake)
        referral(episode, answered_after=1, days_ago=days)
        audit.save(
            EpisodeStep(episode=episode, kind=EpisodeStep.Kind.HANDED_OVER, by=intake, reached_at=now), by=intake
        )
    found = figure(facility, "Referral to hand-over")
    assert (found.value, found.meets, found.basis) == ("2.0 days", True, "3 people")


def test_how_many_batons_each_person_holds(facility, intake):
    for hours in (-5, -1, 5):
        stage.in_care(facility, by=intake, due_in=hours)
    (row,) = selectors.load_by_owner(facility)
    assert (row["held"], row["overdue"], row["name"]) == (3, 2, f"{intake.given_name} {intake.family_name}")


def test_a_credential_about_to_lapse_is_listed_until_another_stands_for_it(facility):
    physician = factories.practitioner(facility)
    credential = physician.credentials.get()
    assert selectors.lapsing_credentials(facility) == []
    credential.expires_on = today(facility.tz) - timedelta(days=1)
    audit.save(credential, by=None, reason="test")
    assert [row["status"] for row in selectors.lapsing_credentials(facility)] == ["Ended"]
    credential.superseded = True
    audit.save(credential, by=None, reason="test")
    assert selectors.lapsing_credentials(facility) == []
