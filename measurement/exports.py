"""Reports as files: one writer of CSV and workbooks, with the rows, figures and order of the screen.

Money comes in fen and goes out in yuan with two decimals, shares and ratios are plain numbers, unknown is an
empty cell. A workbook begins with a sheet that says what was asked, how fresh it is, what people wrote on days
of the period and what each figure means.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from measurement.dictionary import Definition

BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read UTF-8
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
FORMS = {"fen": "#,##0.00", "ratio": "0.00", "count": "#,##0", "share": "0.0%"}
"""Number formats by unit; ``text`` has none."""
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}
"""Media types of what a report can be taken away as."""

Told = Sequence[tuple[date, date, str]]
"""What people wrote on days: from, to, text."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: the code of its figure, what stands above it, and its unit (``FORMS``, or text)."""

    code: str
    name: str
    unit: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    heads: tuple[Head, ...]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report: its table, what stands around it (``said``: label and value), and further tables of the page."""

    table: Table
    said: tuple[tuple[str, str], ...]
    definitions: tuple[Definition, ...] = ()
    further: tuple[Table, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.table, *self.further)


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The tables as comma-separated text, line by line; an empty line and its title before each further one."""
    yield BYTE_ORDER_MARK
    for table in sheet.tables:
        if table is not sheet.table:
            yield "\r\n" + _line([table.title])
        yield _line([head.name for head in table.heads])
        for row in table.rows:
            yield _line([plain(row.get(head.code), head.unit) for head in table.heads])


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def plain(value: Any, unit: str) -> str:
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


def spanned(first: date, last: date) -> str:
    """A day, or two days with a dash."""
    return str(first) if first == last else f"{first} – {last}"


def workbook(sheet: Sheet, notes: Told = ()) -> io.BufferedIOBase:
    """The workbook as an open temporary file at its start; the caller's answer closes it."""
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    formats = {unit: book.add_format({"num_format": form}) for unit, form in FORMS.items()}
    _read_me(book.add_worksheet(_("Read me")), sheet, notes, bold, wrapped)
    for table in sheet.tables:
        _write_table(book.add_worksheet(_sheet_name(table.title)), table, bold, formats)
    book.close()
    file.seek(0)
    return file  # type: ignore[no-any-return]


def _sheet_name(title: str) -> str:
    """As spreadsheets allow it: 31 characters, none of them a sign of an address."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31]


def _read_me(page: Any, sheet: Sheet, notes: Told, bold: Any, wrapped: Any) -> None:
    page.set_column(0, 0, 28)
    page.set_column(1, 2, 70, wrapped)
    at = 0
    told = [(_("Note on %(days)s") % {"days": spanned(first, last)}, text) for first, last, text in notes]
    for label, value in (*sheet.said, *told):
        page.write_string(at, 0, label, bold)
        page.write_string(at, 1, value)
        at += 1
    for one in sheet.definitions:
        at += 1
        page.write_string(at, 0, one.name, bold)
        page.write_string(at, 1, one.words)
        page.write_string(at, 2, one.formula)


def _write_table(page: Any, table: Table, bold: Any, formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 1)
    page.set_column(0, 0, 36)
    page.set_column(1, max(1, len(table.heads) - 1), 16)
    for place, head in enumerate(table.heads):
        page.write_string(0, place, head.name, bold)
    for at, row in enumerate(table.rows, start=1):
        for place, head in enumerate(table.heads):
            _write(page, at, place, row.get(head.code), head.unit, formats)


def _write(page: Any, at: int, place: int, value: Any, unit: str, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if unit == "text":
        page.write_string(at, place, str(value))
    else:
        page.write_number(at, place, float(Decimal(value) / 100 if unit == "fen" else value), formats[unit])
