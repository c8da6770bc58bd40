"""What a file is, by its first bytes and what is inside; never by its name or by what a browser says."""

import zipfile
from io import BytesIO

PDF, TEXT = "application/pdf", "text/plain"
JPEG, PNG, TIFF = "image/jpeg", "image/png", "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
PICTURES, OFFICE = (JPEG, PNG, TIFF), (DOCX, XLSX, ODT)

LABELS = {
    PDF: "PDF", TEXT: "Plain text", JPEG: "Picture", PNG: "Picture", TIFF: "Picture",
    DOCX: "Word document", XLSX: "Excel sheet", ODT: "OpenDocument text",
}  # fmt: skip
_PICTURE_NAMES = {"jpg", "jpeg", "jpe", "jfif", "png", "tif", "tiff"}
NAMES = {
    PDF: {"pdf"}, TEXT: {"txt", "text", "csv", "md"}, DOCX: {"docx"}, XLSX: {"xlsx"}, ODT: {"odt"},
    **dict.fromkeys(PICTURES, _PICTURE_NAMES),
}  # fmt: skip
# The ending by which a file is handed out again.
ENDINGS = {PDF: "pdf", TEXT: "txt", JPEG: "jpg", PNG: "png", TIFF: "tif", DOCX: "docx", XLSX: "xlsx", ODT: "odt"}
_MAGIC = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"II*\x00": TIFF, b"MM\x00*": TIFF}
# PostgreSQL indexes at most a megabyte of words a row; this much text stays well below it, whatever its letters.
MAX_TEXT_BYTES = 300_000
_CONTROLS = {*range(32), 127} - {9, 10, 12, 13}


def content_type_of(content: bytes) -> str:
    """One of the content types above, "" for anything else."""
    found = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
    if found:
        return found
    return _office_type(content) if content.startswith(b"PK\x03\x04") else _text_type(content)


def searchable(text: str) -> str:
    """As much of the text as can be indexed."""
    return text.encode(errors="ignore")[:MAX_TEXT_BYTES].decode(errors="ignore")


def is_named_for(name: str, content_type: str) -> bool:
    """Whether the ending of a file's name agrees with its content. A name without an ending agrees with anything."""
    _, dot, ending = name.strip().rpartition(".")
    return not dot or ending.lower() in NAMES[content_type]


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            declared = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return ""
    if declared == ODT.encode() and "content.xml" in names:
        return ODT
    if "[Content_Types].xml" not in names:
        return ""
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else ""


def _text_type(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return TEXT if text.strip() and not _CONTROLS & set(content) else ""
