"""The consent to the reminder channel."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.roles import Role
from core import audit
from core.errors import DomainError
from episodes.models import EpisodeStep
from patients.models import ContactPoint
from records import selectors, services
from records.digests import digest_of
from records.models import ChannelConsent, Document
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def consent(patient, facility, intake):
    """Record a consent."""

    def _consent(**fields):
        fields = {
            "email": "marisol@example.net", "detail": "time", "may_use_first_name": False, "language": "en",
            "signed_name": "Marisol Rivera", "risk_explained": True, **fields,
        }  # fmt: skip
        return services.set_channel_consent(patient=patient, facility=facility, by=intake, **fields)

    return _consent


def settled(episode):
    return episode.steps.filter(kind=EpisodeStep.Kind.CHANNEL_CONSENTED).exists()


def test_a_consent_keeps_what_was_shown_and_signed(consent, intake, episode, patient, facility):
    row = consent(detail="place", may_use_first_name=True)
    document = row.signature.document
    assert row.status == ChannelConsent.Status.ACTIVE
    assert row.risk_notice_at
    assert (document.kind, row.signature.witness) == (Document.Kind.CHANNEL_CONSENT, intake)
    assert "marisol@example.net" in document.text
    assert 'greet me as "Marisol"' in document.text
    assert services.verify(row.signature)
    assert row.history.get().history_user == intake
    assert settled(episode)
    assert selectors.channel_consent(patient, facility) == row


def test_the_same_choices_give_the_same_words_without_a_tag_left(patient, facility):
    choices = {"email": "a@example.net", "detail": "time", "may_use_first_name": False, "language": "es"}
    one = services.channel_consent_text(patient=patient, facility=facility, **choices)
    assert one == services.channel_consent_text(patient=patient, facility=facility, **choices)
    assert "{" not in one
    assert "Los mensajes se escriben en español." in one
    assert "No se nombra el centro" not in one
    english = choices | {"language": "en"}
    plain = services.channel_consent_text(patient=patient, facility=facility, **english)
    with translation.override("es"):  # as a browser may ask for
        assert plain == services.channel_consent_text(patient=patient, facility=facility, **english)
    assert "Messages are written in English." in plain


def test_names_with_apostrophes_are_not_escaped(facility):
    person = factories.patient(facility, family_name="O'Brien")
    choices = {"email": "a@example.net", "detail": "time", "may_use_first_name": False, "language": "en"}
    assert "O'Brien" in services.channel_consent_text(patient=person, facility=facility, **choices)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": " "}, "e-mail address"),
        ({"risk_explained": False}, "risk of e-mail"),
        ({"signed_name": ""}, "full name"),
        ({"expires_on": date(2020, 1, 1)}, "in the past"),
    ],
)
def test_a_deficient_consent_is_refused_and_leaves_nothing(consent, patient, facility, wrong, words):
    with pytest.raises(DomainError, match=words):
        consent(**wrong)
    assert not ChannelConsent.objects.exists()
    assert not Document.objects.exists()


def test_the_database_refuses_an_active_consent_without_notice(consent):
    row = consent()
    with pytest.raises(IntegrityError, match="channel_consent_has_address_and_notice"), transaction.atomic():
        ChannelConsent.objects.filter(pk=row.pk).update(risk_notice_at=None)


def test_a_new_choice_ends_the_one_before(consent, patient, facility):
    first, second = consent(), consent(detail="facility")
    first.refresh_from_db()
    assert (first.status, first.revoked_via) == (ChannelConsent.Status.INACTIVE, "replaced")
    assert selectors.channel_consent(patient, facility) == second
    assert patient.telecoms.count() == 1
    papers = {row.pk: row.status for row in patient.documents.all()}
    assert papers == {first.signature.document_id: "superseded", second.signature.document_id: "current"}


def test_declining_settles_the_channel_and_forbids_mail(consent, episode, patient, facility, intake):
    consent()
    declined = services.decline_channel(patient=patient, facility=facility, by=intake)
    assert declined.status == ChannelConsent.Status.REJECTED
    assert selectors.channel_consent(patient, facility) is None
    assert selectors.channel_state(patient, facility).label == "Reminders declined: call"
    assert settled(episode)


def test_taking_it_back_takes_effect_at_once_and_twice_is_harmless(consent, patient, facility):
    row = consent()
    services.revoke_channel(consent=row, via="opt-out link", by=None)
    assert selectors.channel_consent(patient, facility) is None
    again = services.revoke_channel(consent=row, via="by phone", by=None)
    assert again.revoked_via == "opt-out link"
    assert row.history.first().history_change_reason == "opt-out"


def test_a_bounced_former_or_expired_address_gets_no_mail(consent, patient, facility):
    row = consent(expires_on=timezone.localdate(timezone=facility.tz) + timedelta(days=5))
    contact = row.contact_point
    contact.suspended_reason = "bounced"
    audit.save(contact, by=None, reason="test")
    assert selectors.channel_consent(patient, facility) is None
    assert "came back" in selectors.channel_state(patient, facility).label
    contact.suspended_reason, contact.use = "", ContactPoint.Use.OLD
    audit.save(contact, by=None, reason="test")
    assert selectors.channel_consent(patient, facility) is None
    contact.use = ""
    audit.save(contact, by=None, reason="test")
    assert selectors.channel_consent(patient, facility) == row
    ChannelConsent.objects.update(expires_on=timezone.localdate(timezone=facility.tz) - timedelta(days=1))
    assert selectors.channel_consent(patient, facility) is None
    assert selectors.channel_state(patient, facility).label == "Reminder consent expired"


def test_a_suspended_address_confirmed_anew_is_in_use_again(consent, patient, facility):
    contact = consent().contact_point
    contact.suspended_reason = "bounced"
    audit.save(contact, by=None, reason="test")
    row = consent(email="Marisol@Example.net")
    assert row.contact_point_id == contact.pk
    assert selectors.channel_consent(patient, facility) == row


def test_people_who_have_died_are_never_written_to(consent, patient, facility):
    consent()
    patient.deceased = True
    audit.save(patient, by=None, reason="test")
    assert selectors.channel_consent(patient, facility) is None


def typed(**changes):
    return {
        "address": "other", "email": "marisol@example.net", "detail": "time", "language": "en",
        "risk_explained": "on", "signer_role": "patient", "signed_name": "Marisol Rivera", **changes,
    }  # fmt: skip


def shown(client, patient, data):
    page = client.post(reverse("scheduling:channel_preview", args=[patient.uuid]), data).content.decode()
    return page.split('name="shown" value="')[1].split('"')[0]


def test_only_the_words_on_the_screen_are_signed(patient, facility, intake, sign_in):
    client, url = sign_in(intake), reverse("scheduling:channel_edit", args=[patient.uuid])
    stale = shown(client, patient, typed(detail="facility"))
    answer = client.post(url, typed(shown=stale))
    assert answer.status_code == 422
    assert "Read them together" in answer.content.decode()
    assert not ChannelConsent.objects.exists()
    fresh = shown(client, patient, typed())
    assert client.post(url, typed(shown=fresh)).status_code == 302
    document = ChannelConsent.objects.get().signature.document
    assert document.sha256 == digest_of(document.text) == fresh


def test_nothing_typed_is_lost_when_something_is_missing(patient, intake, sign_in):
    answer = sign_in(intake).post(
        reverse("scheduling:channel_edit", args=[patient.uuid]), typed(risk_explained="", signed_name="Marisol R.")
    )
    assert answer.status_code == 422
    assert "Marisol R." in answer.content.decode()
    assert "marisol@example.net" in answer.content.decode()


def test_a_known_address_is_offered_and_used(patient, intake, facility, sign_in):
    contact = factories.email_address(patient, "known@example.net")
    client, url = sign_in(intake), reverse("scheduling:channel_edit", args=[patient.uuid])
    assert "known@example.net" in client.get(url).content.decode()
    data = typed(address=str(contact.uuid), email="")
    client.post(url, data | {"shown": shown(client, patient, data)})
    assert selectors.channel_consent(patient, facility).contact_point == contact


def test_the_clerk_sees_no_address_without_a_request_in_hand(patient, clerk, consent, sign_in):
    consent()
    page = sign_in(clerk).get(reverse("scheduling:channel_edit", args=[patient.uuid])).content.decode()
    assert "marisol@example.net" not in page
    assert "Reminders by e-mail" in page


def test_the_buttons_decline_and_take_back(patient, facility, intake, consent, sign_in):
    client, row = sign_in(intake), consent()
    client.post(reverse("chart:channel_revoke", args=[patient.uuid, row.uuid]), {"via": "by phone"})
    row.refresh_from_db()
    assert (row.status, row.revoked_via) == (ChannelConsent.Status.INACTIVE, "by phone")
    client.post(reverse("scheduling:channel_decline", args=[patient.uuid]))
    assert ChannelConsent.objects.filter(status=ChannelConsent.Status.REJECTED).count() == 1


def test_a_choice_at_one_facility_says_nothing_at_another(consent, patient, other_facility):
    consent()
    assert selectors.channel_consent(patient, other_facility) is None
    assert factories.person(Role.INTAKE, other_facility).pk
