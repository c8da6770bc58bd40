"""Both facilities with all their people."""

import pytest

from tests import world as stage
from tests.desks.scene import House


@pytest.fixture
def world(db):
    return stage.build()


@pytest.fixture
def house(world):
    """The first facility with something on every tile."""
    return House(world.facility, world.people).busy()
