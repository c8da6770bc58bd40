"""Turn the photo of an iPhone into a JPEG: a process of its own, like the reader of texts.

`python -m core.files.heic MAX_PIXELS` takes HEIC on its standard input and answers with one line of JSON:
{"jpeg": base64} or {"refused": code}. The decoder is a large library in C++; what harms it harms nobody else.
"""

import sys
from base64 import b64encode
from io import BytesIO

from PIL import Image
from pillow_heif import register_heif_opener

from core.files.pictures import BROKEN, TAKEN, TAKEN_IFD
from core.files.reader import Refused, answer

register_heif_opener(decode_threads=1, thumbnails=False)


def as_jpeg(content: bytes, max_pixels: int) -> bytes:
    """The picture that the file shows first, upright, with its colors and the time at which it was taken.

    Raises Refused.
    """
    try:
        with Image.open(BytesIO(content), formats=["HEIF"]) as image:
            if not 0 < image.width * image.height <= max_pixels:
                raise Refused("pixels")
            out = BytesIO()
            colors = image.info.get("icc_profile")
            image.convert("RGB").save(out, "JPEG", quality=95, exif=_time_of(image), icc_profile=colors)
    except (*BROKEN, RuntimeError) as error:
        raise Refused("broken") from error
    return out.getvalue()


def _time_of(image: Image.Image) -> Image.Exif:
    kept = Image.Exif()
    if taken := image.getexif().get_ifd(TAKEN_IFD).get(TAKEN):
        kept.get_ifd(TAKEN_IFD)[TAKEN] = taken
    return kept


def _as_told(content: bytes) -> dict[str, str]:
    return {"jpeg": b64encode(as_jpeg(content, int(sys.argv[1]))).decode()}


if __name__ == "__main__":
    answer(_as_told)
