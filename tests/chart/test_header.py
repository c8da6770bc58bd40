"""The header of every page of a person: complete for who may see it, nothing more for who may not."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve, reverse

from accounts.models import AccessEvent
from accounts.roles import Perm, Role
from chart.context import patient_header
from chart.selectors.header import age_band, header
from core import audit
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep, LevelOfCare
from patients import services
from patients.access import get_patient, in_hand
from records.models import ChannelConsent
from tests import factories, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    house = world.build()
    patient = house.patient
    services.update_patient(
        patient=patient, expected_version=1, preferred_name="Mari", pronouns="she/her", by=house.people[Role.INTAKE]
    )
    services.add_allergy(patient=patient, substance="Penicillin", criticality="high", by=house.people[Role.INTAKE])
    services.add_flag(patient=patient, category="safety", text="Falls", by=house.people[Role.INTAKE])
    episodes.reach_step(episode=house.episode, kind=EpisodeStep.Kind.REFERRAL_ACCEPTED, by=house.people[Role.INTAKE])
    return house


def header_for(stage, role):
    patient = get_patient(stage.people[role], stage.patient.uuid, Perm.NAME_VIEW)
    return header(patient, "chart:patient_detail")


def test_the_coordinator_sees_who_holds_the_baton_and_what_is_next(stage):
    shown = header_for(stage, Role.PATIENT_CARE)
    assert (shown["preferred_name"], shown["legal_name"]) == ("Mari Rivera", "Marisol Rivera")
    assert (shown["pronouns"], shown["birth_date"]) == ("she/her", date(1990, 5, 17))
    assert shown["record_number"] == stage.patient.record_number
    assert shown["stage"] == "Planned · Referral accepted"
    assert (shown["baton_owner"], shown["next_step"]) == (str(stage.people[Role.INTAKE]), "Interview")
    assert [alert["label"] for alert in shown["alerts"]] == ["Falls", "Allergy: Penicillin"]
    assert shown["consent_badge"]["label"] == "E-mail reminders not asked"


def test_who_knows_only_the_name_used_gets_an_age_band_and_the_alerts(stage):
    shown = header_for(stage, Role.ACTIVITIES)
    assert shown["preferred_name"] == "Mari Rivera"
    assert shown["age_band"] == "30–39"
    assert all(shown[name] is None for name in ("legal_name", "birth_date", "age", "record_number", "consent_badge"))
    assert [alert["label"] for alert in shown["alerts"]] == ["Falls", "Allergy: Penicillin"]


def test_the_clerk_sees_no_alerts_and_no_level_of_care(stage):
    EpisodeOfCare.objects.update(level_of_care=LevelOfCare.objects.first())
    services.revoke_desk(patient=stage.patient, facility=stage.facility, role=Role.CLERK, relation="request_in_hand")
    shown = header_for(stage, Role.CLERK)
    assert shown["alerts"] is None
    assert shown["level_of_care"] is None
    assert shown["record_number"] == stage.patient.record_number
    assert header_for(stage, Role.PATIENT_CARE)["level_of_care"] is not None


@pytest.mark.parametrize("role", [Role.CLINICAL_COORDINATOR, Role.INTAKE, Role.PATIENT_CARE, Role.CLINICIAN])
def test_the_header_takes_four_queries_at_most_however_much_there_is(stage, role, django_assert_max_num_queries):
    for number in range(20):
        services.add_flag(patient=stage.patient, category="clinical", text=f"{number}", by=stage.people[Role.INTAKE])
    patient = get_patient(stage.people[role], stage.patient.uuid, Perm.NAME_VIEW)
    with django_assert_max_num_queries(4):
        header(patient, "chart:patient_detail")


def test_tabs_lead_only_where_the_viewer_may_go(stage):
    labels = {tab["label"] for tab in header_for(stage, Role.ACTIVITIES)["tabs"]}
    assert "Overview" in labels
    assert not labels & {"Notes", "Intake", "Care plan", "Options"}
    assert "Notes" in {tab["label"] for tab in header_for(stage, Role.CLINICIAN)["tabs"]}
    active = [tab["label"] for tab in header_for(stage, Role.CLINICIAN)["tabs"] if tab["active"]]
    assert active == ["Overview"]


@pytest.mark.parametrize(
    ("status", "expires", "label"),
    [
        ("active", None, "E-mail reminders agreed"),
        ("active", date(2020, 1, 1), "Consent to e-mail expired"),
        ("rejected", None, "No e-mail reminders wanted"),
        ("inactive", None, "E-mail reminders ended"),
    ],
)
def test_the_consent_badge_says_how_it_stands(stage, status, expires, label):
    consent = ChannelConsent(patient=stage.patient, facility=stage.facility, status=status, expires_on=expires)
    consent.contact_point, consent.risk_notice_at = factories.email_address(stage.patient), datetime.now(UTC)
    audit.save(consent, by=stage.people[Role.INTAKE])
    assert header_for(stage, Role.INTAKE)["consent_badge"]["label"] == label


@pytest.mark.parametrize(
    ("age", "band"), [(None, None), (17, "under 20"), (20, "20–29"), (39, "30–39"), (101, "100–109")]
)
def test_an_age_band_is_ten_years_wide(age, band):
    assert age_band(age) == band


def asked(stage, role):
    request = RequestFactory().get(reverse("chart:patient_detail", args=[stage.patient.uuid]))
    request.user, request.resolver_match = stage.people[role], resolve(request.path)
    return request


def test_the_header_is_read_only_if_the_page_asks_and_leaves_no_second_line_in_the_log(
    stage, django_assert_num_queries
):
    request = asked(stage, Role.INTAKE)
    get_patient(request.user, stage.patient.uuid, Perm.NAME_VIEW)
    lines = AccessEvent.objects.count()
    with django_assert_num_queries(0):
        context = patient_header(request)
    Template("{{ patient_header.preferred_name }}").render(Context(context))
    assert context["patient_header"]["preferred_name"] == "Mari Rivera"
    assert AccessEvent.objects.count() == lines


def test_a_page_that_the_door_did_not_open_has_no_header(stage):
    request = asked(stage, Role.INTAKE)
    assert not patient_header(request)["patient_header"]
    other = factories.patient(stage.facility)
    get_patient(request.user, other.uuid, Perm.NAME_VIEW)
    assert in_hand(request.user, stage.patient.uuid) is None
    assert not patient_header(request)["patient_header"]


def test_who_may_not_know_the_person_gets_no_name(facility):
    """The privacy officer reads consents of everybody, and names only with a request in hand."""
    officer, patient = factories.person(Role.PRIVACY_OFFICER, facility), factories.patient(facility)
    found = get_patient(officer, patient.uuid, Perm.CONSENT_VIEW)
    shown = header(found, "records:channel_detail")
    assert shown["preferred_name"] == "Name not shown"
    assert not any(shown[part] for part in ("legal_name", "pronouns", "birth_date", "age_band", "record_number"))


def test_restrictions_warn_those_who_may_know_of_them(stage):
    clerk = stage.people[Role.CLERK]
    asked = services.ask_restriction(
        patient=stage.patient, facility=stage.facility, kind="disclosure", words="No.", recipient_name="Luis", by=clerk
    )
    assert header_for(stage, Role.CLERK)["alerts"] is None
    services.agree_restriction(restriction=asked, by=clerk)
    assert [row["label"] for row in header_for(stage, Role.CLERK)["alerts"]] == ["Do not disclose to Luis"]
    shown = [row["label"] for row in header_for(stage, Role.CLINICIAN)["alerts"]]
    assert shown == ["Falls", "Do not disclose to Luis", "Allergy: Penicillin"]
    assert "Luis" not in str(header_for(stage, Role.ACTIVITIES)["alerts"])
