"""Where a person is in care, at which level, in which bed, for how long."""

import pytest

from accounts.models import Location
from accounts.roles import Role
from core.errors import DomainError
from episodes import services
from episodes.models import EpisodeOfCare, LevelOfCare, Placement
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def level():
    return LevelOfCare.objects.get(edition=4, code="3.5")


@pytest.fixture
def bed(facility):
    return factories.LocationFactory(facility=facility, kind=Location.Kind.BED)


def someone(facility, by) -> EpisodeOfCare:
    return factories.episode(factories.patient(facility), facility, by=by)


def test_the_next_placement_ends_the_one_before(facility, by, level):
    episode = someone(facility, by)
    first = services.place(episode=episode, level_of_care=level, by=by)
    second = services.place(episode=episode, level_of_care=LevelOfCare.objects.get(edition=4, code="2.1"), by=by)
    first.refresh_from_db()
    assert first.during.upper <= second.during.lower
    assert list(episode.placements.filter(during__upper_inf=True)) == [second]


def test_a_bed_has_one_person(facility, by, level, bed):
    services.place(episode=someone(facility, by), level_of_care=level, bed=bed, by=by)
    with pytest.raises(DomainError, match="Somebody else is in that bed"):
        services.place(episode=someone(facility, by), level_of_care=level, bed=bed, by=by)


def test_the_end_of_the_episode_frees_the_bed(facility, by, level, bed):
    episode = someone(facility, by)
    services.place(episode=episode, level_of_care=level, bed=bed, by=by)
    services.close_episode(episode=episode, status=EpisodeOfCare.Status.FINISHED, by=by)
    assert not Placement.objects.filter(during__upper_inf=True).exists()
    assert services.place(episode=someone(facility, by), level_of_care=level, bed=bed, by=by).bed == bed
