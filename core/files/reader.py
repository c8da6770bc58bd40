"""Read the words of a file that a stranger wrote: a process of its own, with limits of time and memory.

`python -m core.files.reader CONTENT_TYPE MAX_PAGES` takes the file on its standard input and answers with one line of
JSON: {"pages": …, "text": …} or {"refused": code}. Whatever goes wrong in it harms nobody else.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.files.kinds import DOCX, MAX_TEXT_BYTES, ODT, OFFICE, PDF, XLSX, searchable

SECONDS, MEMORY = 15, 1 << 30
MAX_MEMBERS, MAX_MEMBER_BYTES, MAX_UNPACKED_BYTES = 2000, 60 << 20, 300 << 20
MACROS = ("vbaProject.bin", "Basic/")
# The part that holds the words, and the elements after which a line ends.
_PARTS = {
    DOCX: ("word/document.xml", {"p", "tab", "br"}),
    XLSX: ("xl/sharedStrings.xml", {"si"}),
    ODT: ("content.xml", {"p", "h"}),
}


class Refused(Exception):
    """The file is not kept; the text is a stable code."""


def read(content: bytes, content_type: str, max_pages: int) -> dict[str, Any]:
    """Pages and words of a file. Raises Refused with `locked`, `broken`, `pages`, `bomb` or `macros`."""
    pages, text = _pdf(content, max_pages) if content_type == PDF else _office(content, content_type)
    return {"pages": pages, "text": searchable(text)}


def _pdf(content: bytes, max_pages: int) -> tuple[int, str]:
    try:
        file = PdfReader(BytesIO(content))
        if file.is_encrypted and not file.decrypt(""):
            raise Refused("locked")
        pages = len(file.pages)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Refused("broken") from error
    if not 0 < pages <= max_pages:
        raise Refused("pages" if pages else "broken")
    return pages, _words(file)


def _words(file: PdfReader) -> str:
    """What the pages say, as far as they tell; a page that cannot be read is left out."""
    parts, size = [], 0
    for page in file.pages:
        try:
            part = page.extract_text()
        except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            continue
        parts.append(part)
        size += len(part)
        if size > MAX_TEXT_BYTES:
            break
    return "\n".join(parts)


def _office(content: bytes, content_type: str) -> tuple[int, str]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _require_small(archive)
            text = _xml_words(archive, content_type)
            return _declared_pages(archive), text
    except DefusedXmlException as error:
        raise Refused("bomb") from error
    except (zipfile.BadZipFile, ParseError, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Refused("broken") from error


def _require_small(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if any(name in member.filename for member in members for name in MACROS):
        raise Refused("macros")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("locked")
    sizes = [member.file_size for member in members]
    if len(sizes) > MAX_MEMBERS or sum(sizes) > MAX_UNPACKED_BYTES or max(sizes, default=0) > MAX_MEMBER_BYTES:
        raise Refused("bomb")


def _xml_words(archive: zipfile.ZipFile, content_type: str) -> str:
    """The words of the main part, each paragraph or cell a line. A part may say more than it declared: it is cut."""
    name, ends = _PARTS[content_type]
    if name not in archive.namelist():
        return ""
    parts: list[str] = []
    with archive.open(name) as part:
        for _, element in iterparse(BytesIO(part.read(MAX_MEMBER_BYTES)), events=("end",)):
            tag = element.tag.rsplit("}", 1)[-1]
            if tag in ends:
                parts += ["".join(element.itertext()) if content_type == ODT else "", "\n"]
                element.clear()
            elif tag == "t" and element.text:
                parts.append(element.text)
    return "".join(parts)


def _declared_pages(archive: zipfile.ZipFile) -> int:
    """What the program that wrote it counted; 0 when it does not say."""
    if "docProps/app.xml" not in archive.namelist():
        return 0
    with archive.open("docProps/app.xml") as part:
        for _, element in iterparse(BytesIO(part.read(1 << 20))):
            if element.tag.endswith("}Pages") and (element.text or "").isdecimal():
                return min(int(element.text), 10_000)
    return 0


def answer(work: Callable[[bytes], dict[str, Any]]) -> None:
    """Do it with the standard input and answer on standard output; die when it takes too long or too much."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        said = work(sys.stdin.buffer.read())
    except Refused as refused:
        said = {"refused": str(refused)}
    except MemoryError:
        said = {"refused": "bomb"}
    sys.stdout.write(json.dumps(said))


def _read_as_told(content: bytes) -> dict[str, Any]:
    content_type, max_pages = sys.argv[1], int(sys.argv[2])
    if content_type not in (PDF, *OFFICE):
        raise Refused("broken")
    return read(content, content_type, max_pages)


if __name__ == "__main__":
    answer(_read_as_told)
