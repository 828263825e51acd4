"""From bytes to a table: what a file is, is told by what it holds, not by its name."""

from __future__ import annotations

from typing import BinaryIO

from merchants.intake import delimited, json_lines, parquet, workbook
from merchants.intake.problems import FileRefused
from merchants.intake.tables import Limits, Table

_OTHER = (
    (b"\xd0\xcf\x11\xe0", "old_or_locked_excel"),
    (b"%PDF", "no_table"),
    (b"\x1f\x8b", "no_table"),
    (b"Rar!", "no_table"),
    (b"\x89PNG", "no_table"),
    (b"\xff\xd8\xff", "no_table"),
)


def read(file: BinaryIO, limits: Limits | None = None) -> Table:
    """The table in a seekable file. Raises ``FileRefused`` when it cannot be read at all; reading its rows
    may raise it later."""
    limits = limits or Limits()
    file.seek(0)
    head = file.read(4096)
    if not head.strip():
        raise FileRefused("empty_file")
    for signature, code in _OTHER:
        if head.startswith(signature):
            raise FileRefused(code)
    if head.startswith(b"PK"):
        return workbook.read(file, limits)
    if head.startswith(b"PAR1"):
        return parquet.read(file, limits)
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins == b"{":
        return json_lines.read(file, limits)
    if begins in {b"[", b"<"}:
        raise FileRefused("json_array" if begins == b"[" else "web_page")
    return delimited.read(file, limits)
