"""Where documents are kept, by the one setting DOCUMENTS_URL. Imported by the settings: nothing here needs them."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def documents_storage(url: str, home: Path) -> dict[str, Any]:
    """The entry of settings.STORAGES for DOCUMENTS_URL; without one a folder of `home`.

    `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/FOLDER][?region=…&tls=0&encryption=AES256&patience=20]`; key and secret may be
    left out where the machine has a role, the host where the bucket is Amazon's: `s3:///BUCKET?region=us-east-1`.
    """
    if not url:
        options = {"location": home / "documents", "base_url": None}
        rights = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "core.files.stores.Folder", "OPTIONS": options | rights}
    parts = urlsplit(url)
    bucket, _, folder = parts.path.strip("/").partition("/")
    if parts.scheme != "s3" or not bucket:
        raise ValueError("DOCUMENTS_URL names no bucket; it looks like s3://KEY:SECRET@HOST/BUCKET.")
    return {"BACKEND": "core.files.stores.Bucket", "OPTIONS": _s3_options(parts, bucket, folder)}


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
    if "patience" in asked:
        options["patience"] = float(asked["patience"])
    if "encryption" in asked:
        options["object_parameters"] = {"ServerSideEncryption": asked["encryption"]}
    return options
