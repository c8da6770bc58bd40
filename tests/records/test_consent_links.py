"""A link to sign a consent works once, for a while, for whoever knows the birth date."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from core.errors import DomainError
from records import selectors, services
from records.digests import digest_of
from records.links import digest
from records.models import Consent, ConsentLink
from tests import factories
from tests.records import consent_rows as rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(patient, facility, intake):
    """A consent whose link is out, with the link's random part."""
    consent = rows.draft(patient, facility, intake)
    return consent, services.make_link(consent=consent, by=intake)


def sign(link, consent):
    return services.sign_by_link(link=link, shown=digest_of(services.words_of(consent)), name="Marisol Rivera")


def test_the_link_is_kept_as_a_digest_and_signs_once(sent, patient, facility):
    consent, token = sent
    link = selectors.live_link(token)
    assert len(token) >= 32
    assert (link.digest, link.consent) == (digest(token), consent)
    signed = sign(link, consent)
    signature = signed.signature
    assert (signature.method, signature.witness, signature.signer_name) == ("link", None, "Marisol Rivera")
    assert signature.history.get().history_change_reason == "consent link"
    assert services.verify(signature)
    assert selectors.consents_in_force(patient, facility) == [signed]
    assert selectors.live_link(token) is None
    with pytest.raises(DomainError, match="no longer a draft"):
        sign(link, consent)


def test_it_ends_by_itself_and_with_a_new_one(sent, intake):
    consent, token = sent
    old = selectors.live_link(token)
    later = services.make_link(consent=consent, by=intake)
    assert selectors.live_link(token) is None
    with pytest.raises(DomainError, match="no longer be used"):
        sign(old, consent)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert selectors.live_link(later) is None
        assert selectors.open_link(consent) is None


def test_it_ends_when_the_consent_is_declined_or_signed_at_the_desk(sent, patient, facility, intake):
    consent, token = sent
    services.decline_consent(consent=consent, by=intake)
    assert selectors.live_link(token) is None
    another = rows.draft(patient, facility, intake)
    token = services.make_link(consent=another, by=intake)
    rows.sign(another, intake)
    assert selectors.live_link(token) is None


def test_five_wrong_birth_dates_close_it(sent, patient):
    _, token = sent
    link = selectors.live_link(token)
    assert services.opens(link=link, birth_date=patient.birth_date)
    for _ in range(5):
        assert not services.opens(link=link, birth_date=date(1900, 1, 1))
    assert selectors.live_link(token) is None


def test_a_deficient_consent_and_one_without_birth_date_get_no_link(patient, facility, intake):
    with pytest.raises(DomainError) as refusal:
        services.make_link(consent=rows.draft(patient, facility, intake, recipients=()), by=intake)
    assert refusal.value.code == "consent.deficient"
    nameless = factories.patient(facility, birth_date=None)
    with pytest.raises(DomainError, match="birth date first"):
        services.make_link(consent=rows.draft(nameless, facility, intake), by=intake)


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_signs():
    facility = factories.FacilityFactory()
    intake = factories.person(Role.INTAKE, facility)
    consent = rows.draft(factories.patient(facility), facility, intake)
    token = services.make_link(consent=consent, by=intake)
    link, start, outcomes = selectors.live_link(token), Barrier(2), []

    def click():
        try:
            start.wait()
            outcomes.append(sign(link, consent).status)
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["active", "consent.not_draft"]
    assert Consent.objects.get().document.signatures.count() == 1
    assert ConsentLink.objects.get().used_at
