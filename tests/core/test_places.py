"""The same storage in a bucket: the real client, and a server at the edge that speaks its protocol."""

import socket

import pytest
from django.core.files.storage import storages
from storages.backends.s3 import S3Storage

from core.errors import Unavailable
from core.files import places
from core.files.configured import documents_storage
from tests.bucket import Bucket


@pytest.fixture
def bucket(settings, tmp_path):
    server = Bucket()
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(server.url, tmp_path)}
    assert isinstance(storages["documents"], S3Storage)
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


@pytest.mark.parametrize(("fails", "failure"), [(403, "ClientError"), (500, "ClientError"), ("silent", "ReadTimeout")])
def test_a_bucket_that_refuses_fails_or_is_silent_is_told_and_nothing_is_lost(bucket, fails, failure, caplog):
    with places.kept([b"one"]) as (name,):
        file = places.storage().open(name)
    file.close()
    bucket.fails = fails
    actions = (lambda: file.open().read(), lambda: places.kept([b"two"]).__enter__(), lambda: places.forget([name]))
    for act in actions[: 1 if fails == "silent" else 3]:
        with pytest.raises(Unavailable, match="does not answer. Nothing was lost"):
            act()
    said = caplog.text
    assert failure in said
    assert name not in said
    assert "secret" not in said
    bucket.fails = ""
    bucket.quiet.set()
    assert bucket.files == {name: b"one"}


def test_a_bucket_that_is_away_hides_no_other_error(bucket):
    def fail():
        with places.kept([b"one"]):
            bucket.fails = 403
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_where_nobody_listens_and_where_the_disk_is_full(settings, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        away = f"s3://key:secret@127.0.0.1:{server.getsockname()[1]}/charts?tls=0&region=us-east-1&patience=0.2"
    (tmp_path / "documents").write_text("not a folder")
    for url in (away, ""):
        settings.STORAGES = settings.STORAGES | {"documents": documents_storage(url, tmp_path)}
        with pytest.raises(Unavailable):
            places.kept([b"one"]).__enter__()
