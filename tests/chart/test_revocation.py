"""A consent taken back stops what rests on it, at once and altogether, and shows what cannot be called back."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import DataClass, Role
from chart.selectors import blast
from chart.services.packets import release_records
from chart.services.revocation import revoke
from core import audit
from core.errors import DomainError
from episodes.models import Task
from intake.models import Referral
from patients import services as patients
from patients.models import Relation
from records import selectors, services
from records.choices import Named, Signed
from records.digests import digest_of
from records.disclosing import Recipient, Refused
from records.models import Channel, Consent, Disclosure, Purpose
from records.selectors.disclosures import accounting
from records.services.amendments import receive_amendment
from records.services.packets import hand_over
from records.services.preflight import preflight
from records.services.releases import Wanted, receive_request
from records.services.revocations import Writing, revocation_text
from staff.models import PartnerOrganization
from tests import factories
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db
CLINIC = "Lakeside Clinic"


class Stage:
    """A person whose plan may go to a clinic, and the people around."""

    def __init__(self):
        self.facility = factories.FacilityFactory(name="Harbor House")
        self.intake = factories.person(Role.INTAKE, self.facility)
        self.clerk = factories.person(Role.CLERK, self.facility)
        self.patient = factories.patient(self.facility)
        self.episode = factories.episode(self.patient, self.facility, by=self.intake)
        self.clinic = audit.save(PartnerOrganization(name=CLINIC, kind="clinic"), by=None, reason="test")
        self.consent = rows.active(
            self.patient, self.facility, self.intake, data_classes=("plan",), purposes=("treatment",),
            recipients=(Named("provider", CLINIC, "4 Lake Street", self.clinic),),
        )  # fmt: skip

    def disclose(self):
        return preflight(
            patient=self.patient, facility=self.facility, purpose=Purpose.TREATMENT, data_classes=[DataClass.PLAN],
            recipient=Recipient(CLINIC, kind="provider", partner=self.clinic), channel=Channel.PAPER,
            description="The care plan", by=self.intake,
        )  # fmt: skip

    def ask_for_copies(self, consent=None):
        wanted = Wanted(
            kind="authorized", requester_name=CLINIC, recipient_name=CLINIC, recipient_kind="provider",
            partner=self.clinic, purpose="treatment", data_classes=("plan",), consent=consent,
        )  # fmt: skip
        return receive_request(patient=self.patient, facility=self.facility, wanted=wanted, by=self.clerk)

    def signed(self):
        return Writing(signed=Signed("Marisol Rivera"), shown=digest_of(revocation_text(self.consent)))


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize("names_it", [True, False])
def test_it_stops_what_it_said(stage, names_it):
    release = stage.ask_for_copies(stage.consent if names_it else None)
    stage.disclose()
    referral = Referral(
        facility=stage.facility, patient=stage.patient, episode=stage.episode, partner=stage.clinic,
        response_due_at=stage.episode.due_at,
    )  # fmt: skip
    audit.save(referral, by=stage.intake)
    said = blast.blast_of(stage.consent)
    assert (said.releases, said.expecting) == ([release], [CLINIC])
    assert said.desks == ["Health information clerk"]
    assert [line["whom"] for line in said.disclosed] == [CLINIC]
    stopped = revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    release.refresh_from_db()
    assert (stopped.releases, release.status) == (1, "cancelled")
    assert not stage.patient.desk_grants.filter(role=Role.CLERK, relation=Relation.REQUEST).exists()
    assert Task.objects.open().get(kind="consent-revoked").owner == stage.intake
    assert selectors.consents_in_force(stage.patient, stage.facility) == []
    with pytest.raises(Refused) as refusal:
        stage.disclose()
    assert refusal.value.code == "consent.revoked"
    stage.consent.refresh_from_db()
    assert blast.stopped_by(stage.consent) == [release]


def test_a_packet_made_by_it_is_handed_out_no_more(stage, sign_in):
    services.create_document(
        patient=stage.patient, facility=stage.facility, kind="care-plan", title="Care plan", text="Rest.",
        by=stage.intake,
    )  # fmt: skip
    done = release_records(release=stage.ask_for_copies(stage.consent), by=stage.clerk)
    assert hand_over(release=done, by=stage.clerk)
    assert blast.blast_of(stage.consent).packets == [done]
    revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    url = reverse("chart:release_packet", args=[stage.patient.uuid, done.uuid])
    browser = sign_in(stage.clerk)
    assert url not in browser.get(done.get_absolute_url()).content.decode()
    assert "taken the consent back" in browser.get(url, follow=True).content.decode()
    denied = AccessEvent.objects.get(action="export", outcome="denied")
    assert (denied.code, denied.patient_id) == ("consent.revoked", stage.patient.pk)


def test_a_desk_with_something_else_in_hand_keeps_the_record_and_nobody_says_otherwise(stage):
    stage.ask_for_copies(stage.consent)
    receive_amendment(
        patient=stage.patient, facility=stage.facility, subject="The plan", wanted="Say so", reason="", by=stage.clerk
    )
    assert blast.blast_of(stage.consent).desks == []
    assert revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake).releases == 1
    assert stage.patient.desk_grants.filter(role=Role.CLERK, relation=Relation.REQUEST).exists()


def test_without_a_baton_intake_is_told(stage):
    elsewhere = factories.patient(stage.facility)
    audit.save(
        Referral(facility=stage.facility, patient=elsewhere, episode=stage.episode, partner=stage.clinic,
                 response_due_at=stage.episode.due_at),
        by=stage.intake,
    )  # fmt: skip
    stage.patient, stage.consent = elsewhere, rows.active(
        elsewhere, stage.facility, stage.intake, recipients=(Named("provider", CLINIC, "", stage.clinic),)
    )  # fmt: skip
    assert blast.blast_of(stage.consent).expecting == [CLINIC]
    revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    task = Task.objects.open().get(kind="consent-revoked")
    assert (task.owner_role, task.owner) == (Role.INTAKE, None)


def test_a_request_that_another_consent_covers_goes_on(stage):
    release = stage.ask_for_copies()
    other = rows.active(
        stage.patient, stage.facility, stage.intake, data_classes=("plan",), purposes=("treatment",),
        recipients=(Named("provider", CLINIC, "", stage.clinic),),
    )  # fmt: skip
    newest = revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    release.refresh_from_db()
    assert (newest.releases, release.status) == (0, "requested")
    assert stage.disclose().consent == other


def test_a_consent_of_a_record_merged_away_goes_on_and_stops_what_rests_on_it(stage):
    survivor = factories.patient(stage.facility)
    notes = [stage.disclose()]
    patients.merge(survivor=survivor, duplicate=stage.patient, reason="Same card", by=stage.intake)
    stage.patient = survivor
    notes.append(stage.disclose())
    assert {note.consent for note in notes} == {stage.consent}
    assert len(accounting(survivor, stage.facility, None, None)) == 2
    release = stage.ask_for_copies()
    stage.consent.refresh_from_db()
    assert blast.blast_of(stage.consent).releases == [release]
    stopped = revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    release.refresh_from_db()
    assert (stopped.releases, release.status, stopped.writing.patient) == (1, "cancelled", survivor)


def test_the_writing_is_kept_signed_or_as_it_came(stage, sign_in):
    stopped = revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    assert stopped.writing.kind == "revocation"
    assert CLINIC in stopped.writing.text
    assert services.verify(stopped.writing.signatures.get())
    with pytest.raises(DomainError, match="ended already"):
        revoke(consent=stage.consent, writing=stage.signed(), by=stage.intake)
    other = rows.active(stage.patient, stage.facility, stage.intake)
    with pytest.raises(DomainError, match="in writing"):
        revoke(consent=other, writing=Writing(words=" "), by=stage.intake)
    came = revoke(consent=other, writing=Writing(words="Stop it, please."), by=stage.intake)
    assert "Stop it, please." in came.writing.text
    assert (came.consent.revoked_via, came.writing.signatures.count()) == ("letter", 0)


def test_only_the_words_shown_and_ones_own_papers_take_it_back(stage):
    strangers = services.create_document(
        patient=factories.patient(stage.facility), facility=stage.facility, kind="revocation", title="Letter",
        text="Stop.", by=stage.intake,
    )  # fmt: skip
    for wrong in (Writing(signed=Signed("M"), shown="0"), Writing(signed=Signed(" ")), Writing(paper=strangers)):
        with pytest.raises(DomainError):
            revoke(consent=stage.consent, writing=wrong, by=stage.intake)
    stage.consent.refresh_from_db()
    assert stage.consent.status == "active"


def test_the_page_shows_what_stops_then_what_stopped(stage, sign_in):
    stage.ask_for_copies(stage.consent)
    stage.disclose()
    browser, url = sign_in(stage.intake), reverse("chart:consent_revoke", args=[stage.patient.uuid, stage.consent.uuid])
    before = browser.get(url).content.decode()
    assert "withdrawn" in before
    assert "cannot be called back" in before
    answer = browser.post(url, {"how": "letter", "words": "", "signer_role": "patient", "method": "typed"})
    assert answer.status_code == 422
    sent = {"how": "letter", "words": "I take it back.", "signer_role": "patient", "method": "typed"}
    assert browser.post(url, sent)["Location"] == url
    after = browser.get(url).content.decode()
    assert "What was stopped" in after
    assert "Take it back now" not in after
    assert "Taken back" in browser.get(reverse("records:consent_list", args=[stage.patient.uuid])).content.decode()


def test_the_reminder_channel_says_what_will_not_go(stage, sign_in):
    consent = services.set_channel_consent(
        patient=stage.patient, facility=stage.facility, email="a@example.net", detail="time",
        may_use_first_name=False, language="en", signed_name="Marisol Rivera", risk_explained=True, by=stage.intake,
    )  # fmt: skip
    browser = sign_in(stage.intake)
    page = browser.get(reverse("records:channel_detail", args=[stage.patient.uuid])).content.decode()
    url = reverse("chart:channel_revoke", args=[stage.patient.uuid, consent.uuid])
    assert url in page
    assert "No reminder is waiting" in browser.get(url).content.decode()
    browser.post(reverse("chart:channel_revoke", args=[stage.patient.uuid, consent.uuid]), {"via": "in person"})
    assert "has ended already" in browser.get(url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_disclosure_racing_a_revocation_comes_before_or_is_refused():
    stage = Stage()
    writing, start, outcomes = stage.signed(), Barrier(2), {}

    def run(name, act):
        try:
            start.wait()
            outcomes[name] = act()
        except Refused as refusal:
            outcomes[name] = refusal.code
        finally:
            connection.close()

    acts = {"revoke": lambda: revoke(consent=stage.consent, writing=writing, by=stage.intake), "out": stage.disclose}
    threads = [Thread(target=run, args=item) for item in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = Consent.objects.get()
    left = Disclosure.objects.filter(at__lte=ended.revoked_at).count()
    assert ended.status == "inactive"
    assert (left, outcomes["out"] == "consent.revoked") in {(1, False), (0, True)}
    assert Disclosure.objects.count() == left
