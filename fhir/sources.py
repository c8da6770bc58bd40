"""Files of FHIR resources, wherever they lie: single, in folders, in archives, as lines."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]


class Unreadable(Exception):
    """The file is no FHIR JSON. The message is one line and quotes nothing of the content."""


@dataclass(frozen=True)
class Source:
    """One file: imported whole or not at all."""

    name: str
    content: bytes


def sources(paths: list[Path]) -> Iterator[Source]:
    """Every file in the order of its name; archives are read one member at a time."""
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            if file.name.endswith((".tar.xz", ".tar.gz", ".tgz", ".tar")):
                yield from _members(file)
            elif file.suffix in {".json", ".ndjson"}:
                yield Source(file.name, file.read_bytes())
            elif not path.is_dir():
                raise Unreadable(f"{file.name} is neither .json, .ndjson nor a .tar archive.")


def _members(archive: Path) -> Iterator[Source]:
    try:
        with tarfile.open(archive, "r|*") as stream:
            for member in stream:
                file = stream.extractfile(member) if member.name.endswith((".json", ".ndjson")) else None
                if file:
                    yield Source(Path(member.name).name, file.read())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Unreadable(f"{archive.name} is broken or cut short.") from error


@dataclass(frozen=True)
class Entry:
    """A resource with the address others in its bundle refer to it by."""

    resource: Resource
    full_url: str = ""
    if_none_exist: str = ""

    @property
    def kind(self) -> str:
        return str(self.resource.get("resourceType", ""))


def entries(source: Source) -> list[Entry]:
    """The resources of a file. Raises Unreadable for what is no JSON, or JSON but no FHIR."""
    return [entry for document in _documents(source) for entry in _entries(document)]


def _documents(source: Source) -> list[Any]:
    try:
        text = source.content.decode("utf-8-sig")
        lines = text.splitlines() if source.name.endswith(".ndjson") else [text]
        return [json.loads(line) for line in lines if line.strip()]
    except UnicodeDecodeError as error:
        raise Unreadable("It is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"It is no complete JSON (line {error.lineno}, column {error.colno}).") from error
    except RecursionError as error:
        raise Unreadable("It is nested too deeply.") from error


def _entries(document: Any) -> Iterator[Entry]:
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        raise Unreadable("It has no resourceType, so it is no FHIR resource.")
    if document["resourceType"] != "Bundle":
        yield Entry(document)
        return
    for row in document.get("entry") or []:
        if isinstance(row, dict) and isinstance(row.get("resource"), dict):
            request = row.get("request") or {}
            yield Entry(row["resource"], str(row.get("fullUrl", "")), str(request.get("ifNoneExist", "")))
