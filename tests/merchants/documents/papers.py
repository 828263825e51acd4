"""Papers of every kind, good and ugly, made here byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image, ImageDraw


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 400), **more: object) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((20, 20, size[0] // 2, size[1] // 2), fill="navy")
    into = io.BytesIO()
    image.save(into, kind, **more)
    return into.getvalue()


def with_place() -> bytes:
    """A photograph taken sideways, that says where and with what."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 30.0)
    return picture(exif=exif.tobytes())


def huge() -> bytes:
    """A PNG that says it has a hundred million pixels, in a hundred kilobytes."""
    row = b"\0" + b"\0" * (10_000 // 8)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 10_000, 10_000, 1, 0, 0, 0, 0)
    body = zlib.compress(row * 10_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def sheet(pages: int = 2, **save: object) -> bytes:
    with pikepdf.Pdf.new() as pdf:
        for n in range(pages):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Contents = pdf.make_stream(f"0.1 0.2 0.6 rg 60 {600 - 30 * n} 300 90 re f".encode())
        into = io.BytesIO()
        pdf.save(into, **save)
    return into.getvalue()


def armed() -> bytes:
    """A PDF with a script at its opening, a script on its page, a link, an attachment and an author."""
    with pikepdf.open(io.BytesIO(sheet(1))) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('gotcha')")
        pdf.Root.OpenAction = script
        pdf.pages[0].AA = pikepdf.Dictionary(O=script)
        pdf.pages[0].Annots = pikepdf.Array([
            pdf.make_indirect(pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 99, 99],
                A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe"),
            ))
        ])  # fmt: skip
        pdf.attachments["tool.exe"] = b"MZ gotcha"
        pdf.docinfo["/Author"] = "gotcha"
        into = io.BytesIO()
        pdf.save(into)
    return into.getvalue()


def locked(password: str) -> bytes:
    return sheet(encryption=pikepdf.Encryption(owner="owner", user=password))


def bomb(layers: int = 1) -> bytes:
    """A PDF of which one stream unpacks to a gigabyte; in two layers it is a few kilobytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 2**20) for _ in range(1024)) + packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    with pikepdf.open(io.BytesIO(sheet(1))) as pdf:
        filters = pikepdf.Array([pikepdf.Name.FlateDecode] * layers)
        pdf.pages[0].Contents = pikepdf.Stream(pdf, packed, Filter=filters)
        into = io.BytesIO()
        pdf.save(into, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return into.getvalue()


def archive(name: str = "licence.jpg") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, b"\0" * 1_000_000)
    return into.getvalue()


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body>licence</body></html>"

UGLY: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "svg": (SVG, "svg"),
    "html": (HTML, "html"),
    "text": (b"licence", "unknown_type"),
    "program": (b"MZ\x90\0" + b"\0" * 99, "program"),
    "shell script": (b"#!/bin/sh\nrm -rf /", "program"),
    "archive": (archive(), "archive"),
    "gif": (picture("GIF"), "unknown_type"),
    "picture and archive": (picture() + archive(), "polyglot"),
    "picture and page": (picture() + HTML, "polyglot"),
    "pdf and archive": (sheet() + archive(), "polyglot"),
    "page before pdf": (b"%PDF-1.7\n<html><script>alert(1)</script>" + sheet(), "polyglot"),
    "a hundred megapixels": (huge(), "too_many_pixels"),
    "half a picture": (picture()[:900], "broken"),
    "half a pdf": (b"%PDF-1.7\n" + b"x" * 400, "broken"),
    "locked pdf": (locked("secret"), "encrypted"),
    "restricted pdf": (locked(""), "encrypted"),
    "bomb": (bomb(), "bomb"),
    "bomb in a bomb": (bomb(2), "bomb"),
    "a book": (sheet(31), "too_many_pages"),
    "eleven megabytes": (b"\xff\xd8\xff" + b"\0" * 11_000_000, "too_large"),
}  # fmt: skip
"""By name: the file, and the code it is refused with."""
