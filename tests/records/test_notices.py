"""The notice of privacy practices is given, and either acknowledged or not for a reason."""

import pytest

from core.errors import DomainError
from episodes.models import EpisodeStep
from records import selectors, services
from records.choices import Signed
from records.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def give(patient, facility, intake):
    """Give the notice in use."""
    services.ensure_default_forms(facility=facility, by=intake)

    def _give(outcome="acknowledged", **fields):
        fields = {"shown": selectors.notice_in_use(facility).sha256, "signed": Signed("Marisol Rivera"), **fields}
        return services.give_notice(
            patient=patient, facility=facility, language="en", outcome=outcome, by=intake, **fields
        )

    return _give


def given(episode):
    return episode.steps.filter(kind=EpisodeStep.Kind.NOTICE_GIVEN).exists()


def test_an_acknowledged_notice_is_kept_with_its_signature(give, patient, facility, intake, episode):
    notice = give()
    paper = notice.signature.document
    assert (paper.kind, paper.text, notice.given_by) == ("notice", notice.notice_version.text, intake)
    assert services.verify(notice.signature)
    assert selectors.notices_given(patient, facility) == [notice]
    assert given(episode)


@pytest.mark.parametrize("outcome", ["declined", "incapacity"])
def test_without_a_signature_it_says_why(give, outcome, episode):
    with pytest.raises(DomainError, match="Say why"):
        give(outcome, reason=" ")
    assert not given(episode)
    notice = give(outcome, reason="In withdrawal; given again on day two.")
    assert (notice.signature, notice.outcome) == (None, outcome)
    assert given(episode)


def test_only_the_notice_that_was_shown_is_signed(give, facility, intake):
    shown = selectors.notice_in_use(facility).sha256
    services.add_notice_version(facility=facility, language="en", text="We changed it.", by=intake)
    with pytest.raises(DomainError, match="new version"):
        give(shown=shown)
    with pytest.raises(DomainError, match="full name"):
        give(signed=None)
    assert not Notice.objects.exists()


def test_a_facility_without_a_notice_gives_none(patient, facility, intake):
    with pytest.raises(DomainError, match="no notice in use"):
        services.give_notice(
            patient=patient, facility=facility, language="en", outcome="declined", reason="No.", by=intake
        )
