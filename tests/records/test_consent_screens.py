"""The screens of consents: composed, previewed, signed, declined, given as a link, read."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from core import audit
from patients.selectors.restrictions import restrictions_asked
from records import selectors, services
from records.models import Consent, Notice
from staff.models import PartnerOrganization
from tests import factories
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db
LETTERS = "M10 10 L20 20 L30 10 L40 25"


@pytest.fixture
def browser(intake, sign_in, facility):
    services.ensure_default_forms(facility=facility, by=intake)
    return sign_in(intake)


@pytest.fixture
def draft(patient, facility, intake):
    return lambda **changes: rows.draft(patient, facility, intake, **changes)


def page(name, *objects):
    return reverse(f"records:{name}", args=[row.uuid for row in objects])


def shown(answer):
    return re.search(r'name="shown" value="(\w+)"', answer.content.decode())[1]


def typed(**changes):
    return {"signer_role": "patient", "signed_name": "Marisol Rivera", "method": "typed", **changes}


def chosen(**changes):
    return {
        "language": "en", "discloser": "Harbor House", "data_classes": ["plan"], "purposes": ["housing"],
        "expiry": "event", "event": "care", "to_0_name": "Ana Rivera", "to_0_kind": "person", "version": "1", **changes,
    }  # fmt: skip


def test_from_the_kind_to_the_signature(browser, patient, facility):
    begun = browser.post(page("consent_add", patient), {"category": "tpo"})
    consent = Consent.objects.get()
    assert begun["Location"] == page("consent_edit", patient, consent)
    form = browser.get(begun["Location"])
    assert "Complete. Read it together" in form.content.decode()
    data = {**chosen(data_classes=["plan", "appointment"], purposes=["treatment"], expiry="none"), "everyone": "on"}
    on = browser.post(begun["Location"], data | {"sign": "1"})
    assert on["Location"] == page("consent_sign", patient, consent)
    words = browser.get(on["Location"])
    assert "My appointments, past and to come" in words.content.decode()
    signed = browser.post(on["Location"], typed(shown=shown(words), method="drawn", drawing=LETTERS))
    assert signed["Location"] == consent.get_absolute_url()
    read = browser.get(signed["Location"]).content.decode()
    assert f'<path d="{LETTERS}"/>' in read
    assert "Signature holds" in read
    paper = browser.get(page("document_pdf", patient, Consent.objects.get().document))
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    (active,) = selectors.consents_in_force(patient, facility)
    assert {row.kind for row in active.recipients.all()} == {"class", "person"}
    assert [title in browser.get(page("consent_list", patient)).content.decode() for title in ("Ana Rivera", "Why")]
    assert browser.get(page("consent_edit", patient, consent)).status_code == 302
    assert browser.get(page("consent_sign", patient, consent)).status_code == 302


def test_the_preview_follows_the_choices_and_writes_nothing(browser, patient, draft):
    consent = draft()
    answer = browser.post(
        page("consent_preview", patient, consent), chosen(to_0_name="Luz & Co", expiry="")
    ).content.decode()
    assert "Luz &amp; Co" in answer
    assert "Say when it ends" in answer
    assert "My care plan and the treatment options" in answer
    consent.refresh_from_db()
    assert consent.version == 1


def test_a_draft_keeps_whatever_there_is(browser, patient, draft):
    consent = draft()
    answer = browser.post(page("consent_edit", patient, consent), {"language": "es", "expiry": "date", "version": "1"})
    assert answer["Location"] == page("consent_edit", patient, consent)
    consent.refresh_from_db()
    assert (consent.language, consent.expiry, consent.data_classes) == ("es", "date", [])
    assert not consent.recipients.exists()
    assert "Quién puede dar la información" in browser.get(answer["Location"]).content.decode()


def test_partners_are_named_with_their_address(browser, patient, draft):
    clinic = audit.save(
        PartnerOrganization(name="Lakeside Clinic", kind="clinic", line="4 Lake Street"), by=None, reason="t"
    )
    consent = draft()
    browser.post(page("consent_edit", patient, consent), chosen(partners=[str(clinic.uuid)], to_0_name=""))
    named = consent.recipients.get()
    assert (named.kind, named.partner, named.address) == ("provider", clinic, "4 Lake Street")
    assert str(clinic.uuid) in browser.get(page("consent_edit", patient, consent)).content.decode()


def test_who_saved_first_is_shown_and_nothing_typed_is_lost(browser, patient, draft, intake):
    consent = draft()
    services.save_draft(consent=consent, choices=rows.TO_SISTER, by=intake)
    answer = browser.post(page("consent_edit", patient, consent), chosen(to_0_name="Luz Rivera"))
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "Luz Rivera" in said
    assert "Ana Rivera" in said
    version = re.search(r'name="version" value="(\d+)"', said)[1]
    assert browser.post(page("consent_edit", patient, consent), chosen(version=version)).status_code == 302


def test_a_deficient_consent_is_refused_with_its_code_and_noted(browser, patient, draft, intake):
    consent = draft(recipients=())
    url = page("consent_sign", patient, consent)
    form = browser.get(url)
    assert "Name who may receive it" in form.content.decode()
    answer = browser.post(url, typed(shown=shown(form)))
    assert (answer.status_code, answer["X-Refusal-Code"]) == (422, "consent.deficient")
    refused = AccessEvent.objects.get(outcome="denied", code="consent.deficient")
    assert (refused.user_id, refused.patient_id, refused.code) == (intake.pk, patient.pk, "consent.deficient")
    consent.refresh_from_db()
    assert consent.status == "draft"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed_name": ""}, "gives the full name here"),
        ({"signer_role": "representative"}, "by what right"),
        ({"method": "drawn"}, "Sign in the field"),
        ({"shown": "0" * 64}, "words have changed"),
    ],
)
def test_what_a_signature_lacks_is_said_beside_it(browser, patient, draft, changes, words):
    url = page("consent_sign", patient, draft())
    answer = browser.post(url, typed(shown=shown(browser.get(url))) | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_buttons_decline_and_put_away(browser, patient, draft):
    declined, mistaken = draft(), draft()
    browser.post(page("consent_decline", patient, declined))
    browser.post(page("consent_discard", patient, mistaken))
    listed = browser.get(page("consent_list", patient)).content.decode()
    assert "Declined" in listed
    assert set(Consent.objects.values_list("status", flat=True)) == {"rejected", "entered-in-error"}


def test_an_event_is_recorded_by_a_button(browser, patient, facility, intake):
    consent = rows.active(patient, facility, intake, ends_with_care=False, expiry_event="My trial is over")
    assert "Has the event come about?" in browser.get(consent.get_absolute_url()).content.decode()
    browser.post(page("consent_event", patient, consent))
    read = browser.get(consent.get_absolute_url()).content.decode()
    assert "Nothing may leave by this consent" in read
    assert selectors.consents_in_force(patient, facility) == []


def test_who_may_only_read_is_offered_nothing_to_change(patient, facility, intake, sign_in):
    officer = factories.person(Role.PRIVACY_OFFICER, facility)
    consent, draft = rows.active(patient, facility, intake), rows.draft(patient, facility, intake)
    listed = sign_in(officer).get(page("consent_list", patient)).content.decode()
    assert "Ask for consent" not in listed
    assert page("consent_edit", patient, draft) not in listed
    read = sign_in(officer).get(consent.get_absolute_url()).content.decode()
    assert "Take back" not in read
    assert "Ana Rivera" in read
    assert "Signature holds" in read
    assert "Marisol" not in read
    assert sign_in(officer).get(draft.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("number", [10, 200])
def test_the_page_asks_as_often_for_many_as_for_few(patient, facility, intake, number, django_assert_max_num_queries):
    one = rows.active(patient, facility, intake)
    Consent.objects.bulk_create(
        Consent(
            patient=patient, facility=facility, category="disclosure", status="inactive", form=one.form,
            expiry="event", expiry_event="The end", revoked_via="letter",
        )
        for _ in range(number)
    )  # fmt: skip
    with django_assert_max_num_queries(4):
        found = selectors.consent_rows(patient, facility)
    assert (len(found["in_force"]), len(found["past"])) == (1, number)


# The notice ------------------------------------------------------------------------------


def test_the_notice_is_signed_on_the_screen(browser, patient):
    url = page("notice_give", patient)
    form = browser.get(url)
    data = typed(outcome="acknowledged", language="en", shown=shown(form))
    assert browser.post(url, data)["Location"] == page("consent_list", patient)
    assert Notice.objects.get().outcome == "acknowledged"
    assert "Acknowledged" in browser.get(page("consent_list", patient)).content.decode()


def test_the_notice_needs_a_signature_or_a_reason(browser, patient):
    url = page("notice_give", patient)
    form = browser.get(url + "?language=es")
    assert "AVISO DE PRÁCTICAS" in form.content.decode()
    data = typed(outcome="acknowledged", language="es", shown=shown(form), signed_name="")
    assert browser.post(url, data).status_code == 422
    assert "Say why" in browser.post(url, typed(outcome="incapacity", language="es")).content.decode()
    assert browser.post(url, typed(outcome="incapacity", language="es", reason="In withdrawal")).status_code == 302
    assert Notice.objects.get().notice_version.language == "es"


# The link --------------------------------------------------------------------------------

BORN = {"month": "5", "day": "17", "year": "1990"}


@pytest.fixture
def out(browser, patient, draft):
    """A consent whose link is out, and the link's path."""
    cache.clear()
    consent = draft()
    answer = browser.post(page("consent_link", patient, consent))
    assert "no-store" in answer["Cache-Control"]
    return consent, re.search(r"/c/[\w-]+/", answer.content.decode())[0]


def test_by_the_link_it_is_read_and_signed_once(out, patient, facility):
    consent, path = out
    anybody = Client()
    neutral = anybody.get(path)
    assert anybody.head(path).status_code == 200
    assert "Harbor" not in neutral.content.decode()
    assert "Marisol" not in neutral.content.decode()
    assert (neutral["Referrer-Policy"], neutral["Cache-Control"]) == ("no-referrer", "no-store")
    born = {"month": patient.birth_date.month, "day": patient.birth_date.day, "year": patient.birth_date.year}
    read = anybody.post(path, born)
    assert "Ana Rivera" in read.content.decode()
    data = {**born, "shown": shown(read), "sign": "1", "signed_name": "Marisol Rivera"}
    assert anybody.post(path, data).status_code == 422
    done = anybody.post(path, data | {"agree": "1"})
    assert "It is signed" in done.content.decode()
    assert selectors.consents_in_force(patient, facility) == [consent]
    assert not anybody.cookies
    for again in (anybody.get(path), anybody.post(path, data | {"agree": "1"}), anybody.get("/c/never-was/")):
        assert again.status_code == 404
        assert "no longer be used" in again.content.decode()


def test_a_wrong_birth_date_shows_nothing_and_five_close_the_link(out):
    _, path = out
    for _ in range(4):
        answer = Client().post(path, {"month": "1", "day": "31", "year": "1901"})
        assert (answer.status_code, "Ana Rivera" in answer.content.decode()) == (422, False)
    assert Client().post(path, {"month": "2", "day": "31", "year": "1901"}).status_code == 422
    assert Client().post(path, {"month": "1", "day": "1", "year": "1901"}).status_code == 404


def test_words_that_changed_are_read_again_in_spanish(out, patient, intake):
    consent, path = out
    born = {"month": patient.birth_date.month, "day": patient.birth_date.day, "year": patient.birth_date.year}
    read = Client().post(path, born)
    choices = selectors.choices_of(consent)
    services.save_draft(consent=consent, choices=rows.replace(choices, language="es"), by=intake)
    data = {**born, "shown": shown(read), "sign": "1", "signed_name": "Marisol Rivera", "agree": "1"}
    answer = Client().post(path, data)
    assert answer.status_code == 409
    assert "Su firma" in answer.content.decode()
    assert "Cómo lo retiro" in answer.content.decode()


def test_it_is_asked_not_too_often(out):
    _, path = out
    answers = {Client().get(path).status_code for _ in range(40)}
    assert answers == {200, 429}


# Restrictions ----------------------------------------------------------------------------


def test_a_restriction_is_recorded_answered_and_ended(browser, patient, facility, sign_in, clerk):
    url = reverse("patients:restriction_add", args=[patient.uuid])
    assert browser.post(url, {"kind": "health-plan", "words": "The lab test"}).status_code == 422
    assert (
        browser.post(url, {"kind": "disclosure", "words": "Not to Luis", "recipient_name": "Luis"}).status_code == 302
    )
    (row,) = restrictions_asked(patient, facility)
    desk, url = sign_in(clerk), reverse("patients:restriction_answer", args=[patient.uuid, row.uuid])
    assert "Not to Luis" in desk.get(url).content.decode()
    assert desk.post(url, {"agreed": "no", "answer": ""}).status_code == 422
    assert desk.post(url, {"agreed": "yes"}).status_code == 302
    end = reverse("patients:restriction_end", args=[patient.uuid, row.uuid])
    assert desk.post(end).status_code == 422
    assert desk.post(end, {"agreed": "on"}).status_code == 302
    assert "Ended" in desk.get(page("consent_list", patient)).content.decode()
