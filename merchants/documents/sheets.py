"""PDFs taken apart and put together again from their pages alone, and the pictures of these pages."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable

import pikepdf
import pypdfium2

from merchants.documents.pictures import LONG_SIDE, PIXELS, for_viewing
from merchants.documents.sniffing import Refused

PAGES = 30
UNPACKED = 256 * 1024 * 1024
"""Bytes that all streams of a file may unpack to."""
_SWELLS = {"/LZWDecode": 1365, "/RunLengthDecode": 64}
"""How many times its size a stream of another packing may become."""
_KEPT = {
    "/Type",
    "/Parent",
    "/Contents",
    "/Resources",
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/UserUnit",
    "/Group",
}


def rewritten(data: bytes) -> tuple[bytes, list[bytes]]:
    """(a PDF of the same pages, a JPEG of each page). Scripts, attachments, forms, links, actions and what
    the file says about itself are left behind; what was filled into a form stays to be read. Raises
    :class:`Refused` with ``encrypted``, ``bomb``, ``too_many_pages``, ``too_many_pixels`` or ``broken``."""
    try:
        with pikepdf.open(io.BytesIO(data)) as opened:
            if opened.is_encrypted:
                raise Refused("encrypted")
            if not 0 < len(opened.pages) <= PAGES:
                raise Refused("too_many_pages" if opened.pages else "broken")
            _weigh(opened)
            opened.generate_appearance_streams()
            opened.flatten_annotations()
            bare = _bare(opened)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    except pikepdf.PdfError as wrong:
        raise Refused("broken") from wrong
    return bare, _shown(bare)


def _weigh(opened: pikepdf.Pdf) -> None:
    """Refuses what would fill the memory, before anything unpacks it as a whole."""
    room = UNPACKED
    for one in opened.objects:
        if not isinstance(one, pikepdf.Stream):
            continue
        if (
            one.get("/Subtype") == "/Image"
            and int(one.get("/Width", 0)) * int(one.get("/Height", 0)) > PIXELS
        ):
            raise Refused("too_many_pixels")
        found = one.get("/Filter")
        filters = [] if found is None else list(found) if isinstance(found, pikepdf.Array) else [found]
        room -= _unpacked(one.read_raw_bytes(), map(str, filters), room)


def _unpacked(raw: bytes, filters: Iterable[str], room: int) -> int:
    """How many bytes the packed ones become, at most ``room``. Raises :class:`Refused` with ``bomb`` beyond."""
    for name in filters:
        if name == "/FlateDecode":
            try:
                raw = zlib.decompressobj().decompress(raw, room + 1)
            except zlib.error as wrong:
                raise Refused("broken") from wrong
        if len(raw) * _SWELLS.get(name, 1) > room:
            raise Refused("bomb")
    return len(raw)


def _bare(opened: pikepdf.Pdf) -> bytes:
    with pikepdf.Pdf.new() as fresh:
        fresh.pages.extend(opened.pages)
        for page in fresh.pages:
            for name in set(page.obj.keys()) - _KEPT:
                del page.obj[name]
        into = io.BytesIO()
        fresh.remove_unreferenced_resources()
        fresh.save(into, deterministic_id=True)
    return into.getvalue()


def _shown(bare: bytes) -> list[bytes]:
    found = []
    try:
        with pypdfium2.PdfDocument(bare) as document:
            for page in document:
                scale = min(3.0, LONG_SIDE / max(*page.get_size(), 1))
                found.append(for_viewing(page.render(scale=scale).to_pil()))
    except pypdfium2.PdfiumError as wrong:
        raise Refused("broken") from wrong
    return found
