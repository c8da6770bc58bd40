"""Where documents are kept: settings.STORAGES["documents"]. Generated names alone."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models.fields.files import FieldFile

from core.errors import DomainError, Unavailable


def storage() -> Storage:
    return storages["documents"]


def new_name() -> str:
    """128 random bits, in one of 256 folders."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


@contextmanager
def kept(contents: Iterable[bytes]) -> Iterator[list[str]]:
    """Write the files, and take them away again if the block that keeps their rows fails. "" for an empty content.

    What an outer transaction takes back later is found by `records.tasks.sweep_files`.
    """
    names: list[str] = []
    try:
        for content in contents:
            names.append(storage().save(new_name(), ContentFile(content)) if content else "")
        yield names
    except BaseException:
        with suppress(Unavailable):
            forget(names)
        raise


def opened(file: FieldFile) -> FieldFile:
    """The file, open to be read. Raises DomainError if it is not where it was put, Unavailable if nobody can tell."""
    try:
        file.open("rb")
    except OSError as error:
        raise DomainError("The file cannot be read. Tell your administrator.", code="document.missing") from error
    return file


def forget(names: Iterable[str]) -> None:
    for name in names:
        if name:
            storage().delete(name)


def stored_names() -> Iterator[str]:
    """Every file that is kept."""
    folders, files = storage().listdir("")
    yield from files
    for folder in folders:
        yield from (f"{folder}/{name}" for name in storage().listdir(folder)[1])
