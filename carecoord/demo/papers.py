"""Papers that people brought, wounds that heal, and what a complete chart holds."""

from datetime import datetime, timedelta
from io import BytesIO

import time_machine
from PIL import Image, ImageDraw, ImageFilter

from accounts.roles import Role
from carecoord.demo.house import REASON, House
from carecoord.demo.stories import Life
from core.files import kinds
from core.files.uploads import Upload
from core.pdf import render_pdf
from records import services as records
from records.models import Document
from records.services.uploads import keep
from staff.models import Credential
from staff.services import keep_credential_file, replace_credential_file

LABORATORY = "County Laboratory"
RESULTS = [
    ("Hemoglobin", "13.8 g/dL", "12.0–15.5"),
    ("ALT", "61 U/L", "7–35"),
    ("AST", "48 U/L", "8–33"),
    ("Hepatitis C antibody", "Not reactive", "Not reactive"),
    ("Creatinine", "0.8 mg/dL", "0.6–1.1"),
]
# Days ago, length and width in mm, what was seen: a wound of the forearm that heals.
HEALING = [
    (24, 42, 23, "Edges red and warm, yellow discharge. Antibiotic begun."),
    (17, 36, 19, "Less red, little discharge."),
    (10, 24, 13, "Granulating, dry."),
    (3, 12, 7, "Closing; no pain."),
]
PAGE = (620, 800)


def bring_papers(house: House, lives: list[Life], now: datetime) -> None:
    """Every sixth person has brought papers; two have a wound that is followed."""
    records.add_usual_rules(facility=house.facility, by=None, reason=REASON)
    report = render_pdf("records/pdf/table.typ", _report(house))
    card = _card()
    with time_machine.travel(now - timedelta(days=60), tick=False):
        _keep_copies(house, card)
    for number, life in enumerate(lives[::6]):
        with time_machine.travel(now - timedelta(days=2 + number % 5, hours=number % 7), tick=False):
            _keep(house, life, Document.Kind.IDENTIFICATION, "State identification card", card)
            if number % 2:
                text = "\n".join(" ".join(row) for row in RESULTS)
                _keep(house, life, Document.Kind.LABORATORY, "Blood count and liver values", report, text)
    for life in lives[5:11:5]:
        _follow(house, life, now)


def _keep_copies(house: House, card: bytes) -> None:
    """Licenses of half of the staff have a scan with them; one was scanned anew."""
    desk = house.someone(Role.PHYSICIAN_SERVICES)
    licenses = Credential.objects.filter(practitioner__in=house.practitioners, kind=Credential.Kind.LICENSE)
    for number, row in enumerate(licenses.order_by("pk")[::2]):
        copy = keep_credential_file(row, Upload(card, kinds.JPEG, 1), by=desk)
        if number == 0:
            replace_credential_file(copy=copy, file=records.Incoming("license.jpg", card), by=desk)


def _keep(house: House, life: Life, kind: str, title: str, content: bytes, text: str = "") -> None:
    row = Document(patient=life.patient, facility=house.facility, kind=kind, title=title, author=life.intake)
    row.original_name = "scan.pdf" if text else "card.jpg"
    row.source = LABORATORY if text else ""
    upload = Upload(content, kinds.PDF if text else kinds.JPEG, 1, text, b"" if text else content)
    keep(row, upload, by=life.intake)


def _follow(house: House, life: Life, now: datetime) -> None:
    care = house.someone(Role.PATIENT_CARE)
    for days, length, width, seen in HEALING:
        moment = now - timedelta(days=days)
        finding = records.Finding("Forearm", "left", moment, length, width, remark=seen)
        with time_machine.travel(moment + timedelta(minutes=2), tick=False):
            file = records.Incoming("photo.jpg", _wound(length, width))
            records.add_photo(patient=life.patient, facility=house.facility, file=file, finding=finding, by=care)


def _wound(length: int, width: int) -> bytes:
    """Drawn, and nobody's: skin, a rim, a wound of that size, a ruler."""
    image = Image.new("RGB", (480, 360), (208, 165, 138))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 40), (480, 0), (480, 330), (0, 300)], fill=(216, 174, 147))
    for rim, color in ((22, (205, 128, 112)), (0, (150, 52, 50)), (-8, (112, 30, 34))):
        across, down = length * 4 + rim, width * 4 + rim
        draw.ellipse((240 - across // 2, 170 - down // 2, 240 + across // 2, 170 + down // 2), fill=color)
    image = image.filter(ImageFilter.GaussianBlur(4))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 305, 440, 345), fill="white", outline="black")
    for mark in range(0, 101, 5):
        draw.line((40 + mark * 4, 305, 40 + mark * 4, 325 if mark % 10 else 335), fill="black", width=2)
    return _jpeg(image)


def _card() -> bytes:
    """A card without anybody on it."""
    image = Image.new("RGB", (480, 300), (228, 238, 240))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((8, 8, 472, 292), 18, outline=(28, 104, 115), width=4)
    draw.rectangle((8, 40, 472, 84), fill=(28, 104, 115))
    draw.ellipse((58, 120, 118, 180), fill=(140, 160, 165))
    draw.pieslice((38, 180, 138, 300), 180, 360, fill=(140, 160, 165))
    for line in range(5):
        draw.rectangle((180, 120 + line * 30, 430 - line * 20, 132 + line * 30), fill=(170, 185, 190))
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _report(house: House) -> dict:
    return {
        "title": "Blood count and liver values",
        "facility": {"name": LABORATORY, "lines": ["1 Analysis Road"]},
        "facts": [("Ordered by", house.facility.name)],
        "tables": [{"title": "", "head": ["Test", "Result", "Reference"], "rows": RESULTS}],
    }
