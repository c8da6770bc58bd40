"""How each paper leaves in the form that was asked for."""

from django.db.models import TextChoices

from core.files import kinds
from records.models import Document, ReleaseRequest

BOUND = (kinds.PDF, kinds.JPEG, kinds.PNG)  # what has pages of its own


class Way(TextChoices):
    """The label is what the clerk reads before it leaves."""

    WORDS = "words", "set in print with the record"
    PAGES = "pages", "page for page, after the record"
    ATTACHED = "attached", "attached to the PDF as it is, with its words in print"
    PRINTED = "printed", "only its words are printed, without their layout"
    NOTHING = "nothing", "it has no words that could be printed: choose PDF or ZIP, or leave it out"
    FILE = "file", "a file of its own in the ZIP"


def way_of(paper: Document, form: str) -> Way:
    """What becomes of the paper."""
    if form == ReleaseRequest.Form.ZIP:
        return Way.FILE
    if not paper.is_upload:
        return Way.WORDS
    if paper.content_type in BOUND:
        return Way.PAGES
    if form == ReleaseRequest.Form.PDF:
        return Way.ATTACHED
    return Way.PRINTED if paper.text.strip() else Way.NOTHING


def file_name(paper: Document, number: int) -> str:
    """`papers/003-laboratory.docx`, without the folder: it tells what the paper is, and nothing about the person."""
    ending = kinds.ENDINGS.get(paper.content_type, "bin") if paper.is_upload else "txt"
    return f"{number:03}-{paper.kind}.{ending}"
