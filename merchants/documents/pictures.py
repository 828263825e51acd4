"""Pictures decoded and written anew, without what is hidden in them; and the watermark of who looks."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from merchants.documents.sniffing import Refused

PIXELS = 40_000_000
"""More than any scan of one page needs; a picture takes three to four bytes of memory for each."""
LONG_SIDE = 1600
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
)


def rewritten(data: bytes, kind: str) -> tuple[bytes, bytes]:
    """(the picture written anew in its format, a JPEG of it for the viewer). Upright, without EXIF, place or
    comment. Raises :class:`Refused` with ``too_many_pixels`` or ``broken``."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is our own, told before anything is decoded
    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as opened:
            if opened.width * opened.height > PIXELS:
                raise Refused("too_many_pixels")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    except Refused:
        raise
    except Exception as wrong:  # Pillow raises what its decoders raise
        raise Refused("broken") from wrong
    bare = Image.new("RGB", plain.size, "white")
    bare.paste(plain, mask=plain.getchannel("A") if plain.mode == "RGBA" else None)
    return _written(bare, _FORMATS[kind]), for_viewing(bare)


def for_viewing(picture: Image.Image) -> bytes:
    """A JPEG of at most :data:`LONG_SIDE` on its long side."""
    small = picture.convert("RGB")
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    return _written(small, "JPEG")


def font_path() -> Path | None:
    """A font at hand that can write Chinese."""
    return next((path for path in _FONTS if path.exists()), None)


def watermarked(page: bytes, words: str) -> bytes:
    """The page as JPEG with the words all over it, aslant and half seen. Words that no font at hand can write
    are written in ASCII escapes."""
    with Image.open(io.BytesIO(page), formats=["JPEG"]) as opened:
        picture = opened.convert("RGBA")
    size = max(14, max(picture.size) // 48)
    path = font_path()
    font = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    if path is None:
        words = words.encode("ascii", "backslashreplace").decode()
    side = int((picture.width**2 + picture.height**2) ** 0.5) + 1
    veil = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(veil)
    step = int(pen.textlength(words, font=font)) + 3 * size
    for row, top in enumerate(range(0, side, 6 * size)):
        for left in range(-(row % 2) * step // 2, side, step):
            pen.text((left, top), words, font=font, fill=(120, 20, 20, 70))
    turned = veil.rotate(30)
    corner = ((side - picture.width) // 2, (side - picture.height) // 2)
    box = (*corner, corner[0] + picture.width, corner[1] + picture.height)
    return _written(Image.alpha_composite(picture, turned.crop(box)).convert("RGB"), "JPEG")


def _written(picture: Image.Image, kind: str) -> bytes:
    into = io.BytesIO()
    picture.save(into, kind, quality=88)
    return into.getvalue()
