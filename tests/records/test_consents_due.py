"""Which consents the desks ask for anew, and that a newer answer ends the asking."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from core.ids import uuid7
from records import services
from records.choices import Named
from records.models import Consent
from records.selectors.consentdue import consents_due
from tests import factories
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUERIES = 9


@pytest.fixture
def ending(facility, intake):
    """A person in care whose consent ends in so many days; negative: ended."""

    def _ending(days, patient=None, by_event=False, role=Role.INTAKE, **changes):
        person = patient or factories.patient(facility)
        if not person.episodes.exists():
            factories.episode(person, facility, by=intake, role=role)
        last = timezone.localdate(timezone=facility.tz) + days * DAY
        ends = {"expiry": "event", "expiry_event": "The trial"} if by_event else {"expiry": "date", "expires_on": last}
        with time_machine.travel(timezone.now() - 60 * DAY):
            row = rows.active(person, facility, intake, ends_with_care=False, **ends, **changes)
        return services.record_event(consent=row, by=intake) if by_event else row

    return _ending


def shown(user, facility, **choices):
    return [(row["url"], row["status"]) for row in consents_due(user, facility, **choices)]


def test_what_ends_soon_or_ended_lately_the_first_to_end_in_front(ending, facility, intake):
    soon, over, event = ending(30), ending(-1), ending(0, by_event=True)
    ending(31), ending(-31)
    assert shown(intake, facility) == [
        (over.get_absolute_url(), "Expired"),
        (event.get_absolute_url(), "Ended: its event came about"),
        (soon.get_absolute_url(), "Ends soon"),
    ]


def test_a_newer_answer_to_the_same_question_ends_the_asking(ending, facility, intake, patient, episode):
    to_sister = ending(5, patient)
    rows.active(patient, facility, intake, recipients=(Named("person", "Somebody Else"),))
    assert [url for url, _ in shown(intake, facility)] == [to_sister.get_absolute_url()]
    rows.draft(patient, facility, intake)
    assert shown(intake, facility)
    rows.active(patient, facility, intake)
    assert shown(intake, facility) == []


def test_only_people_in_care_whom_one_may_ask_and_of_ones_own_baton(ending, facility, other_facility, intake):
    mine = ending(5)
    ending(5, role=Role.PATIENT_CARE)
    ending(6).patient.episodes.update(ends_at=timezone.now(), status="finished")
    assert [url for url, _ in shown(intake, facility, owner_role=Role.INTAKE)] == [mine.get_absolute_url()]
    assert len(shown(intake, facility)) == 2
    assert shown(factories.person(Role.INTAKE, other_facility), other_facility) == []
    assert shown(factories.person(Role.TREATMENT, facility), facility) == []


def test_a_consent_to_reminders_that_ends_is_among_them(facility, intake, patient, episode):
    services.set_channel_consent(
        patient=patient, facility=facility, email="a@example.net", detail="time", may_use_first_name=False,
        language="en", signed_name="Marisol Rivera", risk_explained=True, by=intake,
        expires_on=timezone.localdate(timezone=facility.tz) + 5 * DAY,
    )  # fmt: skip
    url = reverse("records:channel_detail", args=[patient.uuid])
    assert shown(intake, facility) == [(url, "Ends soon")]


def test_the_page_has_the_same_queries_at_ten_and_at_two_hundred_rows(
    ending, facility, intake, sign_in, django_assert_num_queries
):
    row, browser, url = ending(0, by_event=True), sign_in(intake), reverse("records:consent_due")
    assert "Ask anew" in browser.get(url).content.decode()
    for copies in (9, 190):
        Consent.objects.bulk_create(copied(row) for _ in range(copies))
        with django_assert_num_queries(QUERIES):
            page = browser.get(url)
    assert len(page.context["rows"]) == 200
    Consent.objects.update(event_happened_at=timezone.now() - 60 * DAY)
    assert "No consent ends soon" in browser.get(url).content.decode()


def copied(row):
    again = Consent.objects.get(pk=row.pk)
    again.pk, again.uuid, again.signature, again._state.adding = None, uuid7(), None, True
    return again
