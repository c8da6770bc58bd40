"""The same storage in a bucket: the real client, and a server at the edge that speaks its protocol."""

import pytest
from django.core.files.storage import storages

from core.files import places
from tests.bucket import Bucket


@pytest.fixture
def bucket(settings, tmp_path):
    server = Bucket()
    settings.STORAGES = settings.STORAGES | {"documents": places.documents_storage(server.url, tmp_path)}
    assert type(storages["documents"]).__name__ == "S3Storage"
    yield server
    server.shutdown()


def test_files_are_kept_read_listed_and_forgotten_in_a_bucket(bucket):
    with places.kept([b"one", b"", b"two"]) as names:
        assert names[1] == ""
    first, _, second = names
    assert bucket.files == {first: b"one", second: b"two"}
    with places.storage().open(first) as file:
        assert file.read() == b"one"
    assert set(places.stored_names()) == {first, second}
    with pytest.raises(FileNotFoundError):
        places.storage().open("aa/nowhere").read()
    places.forget(names)
    assert bucket.files == {}


def test_a_block_that_fails_takes_its_files_along(bucket):
    def fail():
        with places.kept([b"one"]):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert bucket.files == {}
