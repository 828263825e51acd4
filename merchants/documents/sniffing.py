"""What a file is, by its bytes; its name and what a browser says of it count for nothing."""

from __future__ import annotations

import io
import re
import zipfile

MEDIA = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
"""The kinds that are taken, with the type under which they are given out."""

_MARKS = re.compile(rb"<script|<html|<!doctype html|<\?php", re.IGNORECASE)
_SVG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg[\s>]", re.I | re.S
)
_HEAD = 1024


class Refused(ValueError):
    """A file that is not taken: ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(data: bytes) -> str:
    """One of :data:`MEDIA`. Raises :class:`Refused` with ``empty``, ``svg``, ``html``, ``archive``, ``program``,
    ``unknown_type``, or ``polyglot`` for a file that is two things at once."""
    if not data:
        raise Refused("empty")
    kind = _known(data)
    if kind is None:
        raise Refused(_unwanted(data))
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused("polyglot")
    # a PDF may speak of HTML in its text; outside its body nothing may
    looked_at = data[:_HEAD] + data[data.rfind(b"%%EOF") :] if kind == "pdf" else data
    if _MARKS.search(looked_at) or (kind != "pdf" and b"%PDF-" in data[:_HEAD]):
        raise Refused("polyglot")
    return kind


def _known(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return None


def _unwanted(data: bytes) -> str:
    """What a file is that is not taken, so that a person hears what to do instead."""
    if data.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!")):
        return "program"
    if data.startswith(
        (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
    ):
        return "archive"
    if _SVG.match(data[: 4 * _HEAD]):
        return "svg"
    return "html" if _MARKS.search(data[: 4 * _HEAD]) else "unknown_type"
