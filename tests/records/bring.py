"""Papers and photos as tests bring them."""

import shutil
from pathlib import Path

import pytest

from core.files import places
from records import services
from tests import uploads as files


def upload(patient, facility, by, *, content=None, name="report.pdf", **index):
    index = {"kind": "laboratory", **index}
    incoming = services.Incoming(name, content if content is not None else files.pdf())
    rows = services.add_uploads(
        patient=patient, facility=facility, files=[incoming], index=services.Index(**index), by=by
    )
    return rows[0]


def photograph(patient, facility, by, **finding):
    finding = {"body_site": "Lower leg", "laterality": "left", "length_mm": 40, "width_mm": 20, **finding}
    return services.add_photo(
        patient=patient,
        facility=facility,
        file=services.Incoming("IMG_1.jpg", files.located_photo()),
        finding=services.Finding(**finding),
        by=by,
    )


@pytest.fixture
def folder() -> Path:
    """Where documents lie; empty when the test begins."""
    place = Path(places.storage().location)
    shutil.rmtree(place, ignore_errors=True)
    return place


def kept_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
