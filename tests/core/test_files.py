"""Uploads that lie, grow, hide or are locked; and what is left of an honest one."""

import socket
import struct
import threading
from contextlib import contextmanager
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from core.errors import DomainError
from core.files import kinds, uploads
from core.files.configured import documents_storage
from tests import uploads as files

LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (files.pdf(), "Report.PDF", kinds.PDF),
        (files.picture(), "scan", kinds.JPEG),
        (files.picture("PNG"), "photo.jpg", kinds.PNG),
        (files.picture("HEIF"), "IMG_1.HEIC", kinds.JPEG),
        (files.word(), "letter.docx", kinds.DOCX),
        (files.sheet(), "list.xlsx", kinds.XLSX),
        (files.open_document(), "letter.odt", kinds.ODT),
        ("Añejo\nlist".encode(), "list.txt", kinds.TEXT),
    ],
)
def test_what_is_taken_is_known_by_its_content(content, name, kind):
    assert uploads.looked_at(content, name).content_type == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "upload.empty"),
        (b"MZ\x90\x00program", "report.pdf", "upload.kind"),
        (b"\x7fELF", "report", "upload.kind"),
        (b"GIF89a\x01\x00", "photo.gif", "upload.kind"),
        (files.archive(**{"a.txt": "x"}), "letter.docx", "upload.kind"),
        (b"text\x00with nothing", "a.txt", "upload.kind"),
        (b"\xff\xfea\x00", "a.txt", "upload.kind"),
        (b"<html><script>1</script>", "page.html", "upload.name"),
        (files.pdf(), "photo.jpg", "upload.name"),
        (files.picture(), "report.pdf", "upload.name"),
        (files.word(), "list.xlsx", "upload.name"),
        (files.picture()[:200], "a.jpg", "upload.broken"),
        (files.picture("HEIF")[:-60], "a.heic", "upload.broken"),
        (files.picture("HEIF"), "a.pdf", "upload.name"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "a.heic", "upload.kind"),
        (b"\x89PNG\r\n\x1a\nrubbish", "a.png", "upload.broken"),
        (b"%PDF-1.7 rubbish", "a.pdf", "upload.broken"),
        (files.locked_pdf(), "a.pdf", "upload.locked"),
        (files.word(**{"word/vbaProject.bin": b"x"}), "a.docx", "upload.macros"),
        (files.word(**{"word/document.xml": LAUGHS}), "a.docx", "upload.bomb"),
        (files.word(**{"word/media/zeros": bytes(70 << 20)}), "a.docx", "upload.bomb"),
    ],
)
def test_what_lies_is_broken_locked_or_grows_is_refused(content, name, code):
    with pytest.raises(DomainError) as refused:
        uploads.looked_at(content, name)
    assert refused.value.code == code


def test_limits_of_size_pages_and_pixels(settings):
    settings.UPLOAD_MAX_PAGES, settings.UPLOAD_MAX_PIXELS = 3, 1000
    for content, code in (
        (files.long_pdf(4), "upload.pages"), (files.scan(4), "upload.pages"), (files.picture(), "upload.pixels"),
        (files.picture("HEIF"), "upload.pixels"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            uploads.looked_at(content)
        assert refused.value.code == code
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(DomainError, match="larger than"):
        uploads.looked_at(files.pdf())


def test_a_picture_that_claims_billions_of_pixels_is_never_decoded():
    """A PNG of a few bytes whose head says 60000 × 60000."""
    head = struct.pack(">II5B", 60000, 60000, 8, 2, 0, 0, 0)
    small = files.picture("PNG")
    with pytest.raises(DomainError) as refused:
        uploads.looked_at(small[:16] + head + small[29:])
    assert refused.value.code in {"upload.pixels", "upload.broken"}


def test_the_words_of_a_file_are_found_in_it():
    assert "Hemoglobin within limits" in uploads.looked_at(files.pdf()).text
    assert uploads.looked_at(files.word("Alta médica")).text == "Alta médica\n"
    assert uploads.looked_at(files.sheet()).text == "Naltrexone\n"
    assert uploads.looked_at(files.open_document()).text == "Housing letter\n"


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_a_photo_is_turned_upright_and_keeps_nothing_of_place_camera_or_time(kind):
    found = uploads.looked_at(files.located_photo(kind))
    with Image.open(BytesIO(found.content)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 60))
        assert dict(image.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    for telling in (b"PhoneMaker", b"Harbor", b"Exif"):
        assert telling not in found.content
    assert found.taken_at.isoformat() == "2026-11-20T09:30:00"
    with Image.open(BytesIO(found.thumbnail)) as small:
        assert small.format == "JPEG"


def test_what_hangs_behind_a_picture_is_cut_off():
    found = uploads.looked_at(files.picture() + files.archive(**{"evil.html": "<script>"}))
    assert b"evil" not in found.content


def test_scanned_pages_become_one_pdf():
    scanned = uploads.looked_at(files.scan(), "fax.tif")
    together = uploads.bound([files.picture(), files.picture("PNG"), files.picture("HEIF"), files.scan(1)])
    for found, count in ((scanned, 3), (together, 4)):
        assert (found.content_type, found.pages) == (kinds.PDF, count)
        assert len(PdfReader(BytesIO(found.content)).pages) == count
    with pytest.raises(DomainError, match="Only pictures"):
        uploads.bound([files.picture(), files.pdf()])


@contextmanager
def clamd(answer: bytes):
    """A scanner that reads one stream and gives this answer."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as sent:
            sent.readline()
            while size := struct.unpack("!L", sent.read(4))[0]:
                sent.read(size)
            connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    thread.join(5)
    server.close()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"stream: OK\n", ""),
        (b"stream: Eicar-Signature FOUND\n", "something harmful"),
        (b"stream: Can't allocate memory ERROR\n", "does not answer|could not read"),
        (b"INSTREAM size limit exceeded. ERROR\n", "no file this big"),
        (b"", "could not read|does not answer"),
    ],
)
def test_the_scanner_has_the_last_word(settings, answer, says):
    with clamd(answer) as settings.CLAMD_ADDRESS:
        if says:
            with pytest.raises(DomainError, match=says):
                uploads.looked_at(files.picture())
        else:
            uploads.looked_at(files.picture())


def test_a_scanner_that_is_away_refuses(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(DomainError, match="does not answer"):
        uploads.looked_at(files.picture())


def test_documents_go_to_a_folder_or_to_a_bucket(tmp_path):
    assert documents_storage("", tmp_path)["OPTIONS"]["location"] == tmp_path / "documents"
    found = documents_storage(
        "s3://key:s%2Fcret@objects.example.org:9000/charts/main?region=x&encryption=AES256", tmp_path
    )
    assert found["OPTIONS"] == {
        "bucket_name": "charts",
        "location": "main",
        "default_acl": None,
        "file_overwrite": True,
        "endpoint_url": "https://objects.example.org:9000",
        "access_key": "key",
        "secret_key": "s/cret",
        "region_name": "x",
        "object_parameters": {"ServerSideEncryption": "AES256"},
    }
    with pytest.raises(ValueError, match="names no bucket"):
        documents_storage("https://example.org", tmp_path)
