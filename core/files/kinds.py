"""What a file is, by its first bytes and what is inside; never by its name or by what a browser says."""

import zipfile
from io import BytesIO

PDF, TEXT = "application/pdf", "text/plain"
JPEG, PNG, TIFF, HEIC = "image/jpeg", "image/png", "image/tiff", "image/heic"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
PICTURES, OFFICE = (JPEG, PNG, TIFF, HEIC), (DOCX, XLSX, ODT)

LABELS = {
    PDF: "PDF", TEXT: "Plain text", JPEG: "Picture", PNG: "Picture", TIFF: "Picture", HEIC: "Picture",
    DOCX: "Word document", XLSX: "Excel sheet", ODT: "OpenDocument text",
}  # fmt: skip
_PICTURE_NAMES = {"jpg", "jpeg", "jpe", "jfif", "png", "tif", "tiff", "heic", "heif"}
NAMES = {
    PDF: {"pdf"}, TEXT: {"txt", "text", "csv", "md"}, DOCX: {"docx"}, XLSX: {"xlsx"}, ODT: {"odt"},
    **dict.fromkeys(PICTURES, _PICTURE_NAMES),
}  # fmt: skip
# The ending by which a file is handed out again.
ENDINGS = {PDF: "pdf", TEXT: "txt", JPEG: "jpg", PNG: "png", TIFF: "tif", DOCX: "docx", XLSX: "xlsx", ODT: "odt"}
# How HEIC names itself in its first box: as such, or as a container that says in the list after it what is inside.
_HEIC, _CONTAINERS = {b"heic", b"heix", b"heim", b"heis"}, {b"mif1", b"msf1"}
_MAGIC = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"II*\x00": TIFF, b"MM\x00*": TIFF}
# PostgreSQL indexes at most a megabyte of words a row; this much text stays well below it, whatever its letters.
MAX_TEXT_BYTES = 300_000
_CONTROLS = {*range(32), 127} - {9, 10, 12, 13}


def content_type_of(content: bytes) -> str:
    """One of the content types above, "" for anything else."""
    found = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), "")
    if found:
        return found
    if content[4:8] == b"ftyp":
        return HEIC if _is_heic(content) else ""
    return _office_type(content) if content.startswith(b"PK\x03\x04") else _text_type(content)


def searchable(text: str) -> str:
    """As much of the text as can be indexed."""
    return text.encode(errors="ignore")[:MAX_TEXT_BYTES].decode(errors="ignore")


def is_named_for(name: str, content_type: str) -> bool:
    """Whether the ending of a file's name agrees with its content. A name without an ending agrees with anything."""
    _, dot, ending = name.strip().rpartition(".")
    return not dot or ending.lower() in NAMES[content_type]


def _is_heic(content: bytes) -> bool:
    size = min(int.from_bytes(content[:4]), 256)
    inside = {content[at : at + 4] for at in range(16, size, 4)}
    return content[8:12] in _HEIC or (content[8:12] in _CONTAINERS and bool(inside & _HEIC))


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
