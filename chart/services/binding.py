"""A packet as one PDF: the record set in print, then the pages of files that have pages; other files are attached."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.template.defaultfilters import filesizeformat
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from chart.selectors.packets import Way, file_name, way_of
from core.errors import DomainError
from core.files import kinds, pictures
from core.pdf import render_pdf
from records.models import Document, ReleaseRequest
from records.services.documents import content_of_paper

# What a PDF that was read once may still do to whoever takes it apart.
UNBOUND = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
ROUNDS = 4  # until the record's own length agrees with the page numbers that it names


@dataclass(frozen=True)
class Leaf:
    """A paper on its way into the PDF: `pages` of its own, or a `file` to attach under `name`, or neither."""

    paper: Document
    way: Way
    name: str
    file: bytes = b""
    pages: PdfReader | None = None

    @property
    def count(self) -> int:
        return len(self.pages.pages) if self.pages else 0


def bound(papers: list[Document], form: str, record: dict[str, Any]) -> tuple[bytes, int]:
    """The PDF of a record (the data of `chart/pdf/packet.typ`, in which the papers are described) and its papers.

    Raises DomainError if a paper is not as it was written, or has nothing that could be printed where it is asked for.
    """
    leaves = [_leaf(paper, number, form) for number, paper in enumerate(papers, 1)]
    record_pdf, own = _record(leaves, record)
    if not any(leaf.pages or leaf.file for leaf in leaves):
        return record_pdf, own
    writer = PdfWriter(clone_from=BytesIO(record_pdf))
    for leaf in leaves:
        if leaf.pages:
            writer.append(leaf.pages, outline_item=leaf.paper.title, import_outline=False)
        elif leaf.file:
            writer.add_attachment(leaf.name, leaf.file)
    whole = BytesIO()
    writer.write(whole)
    return whole.getvalue(), len(writer.pages)


def _leaf(paper: Document, number: int, form: str) -> Leaf:
    way, name = way_of(paper, form), file_name(paper, number)
    file = content_of_paper(paper)
    pages = _pages(file, paper.content_type) if way == Way.PAGES else None
    if way == Way.NOTHING or (way == Way.PAGES and not pages and form == ReleaseRequest.Form.PAPER):
        said = "One of the papers is a file that cannot be printed. Choose PDF or ZIP, or leave it out."
        raise DomainError(said, code="release.form")
    if way in (Way.WORDS, Way.PRINTED):
        return Leaf(paper, way, name)
    return Leaf(paper, way, name, pages=pages) if pages else Leaf(paper, Way.ATTACHED, name, file)


def _pages(file: bytes, content_type: str) -> PdfReader | None:
    """The pages to bind; None for a PDF that cannot be taken apart, which is attached as it is."""
    try:
        reader = PdfReader(BytesIO(file if content_type == kinds.PDF else pictures.page(file)))
        PdfWriter().append(reader)
    except UNBOUND:
        return None
    return reader


def _record(leaves: list[Leaf], record: dict[str, Any]) -> tuple[bytes, int]:
    """The record in print, and its pages. It says where the pages of each paper begin, which come after its own."""
    own, made = 0, b""
    for _ in range(ROUNDS):
        sheets = {"title": "Papers", "entries": _described(leaves, own + 1)}
        parts = [*record["parts"], *([sheets] if leaves else []), *record["amendments"]]
        made = render_pdf("chart/pdf/packet.typ", record | {"parts": parts})
        before, own = own, len(PdfReader(BytesIO(made)).pages)
        if own == before or not any(leaf.pages for leaf in leaves):
            break
    return made, own


def _described(leaves: list[Leaf], first: int) -> list[dict[str, str]]:
    entries = []
    for leaf in leaves:
        entries.append(sheet(leaf.paper, _words(leaf, first)))
        first += leaf.count
    return entries


def _words(leaf: Leaf, first: int) -> str:
    paper = leaf.paper
    if leaf.way == Way.WORDS:
        return paper.text
    if leaf.way == Way.PAGES:
        where = f"Page {first}" if leaf.count == 1 else f"Pages {first} to {first + leaf.count - 1}"
        return f"{where} of this file."
    kind = kinds.LABELS.get(paper.content_type, "File")
    if leaf.way == Way.PRINTED:
        return f"{kind}. Its words, without their layout:\n\n{paper.text}"
    there = f"{kind}, {filesizeformat(paper.size)}, attached to this PDF as {leaf.name}. Open it from the list of"
    said = f"{there} attachments of your PDF reader."
    return f"{said} Its words, without their layout:\n\n{paper.text}" if paper.text.strip() else said


def sheet(paper: Document, text: str) -> dict[str, str]:
    """A paper as an entry of the record in print."""
    return {"heading": paper.title, "on": f"{paper.written_on:%d %b %Y}" if paper.written_on else "", "text": text}
