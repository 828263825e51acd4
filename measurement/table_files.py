"""A table of a page as a file: the same columns, rows and order as on the screen.

Money comes in fen and goes out in yuan, shares and ratios are plain numbers, unknown is an empty cell. The
workbook begins with a sheet that says what was asked and what each figure means.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from measurement.dictionary import Definition

BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read UTF-8
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
FORMS = {"fen": "#,##0.00", "ratio": "0.00", "count": "#,##0", "share": "0.0%"}
"""Number formats by unit; ``text`` has none."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: the code of its figure, what stands above it, and its unit (``FORMS``, or text)."""

    code: str
    name: str
    unit: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what stands around it: ``said`` are label and value of the first sheet."""

    title: str
    heads: tuple[Head, ...]
    rows: tuple[Mapping[str, Any], ...]
    said: tuple[tuple[str, str], ...]
    definitions: tuple[Definition, ...]


def csv_lines(sheet: Sheet) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _line([head.name for head in sheet.heads])
    for row in sheet.rows:
        yield _line([_plain(row.get(head.code), head.unit) for head in sheet.heads])


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _plain(value: Any, unit: str) -> str:
    """A cell as text; a name that a spreadsheet would compute is quoted with an apostrophe."""
    if value is None:
        return ""
    match unit:
        case "fen":
            return f"{Decimal(value) / 100:.2f}"
        case "share" | "ratio":
            return f"{value:.4f}"
        case "count":
            return str(value)
    text = str(value)
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def workbook(sheet: Sheet) -> io.BufferedIOBase:
    """The workbook as an open temporary file at its start; the caller's answer closes it."""
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    _read_me(book.add_worksheet(_("Read me")), sheet, bold, wrapped)
    page = book.add_worksheet(sheet.title[:31])
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 36)
    page.set_column(1, max(1, len(sheet.heads) - 1), 16)
    formats = {unit: book.add_format({"num_format": form}) for unit, form in FORMS.items()}
    for place, head in enumerate(sheet.heads):
        page.write_string(0, place, head.name, bold)
    for at, row in enumerate(sheet.rows, start=1):
        for place, head in enumerate(sheet.heads):
            _write(page, at, place, row.get(head.code), head.unit, formats)
    book.close()
    file.seek(0)
    return file  # type: ignore[no-any-return]


def _read_me(page: Any, sheet: Sheet, bold: Any, wrapped: Any) -> None:
    page.set_column(0, 0, 28)
    page.set_column(1, 2, 70, wrapped)
    at = 0
    for label, value in sheet.said:
        page.write_string(at, 0, label, bold)
        page.write_string(at, 1, value)
        at += 1
    for one in sheet.definitions:
        at += 1
        page.write_string(at, 0, one.name, bold)
        page.write_string(at, 1, one.words)
        page.write_string(at, 2, one.formula)


def _write(page: Any, at: int, place: int, value: Any, unit: str, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if unit == "text":
        page.write_string(at, place, str(value))
    else:
        page.write_number(at, place, float(Decimal(value) / 100 if unit == "fen" else value), formats[unit])
