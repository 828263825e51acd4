"""CSV as people save it: UTF-8, with or without a mark, UTF-16 or GB18030; comma, semicolon, tab or bar."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from merchants.intake.problems import FileRefused, Refused
from merchants.intake.tables import Limits, Row, Table, header_texts, is_empty

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"


def read(file: BinaryIO, limits: Limits) -> Table:
    """The table of a text file. Raises ``FileRefused`` for unknown encoding, no rows, or too many columns."""
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="strict", newline="")
    first = _first_line(text)
    csv.field_size_limit(limits.cell)
    lines = csv.reader(chain(first, text), delimiter=delimiter_of(first[-1]), strict=True)
    headers = _headers(lines)
    if len(headers) > limits.columns:
        raise FileRefused("too_many_columns", limit=limits.columns)
    return Table("csv", encoding, headers, _rows(lines, len(headers), limits, text))


def encoding_of(file: BinaryIO) -> str:
    """A mark at the beginning decides; else the whole file must be UTF-8, or else GB18030. (A marked file
    read as GB18030 gives nonsense without an error, so the mark comes first.)"""
    file.seek(0)
    head = file.read(3)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _decodes(file, encoding) or _unknown(file, encoding)
    return _decodes(file, "utf-8") or _decodes(file, "gb18030") or _unknown(file, "utf-8")


def delimiter_of(header_line: str) -> str:
    """The sign that separates most headers; a comma when there is none."""
    bare = re.sub(r'"[^"]*"', "", header_line)
    return max(_DELIMITERS, key=bare.count)


def _decodes(file: BinaryIO, encoding: str) -> str:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return ""
    return encoding


def _unknown(file: BinaryIO, encoding: str) -> str:
    """Says in which line the encoding first fails."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    while block := file.readline(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeError:
            break
        line += block.endswith(b"\n")
    raise FileRefused("unknown_encoding", line=line)


def _first_line(text: io.TextIOWrapper) -> list[str]:
    """The lines up to the first that is not empty."""
    lines = []
    for line in text:
        lines.append(line)
        if line.strip():
            return lines
    raise FileRefused("empty_file")


def _headers(lines: Any) -> tuple[str, ...]:
    try:
        for cells in lines:
            if not is_empty(cells):
                return header_texts(cells)
    except csv.Error:
        raise FileRefused("quote_not_closed", line=1) from None
    raise FileRefused("empty_file")


def _rows(lines: Any, width: int, limits: Limits, keep_open: io.TextIOWrapper) -> Iterator[Row]:
    while True:
        line = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            keep_open.detach()
            return
        except csv.Error as wrong:
            if lines.line_num > line:  # the quote swallowed lines: nothing after it can be trusted
                raise FileRefused("quote_not_closed", line=line) from None
            too_large = "limit" in str(wrong)
            yield Row(
                line,
                (),
                Refused("cell_too_large", limit=limits.cell) if too_large else Refused("broken_quotes"),
            )
            continue
        if is_empty(cells):
            continue
        yield _row(line, cells, width)


def _row(line: int, cells: list[str], width: int) -> Row:
    if len(cells) > width and is_empty(cells[width:]):
        cells = cells[:width]
    if len(cells) > width:
        return Row(line, cells, Refused("too_many_cells", expected=width, found=len(cells)))
    if len(cells) < width:
        return Row(line, cells, Refused("too_few_cells", expected=width, found=len(cells)))
    return Row(line, cells)
