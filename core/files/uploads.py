"""An upload looked at from all sides before anything of it is kept."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from core.errors import DomainError
from core.files import kinds, pictures
from core.files.scanner import require_clean
from core.text import printable

SECONDS = 20  # the reader's own limit of working time is narrower; waiting for a core counts here
WHY = {
    "broken": "The file cannot be opened. It may be cut short; ask for it again, or scan the paper.",
    "locked": "The file is locked with a password. Save it without one, and choose it again.",
    "pages": "The file has too many pages. Divide it, and choose the parts.",
    "pixels": "The picture is too large to be opened safely. Take it with fewer pixels.",
    "bomb": "The file grows too large when it is opened. Save it anew as PDF, and choose that.",
    "macros": "The file carries a program (macros). Save it without them, or as PDF, and choose it again.",
}
NOT_TAKEN = "This kind of file is not taken. Choose a PDF, a JPEG, PNG, HEIC or TIFF picture, a Word, Excel or "
NOT_TAKEN += "OpenDocument file, or plain text."


@dataclass(frozen=True)
class Incoming:
    """A file as it arrived. Its name is the sender's, and tells nothing about its content."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Upload:
    """What is kept of an upload. `taken_at` is a camera's clock, without a zone."""

    content: bytes
    content_type: str
    pages: int
    text: str = ""
    thumbnail: bytes = b""
    taken_at: datetime | None = None


def looked_at(content: bytes, name: str = "") -> Upload:
    """The upload as it may be kept: of a kind we take, small enough, clean; pictures written anew.

    Raises DomainError with what to do (code `upload.…`). The name is only asked whether its ending tells the truth.
    """
    _require_size(content)
    content_type = kinds.content_type_of(content)
    if not content_type:
        raise DomainError(NOT_TAKEN, code="upload.kind", field="files")
    if not kinds.is_named_for(name, content_type):
        said = (
            f"The file is not what its name says: it is really {kinds.LABELS[content_type]}. Ask where it comes from."
        )
        raise DomainError(said, code="upload.name", field="files")
    require_clean(content)
    if content_type in kinds.PICTURES:
        return _picture(content, content_type)
    if content_type == kinds.TEXT:
        return Upload(content, content_type, pages=0, text=kinds.searchable(printable(content.decode("utf-8-sig"))))
    found = _read(content, content_type)
    return Upload(content, content_type, pages=found["pages"], text=printable(found["text"]))


def bound(contents: list[bytes]) -> Upload:
    """Pictures of the pages of one paper as one PDF. Raises DomainError if one of them is no picture."""
    pages = [_page(content) for content in contents]
    try:
        found = pictures.bound(pages, max_pixels=settings.UPLOAD_MAX_PIXELS)
    except pictures.BadPicture as error:
        raise _refused(str(error)) from error
    return Upload(found.content, found.content_type, found.pages, thumbnail=found.thumbnail)


def _page(content: bytes) -> bytes:
    _require_size(content)
    content_type = kinds.content_type_of(content)
    if content_type not in kinds.PICTURES:
        raise DomainError("Only pictures can be put together as one paper.", code="upload.kind", field="files")
    require_clean(content)
    return _jpeg(content) if content_type == kinds.HEIC else content


def _require_size(content: bytes) -> None:
    if not content:
        raise DomainError("The file is empty.", code="upload.empty", field="files")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES >> 20
        raise DomainError(f"The file is larger than {most} MB. Divide it.", code="upload.size", field="files")


def _picture(content: bytes, content_type: str) -> Upload:
    if content_type == kinds.HEIC:
        content, content_type = _jpeg(content), kinds.JPEG
    limits = {"max_pixels": settings.UPLOAD_MAX_PIXELS, "max_pages": settings.UPLOAD_MAX_PAGES}
    try:
        found = pictures.rewritten(content, content_type, **limits)
    except pictures.BadPicture as error:
        raise _refused(str(error)) from error
    return Upload(found.content, found.content_type, found.pages, "", found.thumbnail, found.taken_at)


def _read(content: bytes, content_type: str) -> dict:
    return _apart("core.files.reader", content_type, str(settings.UPLOAD_MAX_PAGES), content=content)


def _jpeg(content: bytes) -> bytes:
    """The JPEG of a HEIC photo, with the time at which it was taken."""
    return base64.b64decode(_apart("core.files.heic", str(settings.UPLOAD_MAX_PIXELS), content=content)["jpeg"])


def _apart(module: str, *arguments: str, content: bytes) -> dict:
    """Ask a process that knows none of our secrets and may be stopped at any time. Raises DomainError."""
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(
            command,
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8"},
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise _refused("bomb") from error
    answer: dict = json.loads(done.stdout)
    if "refused" in answer:
        raise _refused(answer["refused"])
    return answer


def _refused(code: str) -> DomainError:
    return DomainError(WHY[code], code=f"upload.{code}", field="files")
