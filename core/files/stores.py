"""The two stores of documents, a folder and a bucket: what fails in them is a sentence, and a line in the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3File, S3Storage
from storages.utils import clean_name

from core.errors import Unavailable

AWAY = "The store of documents does not answer. Nothing was lost or changed; try again in a few minutes."
FAILURES = (BotoCoreError, ClientError, Boto3Error, RetriesExceededError, OSError)
CONNECT, PATIENCE = 5.0, 20.0  # seconds: a person waits for the answer

log = structlog.get_logger(__name__)


class Folder(FileSystemStorage):
    """A folder outside the web root."""

    def _save(self, name: str, content: File) -> str:
        with told("write"):
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs leave it out


class BucketFile(S3File):
    def _get_file(self) -> Any:
        with told("read"):
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class Bucket(S3Storage):
    """A bucket that speaks S3. `patience` is how many seconds an answer may take."""

    def __init__(self, *, patience: float = PATIENCE, **options: Any) -> None:
        super().__init__(**options)
        limits = Config(
            connect_timeout=min(CONNECT, patience), read_timeout=patience, retries={"total_max_attempts": 2}
        )
        self.client_config: Config = self.client_config.merge(limits)

    def _open(self, name: str, mode: str = "rb") -> BucketFile:
        with told("read"):
            return BucketFile(self._normalize_name(clean_name(name)), mode, self)

    def _save(self, name: str, content: File) -> str:
        with told("write"):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with told("delete"):
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with told("list"):
            folders, files = super().listdir(name)
            return folders, files

    def get_modified_time(self, name: str) -> Any:
        with told("date"):
            return super().get_modified_time(name)


@contextmanager
def told(action: str) -> Iterator[None]:
    """Let through what is not there (FileNotFoundError); log and raise anything else as Unavailable."""
    try:
        yield
    except FileNotFoundError:
        raise
    except FAILURES as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"] if isinstance(error, ClientError) else 0
        if status == 404:
            raise FileNotFoundError(action) from error
        log.error("document_store_failed", action=action, failure=type(error).__name__, status=status)
        raise Unavailable(AWAY, code="storage.away", field="files") from error
