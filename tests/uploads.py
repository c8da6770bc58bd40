"""Files as people bring them, made on the spot."""

import zipfile
from io import BytesIO

from PIL import Image
from pillow_heif import register_heif_opener
from pypdf import PdfWriter

from core.pdf import render_pdf

register_heif_opener()  # for writing them; the house reads them in a process of its own


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), color: str = "teal", **options) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, kind, **options)
    return out.getvalue()


def located_photo(kind: str = "JPEG") -> bytes:
    """A picture as a phone takes it: turned, with place, camera and time."""
    image = Image.new("RGB", (60, 40), "teal")
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "PhoneMaker", 6
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 09:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 39.0, 9.0), 3: "W", 4: (73.0, 45.0, 22.0)})
    out = BytesIO()
    image.save(out, kind, exif=exif.tobytes(), comment=b"Harbor House, room 4")
    return out.getvalue()


def scan(pages: int = 3) -> bytes:
    """Pages as a fax or a scanner sends them: black and white, in one TIFF."""
    sides = [Image.new("1", (1700, 2200), number % 2) for number in range(pages)]
    out = BytesIO()
    sides[0].save(out, "TIFF", compression="group4", save_all=True, append_images=sides[1:], dpi=(200, 200))
    return out.getvalue()


def pdf(words: str = "Hemoglobin within limits") -> bytes:
    data = {"title": "Laboratory report", "facility": {"name": "County laboratory"}}
    return render_pdf("records/pdf/document.typ", data | {"sections": [{"heading": "", "body": words}]})


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def long_pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(**members: str | bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(body: str = "Discharge letter", **more: str | bytes) -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{body}</w:t></w:r></w:p></w:body></w:document>'
    return archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": document, **more})


def sheet(words: str = "Naltrexone") -> bytes:
    strings = f'<sst xmlns="x"><si><t>{words}</t></si></sst>'
    return archive(
        **{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": strings}
    )


def open_document(words: str = "Housing letter") -> bytes:
    content = f'<o:c xmlns:o="o" xmlns:t="t"><t:p>{words}</t:p></o:c>'
    return archive(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": content})
