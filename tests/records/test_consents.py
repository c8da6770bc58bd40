"""A consent to disclose has every element of 42 CFR 2.31, or it permits nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.errors import Conflict, DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep
from records import selectors, services
from records.choices import Named, Signed
from records.digests import digest_of
from records.models import Consent, ConsentForm, ConsentRecipient, Document
from tests import factories
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db
DRAWN = "M10 10 L20 20 L30 10 L40 25"
OUT = "in writing"


@pytest.fixture
def draft(patient, facility, intake):
    """Compose a consent."""
    return lambda choices=rows.TO_SISTER, **changes: rows.draft(patient, facility, intake, choices, **changes)


@pytest.fixture
def active(patient, facility, intake):
    """A consent that was signed."""
    return lambda choices=rows.TO_SISTER, **changes: rows.active(patient, facility, intake, choices, **changes)


def in_force(patient, facility):
    return selectors.consents_in_force(patient, facility)


@pytest.mark.parametrize("kind", rows.KINDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_kind_is_signed_and_keeps_its_words(draft, patient, facility, intake, kind, language):
    consent = rows.sign(draft(rows.KINDS[kind], language=language), intake)
    paper = consent.document
    assert (consent.status, paper.kind, consent.signature.witness) == ("active", "consent", intake)
    assert consent.signature.sha256 == paper.sha256 == digest_of(paper.text)
    assert services.verify(consent.signature)
    for said in [consent.discloser, *consent.description.splitlines(), consent.form.revocation, patient.legal_name]:
        assert said in paper.text
    assert (consent.form.redisclosure in paper.text, consent.form.consequences in paper.text) == (True, True)
    assert "(aún" not in paper.text
    assert "{" not in paper.text
    assert in_force(patient, facility) == [consent]


MISSING = {
    "Say who may give": {"discloser": " "},
    "Choose what may be given": {"data_classes": ()},
    "last day is before": {"covers_from": date(2026, 2, 1), "covers_until": date(2026, 1, 1)},
    "Name who may receive": {"recipients": ()},
    "Say for whom Exchange acts": {"recipients": (Named("intermediary", "Exchange"),)},
    "Say what it is for": {"purposes": ()},
    "what the other purpose is": {"purposes": ("other",)},
    "Say when it ends": {"expiry": ""},
    "Give the last day": {"expiry": "date"},
    "last day is in the past": {"expiry": "date", "expires_on": date(2020, 1, 1)},
    "upon which event": {"expiry": "event", "ends_with_care": False},
}


@pytest.mark.parametrize(("words", "changes"), MISSING.items(), ids=list(MISSING))
def test_a_missing_element_keeps_it_a_draft(draft, intake, patient, facility, words, changes):
    consent = draft(**changes)
    form = selectors.form_in_use(facility, consent.category)
    (missing,) = services.missing_elements(
        patient=patient, facility=facility, form=form, choices=selectors.choices_of(consent)
    )
    assert words in missing
    with pytest.raises(DomainError, match=words) as refusal:
        rows.sign(consent, intake)
    assert refusal.value.code == "consent.deficient"
    consent.refresh_from_db()
    assert (consent.status, Document.objects.count()) == ("draft", 0)


def test_without_the_facilitys_wording_nothing_is_signed(draft, intake, facility):
    consent = draft()
    services.retire_form(form=selectors.form_in_use(facility, "disclosure"), by=intake)
    with pytest.raises(DomainError, match="no wording in use"):
        rows.sign(consent, intake)


def test_the_proceeding_has_its_name(draft, intake):
    with pytest.raises(DomainError, match="Name the proceeding"):
        rows.sign(draft(rows.LEGAL, purpose_words=""), intake)


SIGNATURES = [
    (Signed(" "), "signature.name"),
    (Signed("Ana Rivera", role="representative"), "signature.basis"),
    (Signed("Marisol Rivera", method="drawn"), "signature.drawing"),
    (Signed("Marisol Rivera", method="drawn", drawing="M1 1 L2 2"), "signature.drawing"),
    (Signed("Marisol Rivera", method="drawn", drawing=DRAWN + '"/><script>'), "signature.drawing"),
]


@pytest.mark.parametrize(("signed", "code"), SIGNATURES, ids=[code for _, code in SIGNATURES])
def test_what_a_signature_lacks_is_refused(draft, intake, signed, code):
    consent = draft()
    with pytest.raises(DomainError) as refusal:
        rows.sign(consent, intake, signed)
    assert refusal.value.code == code
    assert not Document.objects.exists()


def test_a_drawn_signature_and_a_representatives_right_are_kept(draft, intake):
    signed = Signed("Ana Rivera", role="representative", basis="Legal guardian", method="drawn", drawing=DRAWN)
    signature = rows.sign(draft(), intake, signed).signature
    assert (signature.drawing, signature.basis, signature.method) == (DRAWN, "Legal guardian", "drawn")


APART = {
    "notes with the plan": (rows.NOTES, {"data_classes": ("counseling", "plan")}, "consent.notes_combined"),
    "the plan with notes": (rows.TO_SISTER, {"data_classes": ("counseling",)}, "consent.notes_combined"),
    "a proceeding with treatment": (rows.LEGAL, {"purposes": ("legal", "treatment")}, "consent.legal_proceeding"),
    "TPO for a proceeding": (rows.TPO, {"purposes": ("legal",)}, "consent.legal_proceeding"),
    "TPO for an employer": (rows.TPO, {"purposes": ("employment",)}, "consent.purpose"),
    "a group outside TPO": (rows.TO_SISTER, {"recipients": (Named("class", "All"),)}, "consent.recipient"),
    "no end outside TPO": (rows.TO_SISTER, {"expiry": "none"}, "consent.deficient"),
}


@pytest.mark.parametrize(("choices", "changes", "code"), APART.values(), ids=list(APART))
def test_what_the_law_keeps_apart_is_not_even_a_draft(draft, choices, changes, code):
    with pytest.raises(DomainError) as refusal:
        draft(choices, **changes)
    assert refusal.value.code == code
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"data_classes": []}, "consent_active_is_complete|never changes"),
        ({"description": ""}, "consent_active_is_complete|never changes"),
        ({"expires_on": date(2030, 1, 1)}, "never changes"),
        ({"language": "es"}, "never changes"),
        ({"ends_with_care": False}, "never changes"),
    ],
)
def test_the_database_lets_nobody_change_what_was_signed(active, change, rule):
    consent = active()
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**change)


def test_the_database_lets_nobody_be_added_to_what_was_signed(active):
    consent = active()
    with pytest.raises(IntegrityError, match="is signed"), transaction.atomic():
        ConsentRecipient.objects.create(consent=consent, kind="person", name="Somebody else")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        consent.recipients.update(name="Somebody else")


def test_the_database_refuses_an_active_consent_that_names_nobody(draft, intake, write):
    consent, paper = draft(recipients=()), write(intake, kind="consent")
    signature = services.sign_document(
        document=paper, signer_name="Marisol Rivera", signer_role="patient", method="typed", by=intake
    )
    whole = {"document": paper, "signature": signature, "activated_at": timezone.now(), "description": "All"}
    whole |= {"expiry_event": "The end"}
    Consent.objects.filter(pk=consent.pk).update(status="active", **whole)
    with pytest.raises(IntegrityError, match="names nobody"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_changed_byte_fails_verification(active):
    consent = active()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE records_document DISABLE TRIGGER document_never_changes")
        cursor.execute(
            "UPDATE records_document SET text = replace(text, 'Ana', 'Ane') WHERE id = %s", [consent.document_id]
        )
        cursor.execute("ALTER TABLE records_document ENABLE TRIGGER document_never_changes")
    assert not services.verify(Consent.objects.get(pk=consent.pk).signature)


def test_only_the_words_that_were_shown_are_signed(draft, intake):
    consent = draft()
    shown = digest_of(services.words_of(consent))
    services.save_draft(consent=consent, choices=replace(rows.TO_SISTER, data_classes=("plan",)), by=intake)
    with pytest.raises(DomainError, match="words have changed"):
        services.sign_consent(consent=consent, shown=shown, signed=rows.BY_HAND, by=intake)


def test_a_new_version_of_the_form_has_to_be_read_first(draft, intake, facility):
    consent = draft()
    shown = digest_of(services.words_of(consent))
    old = selectors.form_in_use(facility, "disclosure")
    services.add_form_version(
        facility=facility, category="disclosure", language="en", title="Consent", revocation="In writing.", by=intake
    )
    with pytest.raises(DomainError, match="words have changed"):
        services.sign_consent(consent=consent, shown=shown, signed=rows.BY_HAND, by=intake)
    assert rows.sign(consent, intake).form.number == old.number + 1


def test_a_draft_keeps_what_was_chosen_and_notices_a_second_writer(draft, intake):
    consent = draft()
    other = replace(rows.TO_SISTER, recipients=(Named("person", "Luz Rivera"), Named("court", "Drug Court")))
    services.save_draft(consent=consent, choices=other, by=intake, expected_version=1)
    assert selectors.choices_of(Consent.objects.get(pk=consent.pk)).recipients == other.recipients
    with pytest.raises(Conflict):
        services.save_draft(consent=consent, choices=rows.TO_SISTER, by=intake, expected_version=1)


def test_signing_twice_and_changing_a_signed_one_are_refused(active, intake):
    consent = active()
    with pytest.raises(DomainError, match="no longer a draft"):
        rows.sign(consent, intake)
    with pytest.raises(DomainError, match="no longer a draft"):
        services.save_draft(consent=consent, choices=rows.TO_SISTER, by=intake)


def test_a_declined_or_discarded_draft_permits_nothing(draft, intake, patient, facility):
    declined = services.decline_consent(consent=draft(), by=intake)
    discarded = services.discard_draft(consent=draft(), by=intake)
    assert (declined.status, discarded.status) == ("rejected", "entered-in-error")
    assert in_force(patient, facility) == []
    assert selectors.why_not_in_force(declined) == "consent.deficient"


def test_tpo_reaches_its_step_and_a_new_one_takes_the_place_of_the_old(active, episode, patient, facility):
    first = active(rows.TPO)
    assert "takes the place" not in first.document.text
    assert episode.steps.filter(kind=EpisodeStep.Kind.CONSENTED).exists()
    second = active(rows.TPO, data_classes=("identity",))
    first.refresh_from_db()
    assert (first.status, first.revoked_via, first.revocation) == ("inactive", "replaced", second.document)
    assert "takes the place" in second.document.text
    assert in_force(patient, facility) == [second]


def test_other_kinds_stand_side_by_side(active, patient, facility, django_assert_max_num_queries):
    kept = [active(rows.TPO), active(), active(recipients=(Named("person", "Luz Rivera"),)), active(rows.NOTES)]
    with django_assert_max_num_queries(3):
        assert set(in_force(patient, facility)) == set(kept)


def test_the_last_day_ends_with_the_facilitys_midnight(active, patient, facility):
    day = timezone.localdate(timezone=facility.tz) + timedelta(days=3)
    consent = active(expiry="date", expires_on=day, ends_with_care=False)
    late = timezone.datetime(day.year, day.month, day.day, 23, 59, tzinfo=facility.tz)
    with time_machine.travel(late, tick=False):
        assert in_force(patient, facility) == [consent]
    with time_machine.travel(late + timedelta(minutes=2), tick=False):
        assert in_force(patient, facility) == []
        assert selectors.why_not_in_force(consent) == "consent.expired"


def test_it_ends_with_care_without_anybody_saying_so(active, episode, patient, facility, intake):
    consent = active()
    episodes.close_episode(episode=episode, status="finished", by=intake)
    assert in_force(patient, facility) == []
    assert selectors.why_not_in_force(consent) == "consent.expired"
    assert selectors.ended_at(consent)


def test_an_event_that_we_do_not_know_is_recorded(active, patient, facility, intake):
    consent = active(ends_with_care=False, expiry_event="My trial is over")
    assert in_force(patient, facility) == [consent]
    ended = services.record_event(consent=consent, by=intake)
    assert services.record_event(consent=consent, by=intake).event_happened_at == ended.event_happened_at
    assert in_force(patient, facility) == []
    with pytest.raises(DomainError, match="upon an event"):
        services.record_event(consent=active(rows.TPO), by=intake)


def test_taken_back_in_writing_it_permits_nothing(active, patient, facility, intake, write):
    consent, letter = active(), write(intake, kind="revocation", text="I take it back.\n")
    ended = services.end_consent(consent=consent, writing=letter, via=OUT, by=intake)
    assert (ended.status, ended.revocation, selectors.why_not_in_force(ended)) == (
        "inactive",
        letter,
        "consent.revoked",
    )
    again = services.end_consent(consent=consent, writing=letter, via="again", by=intake)
    assert again.revoked_via == OUT
    assert in_force(patient, facility) == []
    assert consent.document.status == "current"


def test_a_consent_at_one_facility_permits_nothing_at_another(active, patient, other_facility):
    active()
    assert in_force(patient, other_facility) == []


def test_a_form_needs_what_the_law_says(facility, intake):
    words = {
        "title": "Consent",
        "revocation": "In writing.",
        "redisclosure": "It may be passed on.",
        "consequences": "None.",
    }
    for lacking in words:
        with pytest.raises(DomainError) as refusal:
            services.add_form_version(
                facility=facility, category="tpo", language="en", by=intake, **words | {lacking: " "}
            )
        assert refusal.value.field == lacking


def test_a_version_never_changes_and_only_one_is_in_use(facility, intake):
    assert services.ensure_default_forms(facility=facility, by=intake) == 10
    assert services.ensure_default_forms(facility=facility, by=intake) == 0
    assert selectors.missing_wordings(facility) == []
    form = selectors.form_in_use(facility, "tpo", "es")
    assert (form.language, selectors.form_in_use(facility, "tpo", "fr").language) == ("es", "en")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        ConsentForm.objects.filter(pk=form.pk).update(revocation="Never.")
    notice = selectors.notice_in_use(facility)
    later = services.add_notice_version(facility=facility, language="en", text="We changed it.", by=intake)
    assert selectors.notice_in_use(facility) == later
    assert later.number == notice.number + 1
    assert selectors.notice_in_use(factories.FacilityFactory()) is None
