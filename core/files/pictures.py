"""Pictures, decoded and written anew: nothing but what is seen is left in them, no place, no camera, no hidden part."""

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from core.files.kinds import JPEG, PDF, PNG, TIFF

FORMATS = ["JPEG", "PNG", "TIFF"]
PICTURE_SIDE, PAGE_SIDE, THUMBNAIL_SIDE = 4096, 2200, 480
ALL_PAGES = 120_000_000  # pixels of a paper's pages together: some thirty of them, as scanned
SHEET = (8.5, 11)  # inches
TAKEN, TAKEN_IFD = 0x9003, 0x8769  # EXIF DateTimeOriginal, in its own directory
BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError, struct.error, zlib.error)
Image.MAX_IMAGE_PIXELS = None  # our own limit comes first and is narrower: `require_size`


class BadPicture(Exception):
    """The picture is not kept; the text is a stable code: `broken`, `pixels` or `pages`."""


@dataclass(frozen=True)
class Picture:
    """A picture written anew, with a small one of it, and when its camera says it was taken (without a zone)."""

    content: bytes
    content_type: str
    pages: int
    thumbnail: bytes
    taken_at: datetime | None = None


def rewritten(content: bytes, content_type: str, *, max_pixels: int, max_pages: int) -> Picture:
    """The picture upright, in sRGB, without any of its metadata; a TIFF becomes a PDF of its pages.

    Raises BadPicture if it does not decode or has too many pixels; it is measured before it is decoded.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            kind = PDF if content_type == TIFF else content_type
            frames = _frames(
                image, max_pixels, max_pages if kind == PDF else 1, PAGE_SIDE if kind == PDF else PICTURE_SIDE
            )
            taken_at = _taken_at(image)
            return Picture(_encoded(frames, kind), kind, len(frames), thumbnail(frames[0]), taken_at)
    except BROKEN as error:
        raise BadPicture("broken") from error


def bound(contents: list[bytes], *, max_pixels: int) -> Picture:
    """Pictures of the pages of one paper as one PDF. Raises BadPicture."""
    pages: list[Image.Image] = []
    try:
        for content in contents:
            with Image.open(BytesIO(content), formats=FORMATS) as image:
                pages += _frames(image, max_pixels, 1, PAGE_SIDE)
            _require_together(pages)
        return Picture(_encoded(pages, PDF), PDF, len(pages), thumbnail(pages[0]))
    except BROKEN as error:
        raise BadPicture("broken") from error


def page(content: bytes) -> bytes:
    """A picture that was looked at before as a PDF of one page, no larger than a sheet of letter paper."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        flat = _flat(image)
        sides = sorted(flat.size)
        return _saved(flat, "PDF", resolution=max(150, sides[0] / SHEET[0], sides[1] / SHEET[1]), quality=90)


def thumbnail(image: Image.Image) -> bytes:
    """A small JPEG of it."""
    small = _flat(image).copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _saved(small, "JPEG", quality=82)


def _frames(image: Image.Image, max_pixels: int, most: int, side: int) -> list[Image.Image]:
    count = getattr(image, "n_frames", 1)
    if count > most > 1:
        raise BadPicture("pages")
    frames: list[Image.Image] = []
    for number in range(min(count, most)):
        image.seek(number)
        if not 0 < image.width * image.height <= max_pixels:
            raise BadPicture("pixels")
        frames.append(_upright(image, side))
        _require_together(frames)
    return frames


def _require_together(frames: list[Image.Image]) -> None:
    if sum(frame.width * frame.height for frame in frames) > ALL_PAGES:
        raise BadPicture("pages")


def _upright(image: Image.Image, side: int) -> Image.Image:
    """A copy of the pixels alone, so that nothing else of the file comes along."""
    image.load()
    turned = _in_srgb(ImageOps.exif_transpose(image))
    turned.thumbnail((side, side))
    plain = Image.new(turned.mode, turned.size)
    plain.paste(turned)
    return plain


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colors as they were seen: a profile is applied and then left out."""
    profile = image.info.get("icc_profile")
    if image.mode not in {"RGB", "RGBA", "L", "LA", "1"}:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if not profile or image.mode != "RGB":
        return image
    try:
        found = ImageCms.profileToProfile(image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *BROKEN):
        return image
    return found or image


def _encoded(frames: list[Image.Image], kind: str) -> bytes:
    if kind == PNG:
        return _saved(frames[0], "PNG")
    pages = [_flat(frame) for frame in frames]
    if kind == JPEG:
        return _saved(pages[0], "JPEG", quality=90)
    return _saved(pages[0], "PDF", save_all=True, append_images=pages[1:], resolution=150, quality=90)


def _flat(image: Image.Image) -> Image.Image:
    """On white, without transparency."""
    if image.mode in {"RGBA", "LA"}:
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image.convert("RGB"), mask=image.getchannel("A"))
        return paper
    return image if image.mode in {"RGB", "L"} else image.convert("RGB")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _taken_at(image: Image.Image) -> datetime | None:
    try:
        said = str(image.getexif().get_ifd(TAKEN_IFD).get(TAKEN, ""))
        return datetime.strptime(said.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # a camera knows no zone
    except BROKEN:
        return None
