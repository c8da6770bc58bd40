"""Where documents are kept: a folder outside the web root, or a bucket that speaks S3. Generated names alone."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages


def documents_storage(url: str, home: Path) -> dict[str, Any]:
    """The entry of settings.STORAGES for DOCUMENTS_URL; without one a folder of `home`.

    `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/FOLDER][?region=…&tls=0&encryption=AES256]`; key and secret may be left out
    where the machine has a role, the host where the bucket is Amazon's: `s3:///BUCKET?region=us-east-1`.
    """
    if not url:
        options = {"location": home / "documents", "base_url": None}
        rights = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options | rights}
    parts = urlsplit(url)
    bucket, _, folder = parts.path.strip("/").partition("/")
    if parts.scheme != "s3" or not bucket:
        raise ValueError("DOCUMENTS_URL names no bucket; it looks like s3://KEY:SECRET@HOST/BUCKET.")
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options(parts, bucket, folder)}


def _s3_options(parts: Any, bucket: str, folder: str) -> dict[str, Any]:
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"bucket_name": bucket, "location": folder, "default_acl": None, "file_overwrite": True}
    if parts.hostname:
        scheme = "http" if asked.get("tls") == "0" else "https"
        options["endpoint_url"] = f"{scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    if parts.username:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    if "region" in asked:
        options["region_name"] = asked["region"]
    if "encryption" in asked:
        options["object_parameters"] = {"ServerSideEncryption": asked["encryption"]}
    return options


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
        forget(names)
        raise


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
